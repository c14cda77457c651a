import { describe, expect, test } from "vitest";
import {
  argumentsOf,
  commandsAfter,
  commandsNamed,
  commandsOf,
  countFlag,
  flagValue,
  flagValues,
  hasFlag,
  innermost,
  innermostCommands,
  installation,
  isPiped,
  isRemovedAfter,
  isShell,
  isSubcommand,
  operands,
  packages,
  pipeReaders,
  removals,
  subcommand,
  urls,
} from "../../../src/audit/shell/query.ts";
import { firstCommand, runScript } from "./support.ts";

describe("flags", () => {
  test.each([
    ["apt-get -yqq install curl", ["-y", "--yes"], true],
    ["apt-get install -qy curl", ["-y"], true],
    ["apt-get install curl", ["-y", "--yes", "--assume-yes"], false],
    ["apt-get -qq install curl", ["-qq"], true],
    ["apt-get -q -y install curl", ["-qq"], false],
    ["apt-get -oDpkg::y=1 install curl", ["-y"], false],
    ["apt-get -o -y install curl", ["-y"], false],
    ["apt-get install --no-install-recommends=true x", ["--no-install-recommends"], true],
    ["apt-get install -- -y", ["-y"], false],
    ["curl -fsSLo /x https://y", ["-L"], true],
    ["curl -okay https://y", ["-k"], false],
    ["curl --insecure x", ["-k", "--insecure"], true],
    ["tar xzf a.tgz", ["-x"], true],
    ["tar -czf a.tgz x", ["-x"], false],
    ["tar --extract -f x", ["-x", "--extract"], true],
    ["useradd -lmu 1000 app", ["-l"], true],
    ["useradd -u -l app", ["-l"], false],
    ["chmod -R 777 /x", ["-R"], true],
    ["find / -name x", ["-n"], false],
    ["go build -ldflags -s ./x", ["-s"], false],
    ["git -C /x clone --depth 1 u", ["--depth"], true],
    ["git clone -b main u", ["-b"], true],
    ["npm ci --prefix -g", ["-g"], false],
  ])("%s has %j: %s", (source, names, expected) => {
    expect(hasFlag(firstCommand(source), ...names)).toBe(expected);
  });

  test.each([
    ["curl -o /x y", ["-o", "--output"], "/x"],
    ["curl -o/x y", ["-o"], "/x"],
    ["curl -sSo /x y", ["-o"], "/x"],
    ["curl --output=/x y", ["--output"], "/x"],
    ["curl --output /x y", ["--output"], "/x"],
    ["curl -o $X y", ["-o"], undefined],
    ["tar xzf a.tgz -C /x", ["-f"], "a.tgz"],
    ["tar xzCf /x a.tgz", ["-C"], "/x"],
    ["useradd --uid=5 app", ["-u", "--uid"], "5"],
    ["pip install --index-url http://x flask", ["-i", "--index-url"], "http://x"],
  ])("%s: value of %j", (source, names, expected) => {
    expect(flagValue(firstCommand(source), ...names)).toBe(expected);
  });

  test("all values, and how often", () => {
    const command = firstCommand("apt-get -o a=1 -ob=2 -qq -q update");
    expect(flagValues(command, "-o")).toEqual(["a=1", "b=2"]);
    expect(countFlag(command, "-q")).toBe(3);
  });

  test.each([
    ["apt-get -y install curl git", "apt-get", "install", ["curl", "git"]],
    ["apt-get -t stable install -y curl", "apt-get", "install", ["curl"]],
    ["git -C /x -c a=b clone --depth 1 u d", "git", "clone", ["u", "d"]],
    ["apk add --no-cache --virtual .deps curl", "apk", "add", ["curl"]],
    ["python3 -m pip install flask", "pip", "install", ["flask"]],
    ["python3.11 -u -m pip install flask", "pip", "install", ["flask"]],
    ["pip3.11 install flask", "pip", "install", ["flask"]],
    ["uv pip install flask", "pip", "install", ["flask"]],
    ["python3 setup.py -m pip", "python3", undefined, ["setup.py", "pip"]],
    ["chmod -R 755 /x", "chmod", undefined, ["755", "/x"]],
    ["rm -rf -- -x /y", "rm", undefined, ["-x", "/y"]],
    ["$X install", "", undefined, ["install"]],
    ["constructor a", "constructor", undefined, ["a"]],
  ])("%s", (source, tool, sub, rest) => {
    const command = firstCommand(source);
    expect(argumentsOf(command).tool).toBe(tool);
    expect(subcommand(command)).toBe(sub);
    expect(operands(command).map(({ text }) => text)).toEqual(rest);
  });

  test("a subcommand of one of several tools", () => {
    const command = firstCommand("yum -y install x");
    expect(isSubcommand(command, ["yum", "dnf"], ["install"])).toBe(true);
    expect(isSubcommand(command, ["dnf"], ["install"])).toBe(false);
    expect(isSubcommand(command, ["yum"], ["update"])).toBe(false);
  });
});

describe("packages", () => {
  test.each([
    [
      "apt-get install -y curl=7.* libc6",
      "apt",
      [
        ["curl", "=", "7.*"],
        ["libc6", undefined, undefined],
      ],
    ],
    ["aptitude install x", "apt", [["x", undefined, undefined]]],
    [
      "apt-get install ./a.deb /x/b.deb",
      "apt",
      [
        ["./a.deb", undefined, undefined],
        ["/x/b.deb", undefined, undefined],
      ],
    ],
    [
      "apk add a~=1.2 b=2 'c>3' d",
      "apk",
      [
        ["a", "~=", "1.2"],
        ["b", "=", "2"],
        ["c", ">", "3"],
        ["d", undefined, undefined],
      ],
    ],
    [
      "yum install -y a-1.2 b-devel @dev https://x/y.rpm",
      "dnf",
      [
        ["a", "-", "1.2"],
        ["b-devel", undefined, undefined],
        ["@dev", undefined, undefined],
        ["https://x/y.rpm", undefined, undefined],
      ],
    ],
    ["dnf install python3-3.9.1-2.el9", "dnf", [["python3", "-", "3.9.1-2.el9"]]],
    [
      "zypper -n in 'a=1' b",
      "zypper",
      [
        ["a", "=", "1"],
        ["b", undefined, undefined],
      ],
    ],
    [
      "pip install -r r.txt -U a==1 'b>=2,<3' 'c[x]~=1' d git+https://x/y",
      "pip",
      [
        ["a", "==", "1"],
        ["b", ">=", "2,<3"],
        ["c[x]", "~=", "1"],
        ["d", undefined, undefined],
        ["git+https://x/y", undefined, undefined],
      ],
    ],
    [
      "npm i -g a@1.2 @s/b @s/c@latest",
      "npm",
      [
        ["a", "@", "1.2"],
        ["@s/b", undefined, undefined],
        ["@s/c", "@", "latest"],
      ],
    ],
    ["yarn global add a@1", "yarn", [["a", "@", "1"]]],
    [
      "gem install a:1 b -v 2",
      "gem",
      [
        ["a", ":", "1"],
        ["b", "-v", "2"],
      ],
    ],
    ["go install x.org/a/b@v1", "go", [["x.org/a/b", "@", "v1"]]],
    ["cargo install --version 1 a", "cargo", [["a", "--version", "1"]]],
    ["pacman -Sy --noconfirm a", "pacman", [["a", undefined, undefined]]],
    ["conda install -c forge a=1", "conda", [["a", "=", "1"]]],
    ["sudo apt-get install x=$V", "apt", [["x", "=", "$V"]]],
  ])("%s", (source, manager, expected) => {
    const found = runScript(source).commands.flatMap((command) => installation(command) ?? []);
    expect(found.map((entry) => entry.manager)).toEqual([manager]);
    expect(
      found[0]?.packages.map(({ name, operator, version }) => [name, operator, version]),
    ).toEqual(expected);
  });

  test.each([
    "apt-get update",
    "npm ci",
    "npm run install",
    "pip download x",
    "yarn install x",
    "pacman -Q x",
    "echo apt-get install x",
    "yum module list",
  ])("%s installs nothing", (source) => {
    expect(packages(firstCommand(source))).toEqual([]);
  });

  test("kinds and what is known", () => {
    const found = packages(
      firstCommand("pip install a==$V ./b https://x/c.whl git+ssh://x/y d.whl"),
    );
    expect(found.map(({ kind, isKnown }) => [kind, isKnown])).toEqual([
      ["package", false],
      ["file", true],
      ["url", true],
      ["vcs", true],
      ["file", true],
    ]);
  });
});

describe("scripts", () => {
  const script = runScript(
    "apt-get update && sudo /usr/bin/apt-get install -y curl && curl -fsSL https://x/y | sudo bash && rm -rf /var/lib/apt/lists/* /tmp/",
  );
  const [update] = script.commands;
  if (update === undefined) throw new Error("no command");

  test("by name, wrappers looked through", () => {
    expect(commandsNamed(script, "apt-get")).toHaveLength(2);
    expect(commandsNamed(script, ["curl", "rm"]).map(({ name }) => name)).toEqual(["curl", "rm"]);
    expect(commandsOf(runScript("pip3 x; python -m pip y"), "pip")).toHaveLength(2);
    expect(innermostCommands(script).map(({ name }) => name)).toEqual([
      "apt-get",
      "apt-get",
      "curl",
      "bash",
      "rm",
    ]);
    const [sudo] = commandsNamed(script, "sudo");
    expect(sudo === undefined ? undefined : innermost(script, sudo).name).toBe("apt-get");
    expect(commandsAfter(script, update)).toHaveLength(script.commands.length - 1);
  });

  test("pipes", () => {
    const [curl] = commandsNamed(script, "curl");
    if (curl === undefined) throw new Error("no curl");
    expect(isPiped(script, curl)).toBe(true);
    expect(isPiped(script, update)).toBe(false);
    expect(
      pipeReaders(script, curl)
        .filter(isShell)
        .map(({ name }) => name),
    ).toEqual(["bash"]);
    expect(urls(curl).map(({ url }) => url)).toEqual(["https://x/y"]);
    expect(
      urls(firstCommand("pip install --index-url=http://$H/x y")).map(({ url }) => url),
    ).toEqual(["http://"]);
  });

  test("removals", () => {
    expect(removals(script).map(({ path }) => path)).toEqual(["/var/lib/apt/lists", "/tmp"]);
    expect(isRemovedAfter(script, update, "/var/lib/apt/lists")).toBe(true);
    expect(isRemovedAfter(script, update, "/var/lib/apt/lists/x")).toBe(true);
    expect(isRemovedAfter(script, update, "/var/lib/apt")).toBe(false);
    const [rm] = commandsNamed(script, "rm");
    expect(rm === undefined ? undefined : isRemovedAfter(script, rm, "/tmp")).toBe(false);
    expect(removals(runScript("find /a -name x -delete; rm $X")).map(({ path }) => path)).toEqual([
      "/a",
      undefined,
    ]);
  });
});
