import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CommandSpec,
  GLOBAL_OPTIONS,
  listOf,
  parseOptions,
  quickParse,
  textOf,
} from "../../src/cli/command-spec.ts";
import { createSpec } from "../../src/cli/create.ts";
import { execSpec } from "../../src/cli/exec.ts";
import { killSpec } from "../../src/cli/lifecycle.ts";

const globals = (...words: readonly string[]) => parseOptions(GLOBAL_OPTIONS, words, true);

describe("options in front of the command", () => {
  // The forms that podman, containerd and docker use.
  test.each([
    [
      ["--root", "/r", "--log", "/l", "--log-format", "json", "create"],
      { root: "/r", log: "/l", logFormat: "json" },
    ],
    [["--log-format=json", "--log", "/l", "create"], { log: "/l", logFormat: "json" }],
    [["--log=/a", "--log-format=json", "--log", "/b", "create"], { log: "/b", logFormat: "json" }],
    [
      ["--systemd-cgroup", "--debug=false", "-root", "/r", "create"],
      { systemdCgroup: true, debug: false, root: "/r" },
    ],
    [["--rootless", "auto", "--criu", "criu", "create"], { rootless: "auto", criu: "criu" }],
  ])("%j", (words, flags) => {
    expect(globals(...words)).toMatchObject({ args: ["create"], flags });
  });

  test.each([[["--nope", "create"]], [["--root"]], [["--debug=maybe", "create"]]])(
    "%j is for commander to explain",
    (words) => {
      expect(globals(...words)).toBeUndefined();
    },
  );
});

describe("a command's words", () => {
  test("create as engines call it", () => {
    const words = ["--bundle", "/b", "--pid-file=/p", "--no-pivot", "--preserve-fds", "2", "id"];
    const parsed = quickParse(createSpec, words);
    expect(parsed?.args).toEqual(["id"]);
    expect(parsed?.flags).toMatchObject({
      bundle: "/b",
      pidFile: "/p",
      pivot: false,
      preserveFds: "2",
      newKeyring: true,
    });
    expect(textOf(parsed?.flags["consoleSocket"])).toBeUndefined();
  });

  test("options may stand behind arguments, but for commands that take a command", () => {
    expect(quickParse(killSpec, ["id", "9", "--all"])).toMatchObject({
      args: ["id", "9"],
      flags: { all: true },
    });
    const parsed = quickParse(execSpec, [
      "-e",
      "A=1",
      "--env=B",
      "--tty",
      "id",
      "sh",
      "-c",
      "--tty",
    ]);
    expect(parsed?.args).toEqual(["id", "sh", "-c", "--tty"]);
    expect(listOf(parsed?.flags["env"])).toEqual(["A=1", "B"]);
    expect(quickParse(execSpec, ["--", "id", "-x"])?.args).toEqual(["id", "-x"]);
  });

  test("an option's value may begin with a dash", () => {
    expect(quickParse(execSpec, ["--env", "-x", "id"])?.flags["env"]).toEqual(["-x"]);
  });

  test.each([
    [killSpec, []],
    [killSpec, ["a", "b", "c"]],
    [killSpec, ["--nope", "a"]],
    [createSpec, ["--bundle"]],
  ] as [CommandSpec, string[]][])("what is wrong is for commander to explain", (spec, words) => {
    expect(quickParse(spec, words)).toBeUndefined();
  });

  test("any words are read or left alone", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("--env", "-e", "--tty", "--", "-", "--env=", "--tty=true", "--user", "id"),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const parsed = quickParse(execSpec, words);
        if (parsed === undefined) return;
        // What follows the id is the command's, word by word.
        expect(words.slice(words.length - parsed.args.length)).toEqual(parsed.args);
      }),
    );
  });
});
