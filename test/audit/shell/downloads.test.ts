import { expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { instructionsOf } from "../../../src/audit/dockerfile/query.ts";
import { downloadsOf } from "../../../src/audit/shell/downloads.ts";
import { scriptOf } from "../../../src/audit/shell/query.ts";

function downloads(script: string): (string | undefined)[][] {
  const dockerfile = parseDockerfile(`FROM a:1\nRUN ${script}\n`);
  return instructionsOf(dockerfile, "run").flatMap((run) =>
    scriptOf(dockerfile, run).commands.flatMap((command) =>
      downloadsOf(command).map(({ url, file }) => [url, file]),
    ),
  );
}

test.each<[string, (string | undefined)[][]]>([
  ["curl https://h/a", [["https://h/a", undefined]]],
  ["curl -fsSLo b https://h/a", [["https://h/a", "b"]]],
  ["curl -ob https://h/a", [["https://h/a", "b"]]],
  ["curl --output=b --url https://h/a", [["https://h/a", "b"]]],
  ["curl -O https://h/a.tgz?x=1", [["https://h/a.tgz?x=1", "a.tgz"]]],
  ["curl -LO --output-dir /d https://h/a", [["https://h/a", "/d/a"]]],
  ["curl https://h/a > b 2> c", [["https://h/a", "b"]]],
  [
    "curl -o b https://h/a -o d https://h/c",
    [
      ["https://h/a", "b"],
      ["https://h/c", "d"],
    ],
  ],
  ["curl -o /dev/null https://h/a", [["https://h/a", undefined]]],
  ["wget https://h/a", [["https://h/a", "a"]]],
  ["wget -qO- https://h/a", [["https://h/a", undefined]]],
  ["wget -O b https://h/a", [["https://h/a", "b"]]],
  [
    "wget -P /d https://h/a https://h/b",
    [
      ["https://h/a", "/d/a"],
      ["https://h/b", "/d/b"],
    ],
  ],
  ["wget https://h/$V/a-$V.zip", [["https://h/$V/a-$V.zip", "a-$V.zip"]]],
  ["wget $URL -O x", [["$URL", "x"]]],
  ["aria2c -d /d -o b https://h/a", [["https://h/a", "/d/b"]]],
  ["echo https://h/a", []],
])("%s", (script, expected) => {
  expect(downloads(script)).toEqual(expected);
});
