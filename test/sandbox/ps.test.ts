import { expect, test } from "vitest";
import { linesOf } from "../../src/sandbox/ps.ts";

const OUTPUT = `UID          PID    PPID CMD
root           1       0 init 12
root          12       1 sleep 1
app          120       1 sleep 12
`;

test("the heading and the lines of these processes, by the PID column alone", () => {
  expect(linesOf(OUTPUT, new Set([12, 99]))).toBe(
    "UID          PID    PPID CMD\nroot          12       1 sleep 1\n",
  );
  expect(linesOf(OUTPUT, new Set())).toBe("UID          PID    PPID CMD\n");
});

test.each(["", "COMMAND\nsh\n", "UID PPID\n0 1\n"])("%j has no PID column", (output) => {
  expect(() => linesOf(output, new Set([1]))).toThrow("couldn't find PID field");
});
