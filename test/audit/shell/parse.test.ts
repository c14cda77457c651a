import { describe, expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { MAX_SCRIPT_LENGTH } from "../../../src/audit/shell/query.ts";
import { cases } from "./cases.ts";
import { lastScript, runScript, scriptFrom, textsOf } from "./support.ts";

/** All commands as texts, one line each. */
const lines = (source: string): string[] =>
  scriptFrom(source).commands.map((command) => textsOf(command).join(" "));

describe("simple commands", () => {
  test.each(cases)("%s", (_, source, expected) => {
    const script = scriptFrom(`FROM debian\nRUN <<THE_END\n${source}\nTHE_END\n`);
    if (expected === "REJECT") {
      expect(script.state).toBe("partial");
      expect(script.errors.length).toBeGreaterThan(0);
      return;
    }
    const found = script.commands
      .filter(({ context, runBy }) => context.nesting === 0 && runBy === undefined)
      .map(textsOf);
    const sorted = (list: readonly string[][]): string[] =>
      list.map((words) => JSON.stringify(words)).sort();
    expect(sorted(found)).toEqual(sorted(expected));
    expect(script.state).toBe("parsed");
  });
});

describe("where the script comes from", () => {
  test.each([
    ["shell form", "FROM a\nRUN a && b", ["a", "b"]],
    ["comments and blank lines in it", "FROM a\nRUN a \\\n  # no && c\n\n  && b", ["a", "b"]],
    [
      "escape character",
      "# escape=`\nFROM --platform=linux/amd64 a\nRUN a `\n  && b\\ c",
      ["a", "b c"],
    ],
    ["heredoc", "FROM a\nRUN <<EOF\na\nb # c\nEOF", ["a", "b"]],
    ["heredoc without tabs", "FROM a\nRUN <<-EOF\n\ta\n\t\tb\n\tEOF", ["a", "b"]],
    ["heredoc with CRLF", "FROM a\r\nRUN <<EOF\r\na b\r\nc\r\nEOF\r\n", ["a b", "c"]],
    [
      "heredoc with a shell's shebang",
      "FROM a\nRUN <<EOF\n#!/usr/bin/env -S bash -e\na\nEOF",
      ["a"],
    ],
    ["heredoc read by a command", "FROM a\nRUN cat <<EOF > /x && b\nrm -rf /\nEOF", ["cat", "b"]],
    ["heredoc read by a shell", "FROM a\nRUN bash <<EOF\na\nEOF", ["bash", "a"]],
    ["exec form", 'FROM a\nRUN ["a", "b c"]', ["a b c"]],
    [
      "exec form of a shell",
      'FROM a\nRUN ["/bin/sh", "-c", "a \\"b\\" && c"]',
      ['/bin/sh -c a "b" && c', "a b", "c"],
    ],
    ["sh -c with quotes", `FROM a\nRUN sh -ec 'a "b c"; d'`, ['sh -ec a "b c"; d', "a b c", "d"]],
    [
      "bash -o pipefail -c",
      'FROM a\nRUN bash -o pipefail -c "a | b"',
      ["bash -o pipefail -c a | b", "a", "b"],
    ],
    [
      "sh -c in sh -c",
      `FROM a\nRUN sh -c "sh -c 'a; b'"`,
      ["sh -c sh -c 'a; b'", "sh -c a; b", "a", "b"],
    ],
    ["su -c", "FROM a\nRUN su app -c 'a b'", ["su app -c a b", "a b"]],
    [
      "HEALTHCHECK",
      "FROM a\nHEALTHCHECK --retries=3 CMD curl -f x || exit 1",
      ["curl -f x", "exit 1"],
    ],
    ["CMD", "FROM a\nCMD exec a b", ["exec a b", "a b"]],
    ["ONBUILD", "FROM a\nONBUILD RUN a && b", ["a", "b"]],
    ["RUN flags", "FROM a\nRUN --mount=type=cache,target=/x --network=none a", ["a"]],
  ])("%s", (_, source, expected) => {
    expect(lines(source)).toEqual(expected);
  });

  test.each([
    ["PowerShell", 'FROM a\nSHELL ["powershell", "-Command"]\nRUN a', "powershell"],
    ["pwsh.exe", 'FROM a\nSHELL ["C:\\\\x\\\\pwsh.exe", "-c"]\nRUN a', "powershell"],
    ["cmd by SHELL", 'FROM a\nSHELL ["cmd", "/S", "/C"]\nRUN a', "cmd"],
    ["cmd by base image", "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN a", "cmd"],
    [
      "cmd by the base of a parent",
      "FROM mcr.microsoft.com/windows/nanoserver:1 AS x\nFROM x\nRUN a",
      "cmd",
    ],
    ["cmd by escape", "# escape=`\nFROM a\nRUN a", "cmd"],
    ["cmd by platform", "FROM --platform=windows/amd64 a\nRUN a", "cmd"],
    ["shebang", "FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF", "other-interpreter"],
    [
      "SHELL of the parent stage",
      'FROM a AS b\nSHELL ["fish", "-c"]\nFROM b\nRUN a',
      "other-interpreter",
    ],
    ["too large", `FROM a\nRUN ${"a".repeat(MAX_SCRIPT_LENGTH + 1)}`, "too-large"],
  ])("not read: %s", (_, source, reason) => {
    expect(scriptFrom(source)).toMatchObject({ state: "unknown", reason, commands: [] });
  });

  test("parsed once", () => {
    const dockerfile = parseDockerfile("FROM a\nRUN b");
    expect(lastScript(dockerfile)).toBe(lastScript(dockerfile));
  });
});

describe("spans lead into the file", () => {
  test.each([
    ["plain", "FROM a\nRUN b \\\n  && curl x", "curl"],
    ["after a flag", "FROM a\nRUN --mount=type=ssh curl x", "curl"],
    ["after a comment", "FROM a\nRUN b \\\n# x\n  ; curl x", "curl"],
    ["non-ASCII in front", "FROM a\nRUN echo '🎉é' && curl x", "curl"],
    ["heredoc", "FROM a\nRUN <<EOF\nb\ncurl x\nEOF", "curl"],
    ["<<- heredoc", "FROM a\nRUN <<-EOF\n\tb\n\t\tcurl x\n\tEOF", "curl"],
    ["heredoc of a shell", "FROM a\nRUN b && bash -e <<EOF\nb\ncurl x\nEOF", "curl"],
    ["sh -c '…'", "FROM a\nRUN sh -c 'b; curl x'", "curl"],
    ['sh -c "…" with escapes', 'FROM a\nRUN sh -c "b \\"c\\" \\$d; curl x"', "curl"],
    ["sh -c over lines", "FROM a\nRUN sh -c 'b; \\\n   curl x'", "curl"],
    [
      "exec form with escapes",
      'FROM a\nCMD ["sh", "-c", "b \\"\\u00e9\\" && \\\n curl x"]',
      "curl",
    ],
    ["substitution", 'FROM a\nRUN x="$(curl x)"', "curl"],
    ["CRLF", "FROM a\r\nRUN b \\\r\n  && curl x\r\n", "curl"],
  ])("%s", (_, source, name) => {
    const dockerfile = parseDockerfile(source);
    const command = lastScript(dockerfile).commands.find((candidate) => candidate.name === name);
    expect(command?.span.start).toBe(source.indexOf(name));
    expect(command?.words.map(({ span }) => source.slice(span.start, span.end))).toEqual([
      name,
      "x",
    ]);
  });

  test("a word that a continuation splits", () => {
    const source = "FROM a\nRUN cu\\\nrl x";
    const [command] = scriptFrom(source).commands;
    expect(command?.name).toBe("curl");
    expect(command?.words[0]?.span).toEqual({ start: 11, end: 17 });
  });

  test("escaped backticks have the span of the whole", () => {
    const source = "FROM a\nRUN x=`b \\`curl x\\``";
    const found = scriptFrom(source).commands.find(({ name }) => name === "curl");
    expect(found?.span).toEqual({ start: source.indexOf("`b"), end: source.length });
  });
});

describe("values", () => {
  test.each([
    ["ARG default", "FROM a\nARG V=1\nRUN x curl=$V", ["curl=1"]],
    ["ARG without default", "FROM a\nARG V\nRUN x curl=$V", [undefined]],
    ["default operator", "FROM a\nARG V\nRUN x ${V:-2}", ["2"]],
    ["global ARG", "ARG V=3\nFROM a\nARG V\nRUN x $V", ["3"]],
    ["global ARG that is not taken up", "ARG V=3\nFROM a\nRUN x $V", [undefined]],
    ["ENV of a parent stage", "FROM a AS b\nENV V=4\nFROM b\nRUN x $V", ["4"]],
    ["undeclared", "FROM a\nRUN x $V", [undefined]],
    ["assignment in the script", "FROM a\nARG V=1\nRUN V=5; x $V", ["5"]],
    ["conditional assignment", "FROM a\nARG V=1\nRUN if t; then V=5; fi; x $V", [undefined]],
    ["assignment in a subshell", "FROM a\nARG V=1\nRUN (V=5); x $V", ["1"]],
    ["loop variable", "FROM a\nRUN for V in a b; do x $V; done", [undefined]],
    ["assignment later in the loop", "FROM a\nRUN V=1; while t; do x $V; V=2; done", [undefined]],
    ["export", "FROM a\nRUN export V=6 && x $V", ["6"]],
    ["read", "FROM a\nRUN V=1; read V; x $V", [undefined]],
    ["substitution", "FROM a\nRUN x $(y)", [undefined]],
    ["single quotes", "FROM a\nARG V=1\nRUN x '$V'", ["$V"]],
    ["suffix cut", "FROM a\nARG V=1.2.3\nRUN x ${V%.*}", ["1.2"]],
    ["a list of words", 'FROM a\nENV P="curl  git"\nRUN x $P vim', ["curl", "git", "vim"]],
    ["a quoted list stays one", 'FROM a\nENV P="curl git"\nRUN x "$P"', ["curl git"]],
    ["an empty variable is no word", 'FROM a\nENV P=""\nRUN x $P "$P" y', ["", "y"]],
  ])("%s", (_, source, expected) => {
    const command = scriptFrom(source).commands.find(({ name }) => name === "x");
    expect(command?.args.map(({ value }) => value)).toEqual(expected);
  });

  test("what is known before an unknown part", () => {
    const [word] = runScript("curl https://x.org/$V/y").commands[0]?.args ?? [];
    expect(word).toMatchObject({
      text: "https://x.org/$V/y",
      value: undefined,
      prefix: "https://x.org/",
      variables: ["V"],
    });
  });

  test.each([
    ["*.txt", true, false],
    ['"*.txt"', false, true],
    ["[ab]", true, false],
    ["plain", false, false],
    ["a\\ b", false, true],
  ])("glob and quotes of %s", (source, hasGlob, isQuoted) => {
    expect(runScript(`x ${source}`).commands[0]?.args[0]).toMatchObject({ hasGlob, isQuoted });
  });
});

describe("context", () => {
  const find = (source: string) => runScript(source).commands.find(({ name }) => name === "x");

  test.each([
    ["x", {}],
    ["(x)", { isSubshell: true }],
    ["a | x", { isSubshell: true }],
    ["x && a", { isCondition: true }],
    ["a && x", { isConditional: true }],
    ["a || x", { isConditional: true, isFallback: true }],
    ["! x", { isCondition: true }],
    ["if x; then a; fi", { isCondition: true }],
    ["if a; then x; fi", { isConditional: true }],
    ["if a; then b; elif c; then x; else d; fi", { isConditional: true }],
    ["while x; do a; done", { isCondition: true, isLoop: true }],
    ["for i in a; do x; done", { isConditional: true, isLoop: true }],
    ["case a in b) x;; esac", { isConditional: true }],
    ["f() { x; }", { isConditional: true, functionName: "f" }],
    ["echo $(x)", { isSubshell: true, isSubstitution: true }],
    ["echo ${A:-$(x)}", { isSubshell: true, isSubstitution: true }],
    ["[[ -n $(x) ]]", { isSubshell: true, isSubstitution: true }],
    ["x & a", { isSubshell: true, isBackground: true }],
    ["sh -c x", { isSubshell: true, nesting: 1 }],
    ["{ x; } > y", {}],
  ])("%s", (source, expected) => {
    expect(find(source)?.context).toEqual({
      isSubshell: false,
      functionName: undefined,
      isCondition: false,
      isConditional: false,
      isFallback: false,
      isLoop: false,
      isSubstitution: false,
      isBackground: false,
      nesting: 0,
      ...expected,
    });
  });

  test("source order in if, elif, else", () => {
    const { commands } = runScript("if a; then b; elif c; then d; else e; fi; f");
    expect(commands.map(({ name }) => name)).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test("operators, pipelines and places", () => {
    const { commands, pipelines } = runScript("a && b | c || ! d; e & f");
    expect(commands.map(({ operator, place }) => [operator, place])).toEqual([
      [undefined, 0],
      ["&&", 0],
      ["|", 1],
      ["||", 0],
      [";", 0],
      ["&", 0],
    ]);
    expect(pipelines.map(({ parts }) => parts.map((part) => part[0]?.name))).toEqual([
      ["a"],
      ["b", "c"],
      ["d"],
      ["e"],
      ["f"],
    ]);
    expect(pipelines.map(({ isNegated }) => isNegated)).toEqual([false, false, true, false, false]);
  });

  test("assignments and redirects", () => {
    const script = runScript("A=1 B=$C x 2>&1 >>/log </in; D=2; export E=3");
    const [command] = script.commands;
    expect(command?.assignments.map(({ name, value }) => [name, value?.value])).toEqual([
      ["A", "1"],
      ["B", undefined],
    ]);
    expect(
      command?.redirects.map(({ operator, fileDescriptor, target }) => [
        operator,
        fileDescriptor,
        target?.value,
      ]),
    ).toEqual([
      [">&", 2, "1"],
      [">>", undefined, "/log"],
      ["<", undefined, "/in"],
    ]);
    expect(script.assignments.map(({ name, value }) => [name, value?.value])).toEqual([
      ["D", "2"],
      ["E", "3"],
    ]);
  });
});

describe("options and directory", () => {
  const find = (source: string) => scriptFrom(source).commands.find(({ name }) => name === "x");

  test.each([
    ["FROM a\nRUN x", []],
    ["FROM a\nRUN set -eux; x", ["errexit", "nounset", "xtrace"]],
    ["FROM a\nRUN set -e -o pipefail && x", ["errexit", "pipefail"]],
    ["FROM a\nRUN set -euo pipefail; set +e; x", ["nounset", "pipefail"]],
    ["FROM a\nRUN (set -e); x", []],
    ["FROM a\nRUN bash -eo pipefail -c 'x'", ["errexit", "pipefail"]],
    ['FROM a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN x', ["pipefail"]],
    ["FROM a\nRUN <<EOF\n#!/bin/sh -e\nx\nEOF", ["errexit"]],
  ])("options: %j", (source, on) => {
    const options = find(source)?.options ?? {};
    expect(
      Object.entries(options)
        .filter(([, value]) => value)
        .map(([name]) => name)
        .sort(),
    ).toEqual(on.toSorted());
  });

  test.each([
    ["FROM a\nRUN x", undefined],
    ["FROM scratch\nRUN x", "/"],
    ["FROM a\nWORKDIR /w\nRUN cd b && x", "/w/b"],
    ["FROM a\nWORKDIR /w\nWORKDIR v\nRUN cd ../u; x", "/w/u"],
    ["FROM a\nRUN cd /b; x", "/b"],
    ["FROM a\nRUN (cd /b); x", undefined],
    ["FROM a\nWORKDIR /w\nRUN (cd /b); x", "/w"],
    ["FROM a\nWORKDIR /w\nRUN a || cd /b; x", undefined],
    ["FROM a\nWORKDIR /w\nRUN if a; then cd /b; fi; x", undefined],
    ["FROM a\nWORKDIR /w\nRUN cd $B; x", undefined],
    ["FROM a\nWORKDIR /w\nRUN cd -; x", undefined],
    ["FROM a\nWORKDIR /w\nRUN sh -c 'cd b && x'", "/w/b"],
  ])("directory: %j", (source, directory) => {
    expect(find(source)?.directory).toBe(directory);
  });
});

describe("wrappers", () => {
  test.each([
    ["sudo x y", "x y"],
    ["sudo -E -u app x y", "x y"],
    ["sudo A=b x y", "x y"],
    ["env A=b -u C x y", "x y"],
    ["exec x y", "x y"],
    ["command x y", "x y"],
    ["/usr/bin/time -f %e x y", "x y"],
    ["nice -n 10 x y", "x y"],
    ["nohup x y", "x y"],
    ["timeout -k 5 10 x y", "x y"],
    ["gosu app x y", "x y"],
    ["su-exec app:app x y", "x y"],
    ["chroot /mnt x y", "x y"],
    ["z | xargs -0 -n 1 x y", "x y"],
    ["find / -name a -exec x y {} +", "x y {}"],
    ["sudo env A=b nice x y", "x y"],
    ["time x y", "x y"],
  ])("%s", (source, expected) => {
    const { commands } = runScript(source);
    const inner = commands.find(({ name }) => name === "x");
    expect(inner === undefined ? undefined : textsOf(inner).join(" ")).toBe(expected);
    // Each link leads from the wrapper to what it runs and back.
    for (const { index, runs } of commands)
      if (runs !== undefined) expect(commands[runs]?.runBy).toBe(index);
  });

  test.each(["command -v x", "sudo -l", "env A=b", "xargs", "exec 3>&1"])(
    "%s runs nothing",
    (source) => {
      expect(runScript(source).commands).toHaveLength(1);
    },
  );

  test("assignments of env belong to the command", () => {
    const inner = runScript("C=1 env A=b x").commands[1];
    expect(inner?.assignments.map(({ name, value }) => [name, value?.value])).toEqual([
      ["C", "1"],
      ["A", "b"],
    ]);
  });

  test("both are in the part of the pipeline", () => {
    const { pipelines } = runScript("curl u | sudo bash");
    expect(pipelines[0]?.parts.map((part) => part.map(({ name }) => name))).toEqual([
      ["curl"],
      ["sudo", "bash"],
    ]);
  });
});
