import type { Span } from "../../base/text.ts";
import type { ShellWord, SimpleCommand } from "../shell/model.ts";
import { argumentsOf, operands, scriptOf } from "../shell/query.ts";
import type { CopyInstruction, Dockerfile } from "./model.ts";
import { effectiveUser, effectiveWorkdir, finalStage, joinPath, stageChain } from "./query.ts";

/** A path that the file gives to the user of the finished image. */
export interface OwnedPath {
  /** Absolute, without slash at its end. */
  readonly path: string;
  /** Where it is given: the `--chown` flag, or the path in `chown`. */
  readonly span: Span;
  /** The COPY or ADD that gives it. */
  readonly copy: CopyInstruction | undefined;
}

/** What the user that the finished image runs as may write to, as far as the file says. */
export interface Ownership {
  readonly user: string;
  readonly paths: readonly OwnedPath[];
}

const known = new WeakMap<Dockerfile, Ownership | { readonly user: undefined }>();

/** Ownership in the final stage; `user` is `undefined` for root, and where the file does not say who it is. */
export function runtimeOwnership(dockerfile: Dockerfile): Ownership | { readonly user: undefined } {
  let ownership = known.get(dockerfile);
  if (ownership === undefined) {
    ownership = readOwnership(dockerfile);
    known.set(dockerfile, ownership);
  }
  return ownership;
}

/** The owned path that holds `path`, or is it. */
export function ownerEntry({ paths }: Ownership, path: string): OwnedPath | undefined {
  return paths.find((owned) => path === owned.path || path.startsWith(`${owned.path}/`));
}

function readOwnership(dockerfile: Dockerfile): Ownership | { readonly user: undefined } {
  const stage = finalStage(dockerfile);
  const user = stage && effectiveUser(dockerfile, stage)?.user;
  if (stage === undefined || user === undefined || /^(?:root|0+)$/.test(user))
    return { user: undefined };
  const paths: OwnedPath[] = [];
  for (const { instructions } of stageChain(dockerfile, stage).reverse())
    for (const node of instructions) {
      if (node.kind === "copy" || node.kind === "add") {
        const given = node.chown?.value?.split(":")[0];
        const path = absolute(node.destination?.value, effectiveWorkdir(dockerfile, node).path);
        const flag = node.flags.find(({ name }) => name === "chown");
        if (given === user && path !== undefined && flag !== undefined)
          paths.push({ path, span: flag.span, copy: node });
      } else if (node.kind === "run")
        for (const command of scriptOf(dockerfile, node).commands)
          for (const { word, path } of chowned(command, user))
            paths.push({ path, span: word.span, copy: undefined });
    }
  return { user, paths };
}

/** Paths of `chown user[:group] path…`. */
function chowned(
  command: SimpleCommand,
  user: string,
): { readonly word: ShellWord; readonly path: string }[] {
  if (argumentsOf(command).tool !== "chown") return [];
  const [owner, ...list] = operands(command);
  if (owner?.value?.split(/[:.]/)[0] !== user) return [];
  return list.flatMap((word) => {
    const path = absolute(word.value, command.directory);
    return path === undefined ? [] : [{ word, path }];
  });
}

function absolute(path: string | undefined, directory: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (path.startsWith("/")) return joinPath("/", path);
  return directory === undefined ? undefined : joinPath(directory, path);
}
