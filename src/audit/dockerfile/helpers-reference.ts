import type {
  CopyInstruction,
  Dockerfile,
  Mount,
  RunInstruction,
  SourceReference,
} from "./model.ts";
import { instructionsOf } from "./query.ts";

/** `COPY --from=` or `--mount=from=`, with where it stands. */
export interface StageReference {
  readonly node: CopyInstruction | RunInstruction;
  readonly mount: Mount | undefined;
  readonly from: SourceReference;
}

/** Every reference to a stage or image beside FROM, in order, those inside ONBUILD too. */
export function sourceReferences(dockerfile: Dockerfile): StageReference[] {
  return instructionsOf(dockerfile, "copy", "run").flatMap((node): StageReference[] =>
    node.kind === "run"
      ? node.mounts.flatMap((mount) =>
          mount.from === undefined ? [] : [{ node, mount, from: mount.from }],
        )
      : node.from === undefined
        ? []
        : [{ node, mount: undefined, from: node.from }],
  );
}

/** True for what a template engine fills in before a builder reads it: `{{image}}`, `<base>`, `%%IMAGE%%`. */
export function isPlaceholder(text: string): boolean {
  return /\{\{|[<>%]|\[\[|__[A-Z_]+__/.test(text);
}
