import { describe, expect, test } from "vitest";
import type { Instruction, InstructionKind, Word } from "../../../src/audit/dockerfile/model.ts";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { instructionsOf, wordSpan } from "../../../src/audit/dockerfile/query.ts";
import type { Span } from "../../../src/base/text.ts";

/** First instruction of a kind, with the text of its file. */
function first<K extends InstructionKind>(source: string, kind: K) {
  const dockerfile = parseDockerfile(source);
  const [node] = instructionsOf(dockerfile, kind);
  if (node === undefined) throw new Error(`no ${kind} in: ${source}`);
  return { node, at: ({ start, end }: Span): string => source.slice(start, end), dockerfile };
}

const raws = (words: readonly Word[]): string[] => words.map(({ raw }) => raw);

describe("lines", () => {
  test.each([
    ["one line", "FROM a\nRUN b c\n", "RUN b c"],
    ["no line end", "FROM a\nRUN b c", "RUN b c"],
    ["indented, blanks behind", "FROM a\n  RUN b c  \n", "RUN b c"],
    ["CRLF", "FROM a\r\nRUN b \\\r\n  c\r\n", "RUN b \\\r\n  c"],
    ["comment and blank line inside", "FROM a\nRUN b \\\n# x\n\n  c\n", "RUN b \\\n# x\n\n  c"],
    ["heredoc", "FROM a\nRUN <<E\nb\nE\nUSER x", "RUN <<E\nb\nE"],
    ["two heredocs", "FROM a\nRUN cat <<A <<B\na\nA\nb\nB\n", "RUN cat <<A <<B\na\nA\nb\nB"],
    ["escape at the end of the file", "FROM a\nRUN b \\\n", "RUN b"],
  ])("span of an instruction: %s", (_, source, expected) => {
    const { node, at } = first(source, "run");
    expect(at(node.span)).toBe(expected);
    expect(at(node.keywordSpan)).toBe("RUN");
  });

  test("head without heredocs", () => {
    const { node, at } = first("FROM a\nRUN <<E cat\nb\nE\n", "run");
    expect(at(node.headSpan)).toBe("RUN <<E cat");
  });

  test("directives, and where they end", () => {
    const source =
      "# Syntax = docker/dockerfile:1\n# escape=`\n# other=x\n# check=skip=all\n\n# syntax=no\nFROM a `\n AS b\n";
    const { directives, escape: escapeChar, stages, comments } = parseDockerfile(source);
    expect(
      directives.map(({ name, value, valueSpan }) => [
        name,
        value,
        source.slice(valueSpan.start, valueSpan.end),
      ]),
    ).toEqual([
      ["syntax", "docker/dockerfile:1", "docker/dockerfile:1"],
      ["escape", "`", "`"],
      ["check", "skip=all", "skip=all"],
    ]);
    expect(escapeChar).toBe("`");
    expect(stages[0]?.alias?.name).toBe("b");
    expect(comments.map(({ isDirective }) => isDirective)).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  test("a byte order mark does not hide a directive", () => {
    expect(parseDockerfile("\ufeff# escape=`\nFROM a").escape).toBe("`");
  });

  test("comments: inside, above, at the end", () => {
    const source = "FROM a\n\n# far\n\n# one\n # two \nRUN b \\\n  # in\n  c\n# last";
    const { node, at, dockerfile } = first(source, "run");
    expect(node.commentsAbove.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(
      dockerfile.comments.map(({ text, insideInstruction }) => [text, insideInstruction]),
    ).toEqual([
      ["far", undefined],
      ["one", undefined],
      ["two", undefined],
      ["in", 1],
      ["last", undefined],
    ]);
    expect(dockerfile.comments.map(({ span }) => at(span))).toEqual([
      "# far",
      "# one",
      "# two ",
      "# in",
      "# last",
    ]);
  });

  test("empty continuation lines", () => {
    const source = "FROM a\nRUN b \\\n\n  \\\n   \n c\n";
    const { node } = first(source, "run");
    expect(node.emptyContinuations).toEqual([
      { start: 15, end: 15 },
      { start: 20, end: 23 },
    ]);
    expect(node.command).toMatchObject({ form: "shell", script: { text: "b    c" } });
  });

  test("a double escape does not continue the line", () => {
    expect(parseDockerfile("FROM a\nRUN b \\\\\nRUN c").instructions).toHaveLength(3);
  });
});

describe("words", () => {
  const source = 'FROM a\nARG V=1\nENV A=x B="y $V" C=z\\ ${V:-q}\\\n"w" D=${U:+$V}\n';
  const { node, at } = first(source, "env");

  test("raw, text, value", () => {
    expect(
      node.pairs.map(({ key, value }) => [key.raw, value.raw, value.text, value.value]),
    ).toEqual([
      ["A", "x", "x", "x"],
      ["B", '"y $V"', "y $V", "y 1"],
      ["C", 'z\\ ${V:-q}"w"', "z ${V:-q}w", "z 1w"],
      ["D", "${U:+$V}", "${U:+$V}", undefined],
    ]);
  });

  test("spans go through continuation lines", () => {
    expect(node.pairs.map(({ value }) => at(value.span))).toEqual([
      "x",
      '"y $V"',
      'z\\ ${V:-q}\\\n"w"',
      "${U:+$V}",
    ]);
    expect(node.pairs.map(({ span }) => at(span))[1]).toBe('B="y $V"');
  });

  test("variables", () => {
    const found = node.pairs.flatMap(({ value }) => value.variables);
    expect(
      found.map(({ name, operator, operand, span, declaration }) => [
        name,
        operator,
        operand,
        at(span),
        declaration?.kind,
      ]),
    ).toEqual([
      ["V", "", undefined, "$V", "arg"],
      ["V", ":-", "q", "${V:-q}", "arg"],
      ["U", ":+", "$V", "${U:+$V}", undefined],
      ["V", "", undefined, "$V", "arg"],
    ]);
    const declared = found[0]?.declaration?.span;
    expect(declared === undefined ? undefined : declared.start).toBe(source.indexOf("V=1"));
  });

  test("part of a word", () => {
    const word = node.pairs[2]?.value;
    expect(word === undefined ? undefined : at(wordSpan(word, 10, 13))).toBe('\\\n"w"'.slice(2));
  });

  test("an unclosed quote is a problem", () => {
    const { dockerfile } = first('FROM a\nUSER "x\n', "user");
    expect(dockerfile.problems).toMatchObject([
      { kind: "instruction", span: { start: 12, end: 14 } },
    ]);
  });
});

describe("FROM and stages", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  test.each([
    ["debian", undefined, "debian", undefined, undefined],
    ["debian:12", undefined, "debian", "12", undefined],
    ["ghcr.io/a/b:1", "ghcr.io", "a/b", "1", undefined],
    ["host:5000/a", "host:5000", "a", undefined, undefined],
    ["localhost/a/b", "localhost", "a/b", undefined, undefined],
    ["library/debian", undefined, "library/debian", undefined, undefined],
    [`a:1@${digest}`, undefined, "a", "1", digest],
    [`r.io/a@${digest}`, "r.io", "a", undefined, digest],
    ["$R/a:$T", undefined, "$R/a", "$T", undefined],
    ["${R:-r.io}/a:${T:-x}", "r.io", "a", "x", undefined],
    ["a${U:-$V/b:c}:1", undefined, "a${U:-$V/b:c}", "1", undefined],
    ["${I:-r.io/b:2}", "r.io", "b", "2", undefined],
    ["", undefined, "", undefined, undefined],
  ])("reference %j", (reference, registry, repository, tag, hash) => {
    const { node, dockerfile } = first(`FROM ${reference}\nRUN b`, "from");
    expect(dockerfile.stages[node.stageIndex ?? -1]?.base).toMatchObject({
      registry,
      repository,
      tag,
      digest: hash,
    });
  });

  test("spans of the parts", () => {
    const source = `FROM --platform=$BUILDPLATFORM r.io/a\\\n/b:1@${digest} aS Build`;
    const { at, dockerfile, node } = first(source, "from");
    const base = dockerfile.stages[0]?.base;
    expect(
      [base?.span, base?.nameSpan, base?.tagSpan, base?.digestSpan].map((span) => span && at(span)),
    ).toEqual([`r.io/a\\\n/b:1@${digest}`, "r.io/a\\\n/b", "1", digest]);
    const { alias } = node;
    expect([alias?.name, alias?.text, alias && at(alias.span), alias && at(alias.asSpan)]).toEqual([
      "build",
      "Build",
      "Build",
      "aS",
    ]);
    expect(node.platform?.variables.map(({ declaration }) => declaration?.kind)).toEqual([
      "predefined",
    ]);
  });

  test.each([
    ["ARG V=1\nFROM a:$V", "a:1", true, true],
    ["ARG V\nFROM a:$V", "a:$V", false, true],
    ["FROM a:$V", "a:$V", false, true],
    ["FROM x/a$V:1", "x/a$V:1", false, false],
    ["ARG I=b\nFROM $I", "b", true, true],
    ["FROM $I", "$I", false, false],
    ["ARG A=1\nARG B=${A}2\nFROM a:$B", "a:12", true, true],
    ["FROM a\nARG V=1\nFROM b:$V", "b:$V", false, true],
    ["FROM a:${V:-7}", "a:7", true, true],
  ])("%j", (source, reference, isResolved, isNameKnown) => {
    const { stages } = parseDockerfile(source);
    expect(stages.at(-1)?.base).toMatchObject({ reference, isResolved, isNameKnown });
  });

  test("parents, by alias without case, only earlier ones", () => {
    const { stages } = parseDockerfile(
      "FROM later AS One\nFROM ONE AS later\nFROM scratch AS one\nFROM one\n",
    );
    expect(stages.map(({ parent, base }) => [parent, base.kind])).toEqual([
      [undefined, "image"],
      [0, "stage"],
      [undefined, "scratch"],
      [2, "stage"],
    ]);
  });

  test.each([
    ["COPY --from=B x y", "stage", 1],
    ["COPY --from=0 x y", "stage", 0],
    ["COPY --from=later x y", "stage", 2],
    ["COPY --from=9 x y", "index", undefined],
    ["COPY --from=debian:12 x y", "image", undefined],
    ["COPY --from=$X x y", "unknown", undefined],
    ["RUN --mount=type=bind,from=b,target=/b c", "stage", 1],
  ])("%s", (line, kind, stageIndex) => {
    const { stages } = parseDockerfile(`FROM a\nFROM a AS b\n${line}\nFROM a AS Later\n`);
    const node = stages[1]?.instructions[0];
    const from =
      node?.kind === "copy" ? node.from : node?.kind === "run" ? node.mounts[0]?.from : undefined;
    expect(from).toMatchObject({ kind, stageIndex });
  });

  test("what stands before the first FROM", () => {
    const { preamble, stages, problems } = parseDockerfile("ARG A\nFROM a\nRUN b\n");
    expect([preamble.length, stages[0]?.instructions.length, problems.length]).toEqual([1, 1, 0]);
  });
});

describe("instructions", () => {
  test.each([
    ["RUN a b", "shell"],
    ['RUN ["a", "b"]', "exec"],
    ["RUN <<E\na\nE", "heredoc"],
    ["RUN cat <<E\na\nE", "shell"],
    ["RUN ['a']", "shell"],
  ])("form of %j", (source, form) => {
    expect(first(`FROM x\n${source}\n`, "run").node.command.form).toBe(form);
  });

  test("RUN: mounts", () => {
    const { node, at } = first(
      'FROM a\nRUN --mount=type=cache,dst=/c/$U,sharing=locked,ro --network=none \\\n --mount=type=secret,id=k,required=true,env="K" --security=insecure x\n',
      "run",
    );
    expect(node.mounts).toMatchObject([
      {
        type: "cache",
        target: { raw: "/c/$U" },
        sharing: "locked",
        isReadonly: true,
        isRequired: false,
      },
      { type: "secret", id: { value: "k" }, env: { value: "K" }, isRequired: true },
    ]);
    expect(node.mounts.map(({ options }) => options.map(({ span }) => at(span)))).toEqual([
      ["type=cache", "dst=/c/$U", "sharing=locked", "ro"],
      ["type=secret", "id=k", "required=true", 'env="K"'],
    ]);
    expect([node.network?.value, node.security?.value]).toEqual(["none", "insecure"]);
  });

  test("heredoc", () => {
    const { node, at } = first("FROM a\nRUN <<-'E' 3<<F cat\n\ta\n\tE\nb\nF\n", "run");
    expect(node.heredocs).toMatchObject([
      {
        name: "E",
        chomp: true,
        expand: false,
        fileDescriptor: 0,
        content: "\ta\n",
        body: { text: "a\n" },
        isTerminated: true,
      },
      { name: "F", chomp: false, expand: true, fileDescriptor: 3, content: "b\n" },
    ]);
    expect(node.heredocs.map(({ span, bodySpan }) => [at(span), at(bodySpan)])).toEqual([
      ["<<-'E'", "\ta\n"],
      ["3<<F", "b\n"],
    ]);
  });

  test("COPY and ADD", () => {
    const { node } = first(
      'FROM a\nADD --chown=a:b --chmod=644 --checksum=sha256:0 --link --keep-git-dir=true --exclude=*.a --exclude=b http://x/y git@h:r.git https://h/r.git#v l <<E "q" /d/\nE\n',
      "add",
    );
    expect(node.sources.map(({ word, kind }) => [word.raw, kind])).toEqual([
      ["http://x/y", "http"],
      ["git@h:r.git", "git"],
      ["https://h/r.git#v", "git"],
      ["l", "local"],
      ["<<E", "heredoc"],
      ['"q"', "local"],
    ]);
    expect(node).toMatchObject({
      destination: { value: "/d/" },
      chown: { value: "a:b" },
      chmod: { value: "644" },
      checksum: { value: "sha256:0" },
      link: true,
      keepGitDir: true,
    });
    expect(raws(node.exclude)).toEqual(["*.a", "b"]);
  });

  test("JSON words", () => {
    const { node, at } = first('FROM a\nCOPY [ "a b", "c\\u0041$X", \\\n "/d" ]\n', "copy");
    expect(node.isJson).toBe(true);
    expect(node.sources.map(({ word }) => [word.text, word.value, at(word.span)])).toEqual([
      ["a b", "a b", '"a b"'],
      ["cA$X", undefined, '"c\\u0041$X"'],
    ]);
    expect(node.destination?.value).toBe("/d");
  });

  test.each([
    ["80", [[80, 80, "tcp"]]],
    [
      "80/UDP 90-92/tcp",
      [
        [80, 80, "udp"],
        [90, 92, "tcp"],
      ],
    ],
    [
      "$P",
      [
        [22, 22, "tcp"],
        [443, 443, "tcp"],
      ],
    ],
    ["$Q/udp", [[undefined, undefined, "udp"]]],
    [
      "99999 x",
      [
        [undefined, undefined, "tcp"],
        [undefined, undefined, "tcp"],
      ],
    ],
  ])("EXPOSE %s", (ports, expected) => {
    const { node } = first(`FROM a\nARG P="22 443"\nEXPOSE ${ports}`, "expose");
    expect(node.ports.map(({ from, to, protocol }) => [from, to, protocol])).toEqual(expected);
  });

  test.each([
    ["app", "app", undefined, false],
    ["0:0", "0", "0", true],
    ["app:$G", "app", undefined, true],
    ["$U:root", undefined, "root", true],
    ["${U:-root}", "root", undefined, false],
    ["$D", "10", "20", true],
    ['"root"', "root", undefined, false],
  ])("USER %s", (word, user, group, hasGroup) => {
    const { node } = first(`FROM a\nARG U\nARG D=10:20\nUSER ${word}`, "user");
    expect([node.user, node.group, node.hasGroup]).toEqual([user, group, hasGroup]);
  });

  test("HEALTHCHECK", () => {
    const { node } = first(
      "FROM a\nHEALTHCHECK --interval=5s --start-period=1m cmd curl x",
      "healthcheck",
    );
    expect(node).toMatchObject({
      mode: "command",
      interval: { value: "5s" },
      startPeriod: { value: "1m" },
      command: { form: "shell", script: { text: "curl x" } },
    });
    expect(first("FROM a\nHEALTHCHECK none", "healthcheck").node).toMatchObject({
      mode: "none",
      command: undefined,
    });
  });

  test("the old form of ENV and LABEL", () => {
    const { node } = first("FROM a\nENV  K  v = w\n", "env");
    expect(node.pairs.map(({ key, value, separator }) => [key.raw, value.raw, separator])).toEqual([
      ["K", "v = w", ""],
    ]);
  });

  test("ARG", () => {
    const { node, at } = first("FROM a\nARG A B=1 C=\n", "arg");
    expect(
      node.arguments.map(({ name, default: word, span }) => [name, word?.value, at(span)]),
    ).toEqual([
      ["A", undefined, "A"],
      ["B", "1", "B=1"],
      ["C", "", "C="],
    ]);
  });

  test("ONBUILD", () => {
    const { dockerfile, at } = first("FROM a\nonbuild copy --from=x a /b/\n", "copy");
    const node = dockerfile.instructions[1];
    if (node?.kind !== "onbuild") throw new Error("no ONBUILD");
    expect(node.trigger).toMatchObject({ kind: "copy", isTrigger: true, index: 1, stageIndex: 0 });
    expect(node.trigger === undefined ? undefined : at(node.trigger.span)).toBe(
      "copy --from=x a /b/",
    );
  });

  test("every keyword, in any case", () => {
    const source =
      'from a\nrun x\ncmd x\nentrypoint x\nlabel a=b\nmaintainer x\nexpose 1\nenv a=b\nadd a b\ncopy a b\nvolume /a\nuser x\nworkdir /x\narg a\nonbuild run x\nstopsignal 9\nhealthcheck none\nshell ["x"]\n';
    const { instructions, problems } = parseDockerfile(source);
    expect(problems).toEqual([]);
    expect(instructions.map(({ kind, keywordText }) => [kind, keywordText])).toEqual(
      source
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[0])
        .map((word) => [word, word]),
    );
  });
});

describe("problems", () => {
  test.each([
    ["RUM x", "unknown instruction: RUM (did you mean RUN?)", "RUM"],
    ["FOOBAR x", "unknown instruction: FOOBAR", "FOOBAR"],
    ["COPY --form=a b c", "unknown flag: --form", "--form=a"],
    ["COPY --from=a --from=b c d", "duplicate flag specified: from", "--from=b"],
    ["COPY --from a b", "missing a value on flag: from", "--from"],
    [
      "COPY a",
      "COPY requires at least two arguments, but only one was provided. Destination could not be determined",
      "COPY a",
    ],
    ["ENV a=b c", `can't find = in "c". Must be of the form: name=value`, "c"],
    ["ENV =b", "ENV names can not be blank", "=b"],
    ["SHELL x", "SHELL requires the arguments to be in JSON form", "SHELL x"],
    [
      "ONBUILD ONBUILD RUN x",
      "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
      "ONBUILD ONBUILD RUN x",
    ],
    ["ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger", "ONBUILD FROM x"],
    ["HEALTHCHECK x y", 'unknown type "x" in HEALTHCHECK (try CMD)', "x"],
    ["HEALTHCHECK CMD", "missing command after HEALTHCHECK CMD", "HEALTHCHECK CMD"],
    ["USER", "USER requires exactly one argument", "USER"],
    ["CMD [1]", "when using JSON array syntax, arrays must be comprised of strings only", "[1]"],
    ["RUN <<E\nx", "unterminated heredoc", "<<E"],
    ["FROM a b", "FROM requires either one or three arguments", "FROM a b"],
    [
      "FROM a AS 1x",
      `invalid name for build stage: "1x", name can't start with a number or contain symbols`,
      "1x",
    ],
    ["WORKDIR ${x", `failed to process "\${x": syntax error: missing '}'`, "${x"],
    ["RUN --mount=type=disk x", 'unsupported mount type "disk"', "disk"],
  ])("%s", (line, message, place) => {
    const source = `FROM a\n${line}\n`;
    const { problems } = parseDockerfile(source);
    expect(
      problems.map(({ message: text, span }) => [text, source.slice(span.start, span.end)]),
    ).toEqual([[message, place]]);
  });

  test.each([
    ["# escape=x\nFROM a", "invalid escape token 'x' does not match ` or \\"],
    ["# escape=`\n# escape=`\nFROM a", "only one escape parser directive can be used"],
    ["RUN x", "no build stage in current context"],
    ["", "file with no instructions"],
  ])("%j", (source, message) => {
    expect(parseDockerfile(source).problems.map((problem) => problem.message)).toContain(message);
  });

  test("reading goes on behind a problem", () => {
    const { instructions } = parseDockerfile("FROM a\nENV x\nUSER y\n");
    expect(instructions.map(({ kind }: Instruction) => kind)).toEqual(["from", "env", "user"]);
  });
});
