import { describe, expect, test } from "vitest";
import { expandText, type Lookup } from "../../../src/audit/dockerfile/expand.ts";

const known: Lookup = (name) =>
  (
    ({
      FOO: { state: "set", value: "xxyy" },
      EMPTY: { state: "set", value: "" },
      PATHS: { state: "set", value: "/usr/local/bin" },
      MAYBE: { state: "maybe" },
      UNSET: { state: "unset" },
    }) as const
  )[name] ?? { state: "unknown" };

describe("expandText", () => {
  // Values as BuildKit's frontend/dockerfile/shell/envVarTest and lex_test.go have them.
  test.each([
    ["hello", "hello"],
    ["he'll'o", "hello"],
    ["he'llo", undefined],
    ["he\\'llo", "he'llo"],
    ["he\\\\'llo", undefined],
    ["abc\\tdef", "abctdef"],
    ['"abc\\tdef"', "abc\\tdef"],
    ["'abc\\tdef'", "abc\\tdef"],
    ["hello\\", "hello"],
    ['"hello\\"', undefined],
    ["'$FOO'", "$FOO"],
    ['"$FOO"', "xxyy"],
    ["\\$FOO", "$FOO"],
    ['"\\$FOO"', "$FOO"],
    ["${FOO}z", "xxyyz"],
    ["$FOOz", undefined],
    ["$", "$"],
    ["$ x", "$ x"],
    ["a$/b", "a$/b"],
    ["${FOO", undefined],
    ["${}", undefined],
    ["${:}", undefined],
    ["${FOO&x}", undefined],
    ["${FOO:-d}", "xxyy"],
    ["${EMPTY:-d}", "d"],
    ["${EMPTY-d}", ""],
    ["${UNSET-d}", "d"],
    ["${MAYBE:-d}", "d"],
    ["${MAYBE:-${FOO}}", "xxyy"],
    ["${MAYBE}", undefined],
    ["${UNSET}", ""],
    ["${OTHER:-d}", undefined],
    ["${FOO:+a}", "a"],
    ["${EMPTY:+a}", ""],
    ["${EMPTY+a}", "a"],
    ["${UNSET+a}", ""],
    ["${FOO:?err}", "xxyy"],
    ["${EMPTY:?err}", undefined],
    ["${FOO#x}", "xyy"],
    ["${FOO##x*}", ""],
    ["${FOO#x*y}", "y"],
    ["${FOO%y}", "xxy"],
    ["${FOO%%x*}", ""],
    ["${FOO%x*}", "x"],
    ["${FOO%?}", "xxy"],
    ["${FOO#\\*}", "xxyy"],
    ["${FOO:#x}", undefined],
    ["${FOO/x/a}", "axyy"],
    ["${FOO//x/a}", "aayy"],
    ["${FOO//x*/z}", "z"],
    ["${FOO/q/a}", "xxyy"],
    ["${PATHS//\\//_}", "_usr_local_bin"],
    ["${PATHS##*/}", "bin"],
    ["${PATHS%/*}", "/usr/local"],
  ])("%j is %j", (source, value) => {
    expect(expandText(source, "\\", known).value).toBe(value);
  });

  test("another escape character", () => {
    expect(expandText("C:\\a`$FOO", "`", known).value).toBe("C:\\a$FOO");
  });

  test("the text keeps variables as written", () => {
    expect(expandText("\"a $FOO\"'b'${X:-'c'}", "\\", known)).toMatchObject({
      text: "a $FOOb${X:-'c'}",
      value: undefined,
      isQuoted: true,
    });
  });

  test("values do not grow without bound", () => {
    const long: Lookup = () => ({ state: "set", value: "x".repeat(3000) });
    expect(expandText("$A", "\\", long).value).toHaveLength(3000);
    expect(expandText("$A$A", "\\", long).value).toBeUndefined();
    expect(expandText('"$A$A"', "\\", long).value).toBeUndefined();
  });

  test("nesting is bounded", () => {
    expect(expandText(`${"${A:-".repeat(1e5)}${"}".repeat(1e5)}`, "\\", known).error).toBe(
      "substitutions are nested too deeply",
    );
  });
});
