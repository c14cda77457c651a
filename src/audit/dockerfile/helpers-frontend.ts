import type { Span } from "../../base/text.ts";
import type { Dockerfile } from "./model.ts";
import { instructionsOf } from "./query.ts";

/** The image that reads the file in BuildKit's place, as `# syntax=` or a `BUILDKIT_SYNTAX` argument names it. */
export interface Frontend {
  /** As written: `docker/dockerfile:1`. */
  readonly reference: string;
  /** Without tag and digest, `docker.io/` taken away. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly span: Span;
}

// hub.docker.com: the frontends that BuildKit's own repository publishes.
const OFFICIAL = ["docker/dockerfile", "docker/dockerfile-upstream"];

/** True for the frontends that come from BuildKit itself. */
export function isOfficialFrontend({ name }: Frontend): boolean {
  return OFFICIAL.includes(name);
}

/** Every frontend that the file asks for, in source order. */
export function frontendsOf(dockerfile: Dockerfile): Frontend[] {
  const named = dockerfile.directives
    .filter(({ name }) => name === "syntax")
    .map(({ value, valueSpan }) => read(value, valueSpan));
  for (const { arguments: list } of instructionsOf(dockerfile, "arg"))
    for (const { name, default: word } of list)
      if (name === "BUILDKIT_SYNTAX" && word?.value !== undefined)
        named.push(read(word.value, word.span));
  return named.filter(({ reference }) => reference !== "");
}

// BuildKit, parser.DetectSyntax: the reference ends at the first blank.
function read(value: string, span: Span): Frontend {
  const [reference = ""] = value.split(/\s/, 1);
  const [path = "", digest] = reference.split("@", 2);
  const colon = path.lastIndexOf(":");
  const hasTag = colon > path.lastIndexOf("/");
  const name = (hasTag ? path.slice(0, colon) : path).replace(/^(?:index\.)?docker\.io\//, "");
  const end = value.length === span.end - span.start ? span.start + reference.length : span.end;
  return {
    reference,
    name,
    tag: hasTag ? path.slice(colon + 1) : undefined,
    digest,
    span: { start: span.start, end },
  };
}
