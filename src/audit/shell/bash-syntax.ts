import type { BashSyntax } from "./model.ts";
import type { AnyCommandNode, PartNode, WordNode } from "./parse.ts";

/** Syntax that only bash knows, with its place in the text that was parsed. */
export interface FoundSyntax {
  readonly what: BashSyntax;
  readonly pos: number;
  readonly end: number;
}

const NOTHING: readonly FoundSyntax[] = [];

// bash(1), SHELL BUILTIN COMMANDS: those that dash(1) has not.
const BUILTINS: ReadonlySet<string> = new Set(
  "declare typeset shopt pushd popd mapfile readarray let".split(" "),
);

/** What a command node itself is, its words left out. */
export function bashSyntaxOf(node: AnyCommandNode, text: string): readonly FoundSyntax[] {
  switch (node.type) {
    case "TestCommand":
      return [{ what: "[[", pos: node.pos, end: Math.min(node.end, node.pos + 2) }];
    case "ArithmeticCommand":
      return [{ what: "((", pos: node.pos, end: Math.min(node.end, node.pos + 2) }];
    case "ArithmeticFor":
      return [{ what: "((", pos: node.pos, end: Math.min(node.end, node.pos + 3) }];
    case "Function":
      return text.startsWith("function", node.pos)
        ? [{ what: "function", pos: node.pos, end: node.pos + "function".length }]
        : NOTHING;
    case "Command": {
      const { name } = node;
      if (name === undefined) return NOTHING;
      const what =
        name.text === "source" ? "source" : BUILTINS.has(name.text) ? "builtin" : undefined;
      return what === undefined ? NOTHING : [{ what, pos: name.pos, end: name.end }];
    }
    default:
      return NOTHING;
  }
}

/** Expansions in a word that only bash makes. */
export function bashSyntaxOfWord({ parts }: WordNode): readonly FoundSyntax[] {
  return parts === undefined ? NOTHING : parts.flatMap(ofPart);
}

function ofPart(part: PartNode): readonly FoundSyntax[] {
  const { pos, end } = part;
  switch (part.type) {
    case "AnsiCQuoted":
      return [{ what: "$'…'", pos, end }];
    case "ProcessSubstitution":
      return [{ what: "<( )", pos, end }];
    case "BraceExpansion":
      return [{ what: "{1..3}", pos, end }];
    case "DoubleQuoted":
      return part.parts.flatMap(ofPart);
    case "ParameterExpansion": {
      if (part.index !== undefined) return [{ what: "array", pos, end }];
      if (part.prefix === "!") return [{ what: "${!x}", pos, end }];
      const what = OPERATIONS[part.operation?.type ?? ""];
      return what === undefined ? NOTHING : [{ what, pos, end }];
    }
    default:
      return NOTHING;
  }
}

const OPERATIONS: Readonly<Record<string, BashSyntax>> = {
  Replace: "${x//a/b}",
  Slice: "${x:0:1}",
  CaseModification: "${x^}",
  Transform: "${x^}",
};
