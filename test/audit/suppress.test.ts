import { describe, expect, test } from "vitest";
import { parseDockerfile } from "../../src/audit/dockerfile/parse.ts";
import { runRules } from "../../src/audit/engine.ts";
import { indexRules } from "../../src/audit/rule-index.ts";
import { suppress } from "../../src/audit/suppress.ts";
import { dedent } from "../support/rule-tester.ts";
import { textRule } from "../support/rules.ts";

const rules = [
  textRule({ id: "DF9001", name: "has-foo", aliases: ["hadolint:DL9001"] }, "foo"),
  textRule({ id: "DF9002", name: "has-bar", aliases: ["hadolint:DL9002", "trivy:DS-9"] }, "bar"),
  textRule(
    {
      id: "DF9003",
      name: "has-baz",
      aliases: ["trivy:DS002", "checkov:CKV_9", "kics:ab-1", "semgrep:no-baz", "buildkit:NoBaz"],
    },
    "baz",
  ),
];
const index = indexRules(rules);

/** Open and suppressed findings, as `line:rule`, a suppressed one with its reason. */
function audit(source: string): { open: string[]; suppressed: string[]; problems: string[] } {
  const text = dedent(source);
  const model = parseDockerfile(text);
  // What a comment says is not looked at: only real places count.
  const found = runRules("dockerfile", model, rules).findings.filter(
    ({ span }) => !model.comments.some((c) => span.start >= c.span.start && span.end <= c.span.end),
  );
  const { findings, problems } = suppress(model, found, index, "2026-01-01");
  const lineOf = (offset: number): number => text.slice(0, offset).split("\n").length;
  const label = (f: (typeof findings)[number]): string =>
    `${lineOf(f.span.start)}:${f.ruleId}${f.suppression?.reason ? ` ${f.suppression.reason}` : ""}`;
  return {
    open: findings.filter((f) => !f.suppression).map(label),
    suppressed: findings.filter((f) => f.suppression).map(label),
    problems: problems.map((p) => `${lineOf(p.span.start)}:${p.message}`),
  };
}

const cases: readonly [title: string, source: string, suppressed: string[], open: string[]][] = [
  ["by id", "# tguard ignore=DF9001\nFROM foo\nRUN foo", ["2:DF9001"], ["3:DF9001"]],
  ["by name", "# tguard ignore=has-foo\nFROM foo", ["2:DF9001"], []],
  ["by another tool's id", "# tguard ignore=hadolint:DL9001\nFROM foo", ["2:DF9001"], []],
  ["by a bare id of another tool", "# tguard ignore=DL9001\nFROM foo", ["2:DF9001"], []],
  ["letter case does not matter", "#TGuard Ignore=df9001\nFROM foo", ["2:DF9001"], []],
  ["with a colon", "# tguard: ignore=DF9001\nFROM foo", ["2:DF9001"], []],
  [
    "several rules, one reason",
    "# tguard ignore=DF9001, DF9002 -- vendor image\nFROM foo/bar",
    ["2:DF9001 vendor image", "2:DF9002 vendor image"],
    [],
  ],
  [
    "several comments stacked",
    "# tguard ignore=DF9001 one\n# words between\n# tguard ignore=DF9002 two\nFROM foo/bar",
    ["4:DF9001 one", "4:DF9002 two"],
    [],
  ],
  [
    "the instruction with all its lines",
    "FROM x\n# tguard ignore=DF9001\nRUN a && \\\n  foo && \\\n  foo\nRUN foo",
    ["4:DF9001", "5:DF9001"],
    ["6:DF9001"],
  ],
  [
    "a stage, from above its FROM and from within",
    "FROM foo\n# tguard stage ignore=DF9001 old\nFROM foo\nRUN foo\n# hadolint stage ignore=DL9002\nRUN bar\nFROM foo",
    ["3:DF9001 old", "4:DF9001 old", "6:DF9002"],
    ["1:DF9001", "7:DF9001"],
  ],
  [
    "BuildKit's directive, for the file",
    "# check=skip=NoBaz,Other;error=true\nFROM baz\nRUN baz",
    ["2:DF9003", "3:DF9003"],
    [],
  ],
  ["BuildKit's all", "# check=skip=all\nFROM baz\nRUN foo", ["2:DF9003"], ["3:DF9001"]],
  ["BuildKit's without skip", "# check=error=true\nFROM baz", [], ["2:DF9003"]],
  [
    "BuildKit's above an instruction",
    "FROM x\n# check=skip=NoBaz\nRUN baz\nRUN baz",
    ["3:DF9003"],
    ["4:DF9003"],
  ],
  [
    "Checkov's, for the file, with its reason",
    "FROM baz\n#checkov:skip=CKV_9:the vendor: says so\nRUN baz",
    ["1:DF9003 the vendor: says so", "3:DF9003 the vendor: says so"],
    [],
  ],
  [
    "Trivy's in its three spellings, and above FROM for the stage",
    "FROM x\n#trivy:ignore:DS002\nRUN baz\n# trivy:ignore:AVD-DS-0002\nRUN baz\nRUN baz\n# trivy:ignore:DS-0002\nFROM x\nRUN baz",
    ["3:DF9003", "5:DF9003", "9:DF9003"],
    ["6:DF9003"],
  ],
  [
    "Trivy's until a day",
    "FROM x\n# trivy:ignore:DS002:exp:2026-01-02\nRUN baz\n# trivy:ignore:DS002:exp:2025-12-31\nRUN baz",
    ["3:DF9003"],
    ["5:DF9003"],
  ],
  [
    "KICS' line, block and list",
    "# kics-scan ignore-block\nFROM baz\nRUN baz\nFROM y\n# kics-scan ignore-line\nRUN baz\nRUN baz",
    ["2:DF9003", "3:DF9003", "6:DF9003"],
    ["7:DF9003"],
  ],
  [
    "KICS' for the file",
    "# kics-scan disable=ab-1,cd-2\nFROM baz\nRUN foo",
    ["2:DF9003"],
    ["3:DF9001"],
  ],
  [
    "Semgrep's with and without ids",
    "FROM x\n# nosemgrep: dockerfile.best.no-baz.no-baz\nRUN baz\n# nosemgrep\nRUN baz foo\n# nosemgrep: other\nRUN baz",
    ["3:DF9003", "5:DF9003"],
    ["5:DF9001", "7:DF9003"],
  ],
  [
    "Sonar's is for every tool",
    "FROM x\n# NOSONAR known\nRUN baz foo",
    ["3:DF9003 known", "3:DF9001 known"],
    [],
  ],
  [
    "tally's, with the tools it runs",
    "FROM x\n# tally ignore=hadolint/DL9001,buildkit/NoBaz;reason=old\nRUN baz foo",
    ["3:DF9003 old", "3:DF9001 old"],
    [],
  ],
  [
    "one line inside a RUN",
    "FROM x\nRUN foo && \\\n  # tguard ignore=DF9001 wanted here\n  foo && \\\n  foo",
    ["4:DF9001 wanted here"],
    ["2:DF9001", "5:DF9001"],
  ],
  [
    "one line of a shell heredoc",
    "FROM x\nRUN <<EOF\nfoo\n# tguard ignore=DF9001\nfoo\nfoo\nEOF",
    ["5:DF9001"],
    ["3:DF9001", "6:DF9001"],
  ],
  [
    "a heredoc of COPY is content, not comment",
    "FROM x\nCOPY <<EOF /a\n# tguard ignore=DF9001\nfoo\nEOF",
    [],
    ["4:DF9001"],
  ],
  [
    "the whole file",
    "FROM foo\n# tguard global ignore=DF9001\nRUN foo",
    ["1:DF9001", "3:DF9001"],
    [],
  ],
  ["hadolint", "# hadolint ignore=DL9001,SC2086\nFROM foo/bar", ["2:DF9001"], ["2:DF9002"]],
  [
    "hadolint global",
    "# hadolint global ignore=DL9002\nFROM bar\nRUN bar",
    ["2:DF9002", "3:DF9002"],
    [],
  ],
  [
    "hadolint knows neither our ids nor those of others",
    "# hadolint ignore=DF9001,DS-9\nFROM foo/bar",
    [],
    ["2:DF9001", "2:DF9002"],
  ],
  [
    "CRLF",
    "# tguard ignore=DF9001 because\r\nFROM foo\r\nRUN foo\r\n",
    ["2:DF9001 because"],
    ["3:DF9001"],
  ],
  [
    "an instruction in between ends it",
    "# tguard ignore=DF9001\nARG A\nFROM foo",
    [],
    ["3:DF9001"],
  ],
  ["words that only look alike", "# we ignore=DF9001 here\nFROM foo", [], ["2:DF9001"]],
];

describe("comments", () => {
  test.each(cases)("%s", (_, source, suppressed, open) => {
    expect(audit(source)).toEqual({ suppressed, open, problems: [] });
  });

  test.each([
    ["# tguard ignore=DF9004\nFROM x", '1:the comment ignores "DF9004", which is no rule'],
    ["# tguard ignore DF9001\nFROM x", "1:the comment begins with tguard but is not understood"],
    ["# tguard ingore=DF9001\nFROM x", "1:the comment begins with tguard but is not understood"],
    ["# tguard ignore=\nFROM x", "1:the comment begins with tguard but is not understood"],
    [
      "FROM x\n\n# tguard ignore=DF9001\n",
      "3:the comment stands above no instruction and ignores nothing",
    ],
  ])("%s is told to be without effect", (source, problem) => {
    expect(audit(source).problems).toEqual([problem]);
  });

  test("an unknown rule of hadolint is no problem, and prose about tguard neither", () => {
    expect(audit("# hadolint ignore=DL1\n# tguard is a fine tool\nFROM x").problems).toEqual([]);
  });
});
