import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { piecesOf, unquotedExpansions } from "../../../src/audit/shell/expansion.ts";
import type { ShellWord } from "../../../src/audit/shell/model.ts";

function word(raw: string): ShellWord {
  return {
    raw,
    span: { start: 0, end: raw.length },
    text: raw,
    value: undefined,
    prefix: "",
    variables: [],
    hasSubstitution: false,
    hasGlob: false,
    isQuoted: false,
  };
}

const drawn = (raw: string): string[] =>
  piecesOf(word(raw)).map(({ kind, start, end }) => `${kind} ${raw.slice(start, end)}`);

describe("pieces of a word", () => {
  test.each([
    ["abc", ["plain abc"]],
    [`a'b'"c"d`, ["plain a", "single 'b'", 'double "c"', "plain d"]],
    [`"a\\"b"c`, ['double "a\\"b"', "plain c"]],
    [`"$(echo "x")"y`, ['double "$(echo "x")"', "plain y"]],
    [`$(a 'b)' "c")d`, [`plain $(a 'b)' "c")d`]],
    ['${a:-"b"}c', ['plain ${a:-"b"}c']],
    ["\\'a", ["plain \\'a"]],
    [`"open`, ['double "open']],
  ])("%s", (raw, pieces) => {
    expect(drawn(raw)).toEqual(pieces);
  });

  test("cover every word without gaps", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab'\"\\$(){}`#?1 ") });
    fc.assert(
      fc.property(text, (raw) => {
        let at = 0;
        for (const { start, end } of piecesOf(word(raw))) {
          expect(start).toBe(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(at).toBe(raw.length);
      }),
    );
  });
});

describe("expansions outside of quotes", () => {
  test.each([
    ["$a", ["$a"]],
    ['"$a"$b', ["$b"]],
    ["'$a'`b c`", ["`b c`"]],
    ["$((1+1))$#$?", []],
    ["x${a}y$(b $c)", ["${a}", "$(b $c)"]],
    ["\\$a$", []],
    ["$1$@", ["$1"]],
  ])("%s", (raw, expansions) => {
    expect(unquotedExpansions(word(raw)).map(({ text }) => text)).toEqual(expansions);
  });
});

test("a deep nest costs no stack", () => {
  const raw = "$(".repeat(20_000);
  expect(piecesOf(word(raw))).toHaveLength(1);
});
