import type { Fix } from "../finding.ts";
import type { Dockerfile, Mount, RunInstruction } from "./model.ts";
import { effectiveWorkdir, joinPath } from "./query.ts";

type Edit = Fix["edits"][number];

/** Add options to the end of a `--mount=`; `undefined` where quotes stand around it. */
export function addMountOptions(
  { text }: Dockerfile,
  { span }: Mount,
  added: string,
): Edit | undefined {
  if (/["']/.test(text.charAt(span.end - 1))) return undefined;
  return { span: { start: span.end, end: span.end }, text: `,${added}` };
}

/** Absolute target of a mount, seen from WORKDIR; `undefined` when it has none or it is not known. */
export function mountTarget(
  dockerfile: Dockerfile,
  run: RunInstruction,
  { target }: Mount,
): string | undefined {
  if (target?.value === undefined) return undefined;
  if (target.value.startsWith("/")) return joinPath("/", target.value);
  const { path } = effectiveWorkdir(dockerfile, run);
  return path === undefined ? undefined : joinPath(path, target.value);
}

/** Name of a secret or ssh mount: its id, else the base name of its target. */
export function secretId({ id, target, type }: Mount): string | undefined {
  if (id !== undefined) return id.value;
  return target === undefined
    ? type === "ssh"
      ? "default"
      : undefined
    : target.value?.split("/").at(-1);
}

/** Where a secret mount puts its file; `undefined` when it is only a variable, or not known. */
export function secretPath(mount: Mount): string | undefined {
  if (mount.target !== undefined) return mount.target.value;
  if (mount.env !== undefined) return undefined;
  const name = secretId(mount);
  // BuildKit, dockerfile2llb/convert_secrets.go: without a target the file is /run/secrets/ID.
  return name === undefined ? undefined : `/run/secrets/${name}`;
}
