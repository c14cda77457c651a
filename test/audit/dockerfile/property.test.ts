import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dockerfile, Instruction } from "../../../src/audit/dockerfile/model.ts";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { instructionsOf } from "../../../src/audit/dockerfile/query.ts";
import { scriptOf } from "../../../src/audit/shell/query.ts";

const folder = new URL("../../../fixtures/dockerfile-parser/testfiles/", import.meta.url);
const seeds: string[] = [
  ...readdirSync(folder).map((name) => readFileSync(new URL(`${name}/Dockerfile`, folder), "utf8")),
  "# escape=`\nARG A=1\nFROM --platform=$B r.io/x:${A:-2} AS y\nCOPY --from=y <<A <<-'B' z /\na\nA\n\tb\n\tB\n",
  "FROM x\nRUN --mount=type=cache,target=/a set -e; for i in $(ls 'a'); do sudo sh -c \"b $i\" | c; done && d <<E\n$(f)\nE\n",
  'FROM x\r\nONBUILD RUN <<-E bash\r\n\techo "${A:-`b`}" ✓🎉\r\n\tE\r\nHEALTHCHECK CMD ["a", "\\u0041"]\r\n',
];
const snippets = [
  "\\\n",
  "\n",
  "\r\n",
  " ",
  '"',
  "'",
  "$",
  "${",
  "}",
  "`",
  "<<E",
  "E\n",
  "[",
  "]",
  '","',
  "#",
  "--a=",
  "=",
  "&&",
  "|",
  "(",
  ")",
  ";",
  "\ufeff",
  "\u00a0",
  "\ud83d",
  "RUN ",
  "FROM a\n",
  "ONBUILD ",
  "sh -c '",
];

/** A seed with pieces cut out, put in and doubled. */
const mutated: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.nat(20),
        insert: fc.oneof(fc.constantFrom(...snippets), fc.string({ unit: "binary", maxLength: 4 })),
      }),
      { maxLength: 8 },
    ),
  )
  .map(([seed, edits]) =>
    edits.reduce((text, { at, remove, insert }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + insert + text.slice(start + remove);
    }, seed),
  );

interface Spanned {
  readonly span: { readonly start: number; readonly end: number };
  readonly raw?: string;
}

/** Every object with a span inside a value; `Logical` and stages by other paths are met once. */
function spansIn(value: unknown, found: Spanned[] = [], seen = new Set<object>()): Spanned[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return found;
  seen.add(value);
  if ("span" in value && value.span !== undefined) found.push(value as Spanned);
  for (const [key, child] of Object.entries(value)) {
    if (/Span$/.test(key) && child !== undefined) found.push({ span: child as Spanned["span"] });
    if (key !== "logical" && key !== "script") spansIn(child, found, seen);
  }
  return found;
}

const withoutContinuations = (text: string): string =>
  text.replace(/[\\`][ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\n)*/g, "");

function checkSpans(dockerfile: Dockerfile): void {
  const { text } = dockerfile;
  for (const { span, raw } of spansIn(dockerfile)) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(span.end).toBeLessThanOrEqual(text.length);
    const written = text.slice(span.start, span.end);
    if (raw !== undefined && !written.includes("\n") && !raw.startsWith("--"))
      expect(written).toBe(raw);
  }
}

function checkScripts(dockerfile: Dockerfile): void {
  const inside = (outer: Instruction, { start, end }: Spanned["span"]): boolean =>
    start >= outer.span.start && end <= outer.span.end && end >= start;
  for (const node of instructionsOf(dockerfile, "run", "cmd", "entrypoint", "healthcheck")) {
    const script = scriptOf(dockerfile, node);
    for (const command of script.commands) {
      expect(script.commands[command.index]).toBe(command);
      expect(script.pipelines[command.pipeline]?.parts.flat()).toContain(command);
      for (const { span } of [command, ...command.words]) {
        expect(inside(node, span)).toBe(true);
      }
    }
  }
}

describe("every span lies in the text and covers what it names", () => {
  test.each(seeds)("seed %#", (source) => {
    const dockerfile = parseDockerfile(source);
    checkSpans(dockerfile);
    checkScripts(dockerfile);
    for (const { span, raw } of spansIn(dockerfile))
      if (raw !== undefined && !raw.startsWith("--") && dockerfile.escape === "\\")
        expect(withoutContinuations(source.slice(span.start, span.end))).toBe(raw);
  });

  test("of mutated files, and nothing throws", () => {
    fc.assert(
      fc.property(mutated, (source) => {
        const dockerfile = parseDockerfile(source);
        checkSpans(dockerfile);
        checkScripts(dockerfile);
      }),
      { numRuns: 1500 },
    );
  });

  test("of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (source) => {
        checkSpans(parseDockerfile(`FROM a\n${source}`));
      }),
      { numRuns: 500 },
    );
  });

  test("instructions stand in order and do not overlap", () => {
    fc.assert(
      fc.property(mutated, (source) => {
        let end = 0;
        for (const { span } of parseDockerfile(source).instructions) {
          expect(span.start).toBeGreaterThanOrEqual(end);
          end = span.end;
        }
      }),
    );
  });
});

describe("large files", () => {
  test("100,000 lines", () => {
    const source = `FROM a\n${"RUN b && c\nENV D=$E\n".repeat(50_000)}USER f\n`;
    const { instructions, problems } = parseDockerfile(source);
    expect(instructions).toHaveLength(100_002);
    expect(problems).toEqual([]);
    expect(instructions.at(-1)?.span.end).toBe(source.length - 1);
  });

  test("100,000 continuation lines", () => {
    const { instructions } = parseDockerfile(
      `FROM a\nRUN b \\\n${"# x\n  && c \\\n".repeat(50_000)}  && d\n`,
    );
    expect(instructions[1]?.rest.raw.endsWith("&& c   && d")).toBe(true);
  });
});
