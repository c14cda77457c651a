import { unknownMark } from "./model.ts";

/** Deepest nest of defaults that is read: `${A:-${B:-c}}`. */
const maxDepth = 16;

/**
 * Replace the variables of a value by their defaults, as `docker compose` does in an empty environment. What has no
 * default becomes `unknownMark`; so does what the grammar does not know. Reads each character a bounded number of times.
 */
export function interpolate(raw: string): string {
  return raw.includes("$") ? replaceVariables(raw, 0) : raw;
}

function replaceVariables(text: string, depth: number): string {
  let result = "";
  let at = 0;
  for (;;) {
    const dollar = text.indexOf("$", at);
    if (dollar === -1) return result + text.slice(at);
    result += text.slice(at, dollar);
    const next = text[dollar + 1];
    if (next === "$") {
      result += "$";
      at = dollar + 2;
    } else if (next === "{") {
      const end = closingBrace(text, dollar + 2);
      if (end === -1) return result + unknownMark;
      result += valueOfVariable(text.slice(dollar + 2, end), depth);
      at = end + 1;
    } else {
      const name = /^[A-Za-z_]\w*/.exec(text.slice(dollar + 1, dollar + 257))?.[0] ?? "";
      result += name === "" ? "$" : unknownMark;
      at = dollar + 1 + name.length;
    }
  }
}

/** Where the brace that ends `${` is; -1 when there is none. */
function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "{" && text[i - 1] === "$") open++;
    if (text[i] === "}" && --open === 0) return i;
  }
  return -1;
}

/** `NAME:-default` and `NAME-default` give the default; `NAME`, `NAME:?error`, `NAME:+other` nobody knows here. */
function valueOfVariable(expression: string, depth: number): string {
  const fallback = /^[A-Za-z_]\w*:?-/.exec(expression);
  if (fallback === null || depth >= maxDepth) return unknownMark;
  return replaceVariables(expression.slice(fallback[0].length), depth + 1);
}
