import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprints, lineHashes } from "../../src/audit/fingerprint.ts";
import { reportOf } from "../support/report.ts";
import { textRule } from "../support/rules.ts";

const hashes = (text: string): string[] => {
  const lines = text.split("\n").map((_, i) => i + 1);
  return [...lineHashes(text, new Set(lines)).values()];
};

// Expectations of github/codeql-action, src/fingerprints.test.ts.
test.each([
  ["", ["c129715d7a2bc9a3:1"]],
  [
    " a\nb\n  \t\tc\n d",
    ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
  ],
  [
    " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
    [
      "8b7cf3e952e7aeb2:1",
      "b1ae1287ec4718d9:1",
      "bff680108adb0fcc:1",
      "c6805c5e1288b612:1",
      "b86d3392aea1be30:1",
      "e6ceba753e1a442:1",
    ],
  ],
])("line hashes of %j are GitHub's", (text, expected) => {
  expect(hashes(text)).toEqual(expected);
});

test("line hashes agree with the definition in big integers", () => {
  /** The hash of one line written down directly: 100 code units from its start, zeros after the end. */
  const direct = (text: string, start: number): string => {
    const units = [...text.slice(start).replace(/[ \t]/g, "")].map((c) => c.charCodeAt(0));
    units.push(65535);
    let hash = 0n;
    for (let i = 0; i < 100; i++)
      hash = (hash * 37n + BigInt(units[i] ?? 0)) & 0xffff_ffff_ffff_ffffn;
    return hash.toString(16);
  };
  const line = fc.stringMatching(/^[a-zé ]{0,60}$/);
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      const text = lines.join("\n");
      let start = 0;
      const expected = lines.map((l) => {
        const hash = direct(text, start);
        start += l.length + 1;
        return hash;
      });
      expect(hashes(text).map((h) => h.split(":")[0])).toEqual(expected);
    }),
  );
});

const rule = textRule({}, "foo bar");
const keysOf = (text: string): readonly string[] => {
  const [source] = reportOf({ Dockerfile: text }, [rule]).sources;
  return fingerprints(text, source?.findings ?? []);
};

test("keys survive lines that come and go elsewhere, and tell equal texts apart", () => {
  const before = keysOf("FROM a\nRUN foo bar\nRUN foo bar\n");
  expect(new Set(before).size).toBe(2);
  expect(keysOf("# new\nFROM b:2\n\nRUN foo bar\nUSER x\nRUN foo bar\n")).toEqual(before);
  expect(keysOf("FROM a\r\nRUN foo bar\r\n")).toEqual(before.slice(0, 1));
});

test("keys depend on the rule and on the reported text", () => {
  const span = { start: 0, end: 3 };
  const finding = { severity: "low", message: "m", span } as const;
  const key = (ruleId: string, text: string): string | undefined =>
    fingerprints(text, [{ ...finding, ruleId }])[0];
  expect(key("DF1", "abc")).toMatch(/^[0-9a-f]{32}$/);
  expect(key("DF1", "abc")).not.toBe(key("DF2", "abc"));
  expect(key("DF1", "abc")).not.toBe(key("DF1", "abd"));
});
