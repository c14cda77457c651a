import fc from "fast-check";
import { expect, test } from "vitest";
import { pathParts } from "../../../src/audit/dockerfile/helpers-search-path.ts";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { instructionsOf } from "../../../src/audit/dockerfile/query.ts";

function parts(value: string): (string | undefined | true)[] {
  const dockerfile = parseDockerfile(`FROM a:1\nARG D=/d\nENV PATH=${value}\n`);
  const [env] = instructionsOf(dockerfile, "env");
  const word = env?.pairs[0]?.value;
  if (word === undefined) return [];
  return pathParts("PATH", word).map(({ value: part, isInherited }) => (isInherited ? true : part));
}

test.each<[string, (string | undefined | true)[]]>([
  ["/a:/b", ["/a", "/b"]],
  ["$PATH:/b", [true, "/b"]],
  ["/a:${PATH}", ["/a", true]],
  [":/a", ["", "/a"]],
  ["$D/bin:$E/bin", ["/d/bin", undefined]],
  ["${E:-/x:/y}:/z", [undefined, "/z"]],
])("%s", (value, expected) => {
  expect(parts(value)).toEqual(expected);
});

test("plain parts come back as they were written", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^\/[a-z]{1,8}$/), { minLength: 1 }), (list) => {
      expect(parts(list.join(":"))).toEqual(list);
    }),
  );
});
