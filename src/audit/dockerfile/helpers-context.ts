import { cleanPath } from "./ignore.ts";
import type { CopyInstruction, CopySource, Dockerfile } from "./model.ts";
import { instructionsOf } from "./query.ts";

/** A file or folder that COPY or ADD takes from the build context. */
export interface ContextSource {
  readonly node: CopyInstruction;
  readonly source: CopySource;
  /** From the root of the context, cleaned; `.` is the whole, and `..` at the beginning leads out. */
  readonly path: string;
}

/** Sources in the build context whose path is known, in order; those of `COPY --from` are elsewhere. */
export function contextSources(dockerfile: Dockerfile): readonly ContextSource[] {
  return instructionsOf(dockerfile, "copy", "add").flatMap((node) =>
    node.flags.some(({ name }) => name === "from")
      ? []
      : node.sources.flatMap((source): ContextSource[] => {
          const { value } = source.word;
          if (source.kind !== "local" || value === undefined || value === "") return [];
          const path = cleanPath(value);
          return [{ node, source, path: path.startsWith("/") ? path.slice(1) || "." : path }];
        }),
  );
}

const answers = new WeakMap<Dockerfile, boolean>();

/**
 * True when the folder of the Dockerfile is known and can be its build context: it has all that COPY and ADD name. Else
 * the file is built with another one (`docker build -f docker/Dockerfile .`), of which nothing is known.
 */
export function isContextKnown(dockerfile: Dockerfile): boolean {
  let answer = answers.get(dockerfile);
  if (answer === undefined) {
    const { context } = dockerfile;
    answer =
      context !== undefined &&
      contextSources(dockerfile).every(
        ({ path }) =>
          /[*?[\\]/.test(path) || path.startsWith("..") || context.at(path) !== "missing",
      );
    answers.set(dockerfile, answer);
  }
  return answer;
}

/** True for `.`, `/`, `*`, `./*`: all of the context. */
export function isWholeContext({ path }: ContextSource): boolean {
  return path === "." || path === "*" || path === "**";
}
