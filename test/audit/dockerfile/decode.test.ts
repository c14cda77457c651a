import { describe, expect, test } from "vitest";
import { decodeSource, maxSourceBytes } from "../../../src/audit/dockerfile/decode.ts";
import { UserError } from "../../../src/base/error.ts";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

describe("decodeSource", () => {
  test.each([
    ["plain", bytes("FROM a\n"), "FROM a\n"],
    ["byte order mark", bytes([0xef, 0xbb, 0xbf], "FROM a"), "FROM a"],
    ["CRLF is kept", bytes("FROM a\r\n"), "FROM a\r\n"],
    ["beyond the BMP", bytes("# 🎉é\n"), "# 🎉é\n"],
    ["empty", bytes(), ""],
  ])("%s", (_, input, text) => {
    expect(decodeSource(input, "Dockerfile")).toEqual({ text, problems: [] });
  });

  test.each([
    ["a lone byte", bytes("# é", [0xff], "x"), 3],
    ["a cut character at the end", bytes("# ", [0xe2, 0x82]), 2],
    ["in front", bytes([0x80], "FROM a"), 0],
  ])("invalid UTF-8 is a problem, not the end: %s", (_, input, start) => {
    const { text, problems } = decodeSource(input, "Dockerfile");
    expect(text.charAt(start)).toBe("\ufffd");
    expect(problems).toMatchObject([{ kind: "decode", span: { start, end: start + 1 } }]);
  });

  test.each([
    ["binary", bytes([0x7f], "ELF", [2, 1, 1, 0, 0, 0]), "binary"],
    ["UTF-16, little endian mark", bytes([0xff, 0xfe, 0x46, 0]), "UTF-16"],
    ["UTF-16, big endian mark", bytes([0xfe, 0xff, 0, 0x46]), "UTF-16"],
    ["UTF-16 without mark", Buffer.from("FROM a", "utf16le"), "UTF-16"],
    ["too large", new Uint8Array(maxSourceBytes + 1).fill(32), "larger than 16 MiB"],
  ])("refuses %s", (_, input, message) => {
    const run = (): unknown => decodeSource(input, "some/Dockerfile");
    expect(run).toThrow(UserError);
    expect(run).toThrow(message);
  });
});
