import { expect, test } from "vitest";
import { UserError } from "../../src/base/error.ts";
import { errorLine, formatEntry } from "../../src/cli/log.ts";

const now = new Date("2026-02-03T04:05:06.789Z");

test.each([
  ["json", '{"level":"error","msg":"a \\"b\\"\\nc","time":"2026-02-03T04:05:06Z"}\n'],
  ["text", 'time="2026-02-03T04:05:06Z" level=error msg="a \\"b\\"\\nc"\n'],
  [undefined, 'time="2026-02-03T04:05:06Z" level=error msg="a \\"b\\"\\nc"\n'],
])("an entry in %s is one line", (format, line) => {
  expect(formatEntry("error", 'a "b"\nc', format, now)).toBe(line);
});

test("a failure on one line: what, why, where", () => {
  const error = new UserError("cannot start", {
    where: "config.json /process",
    cause: new Error("it is not there", { cause: new Error("ENOENT") }),
    hint: "make it",
  });
  expect(errorLine(error)).toBe("cannot start: it is not there: ENOENT (config.json /process)");
});
