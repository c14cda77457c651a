import { describe, expect, test } from "vitest";
import { parseCompose } from "../../../src/audit/compose/parse.ts";
import { suppressInCompose } from "../../../src/audit/compose/suppress.ts";
import { runRules } from "../../../src/audit/engine.ts";
import type { Rule } from "../../../src/audit/rule.ts";
import { indexRules } from "../../../src/audit/rule-index.ts";
import privileged from "../../../src/rules/compose/privileged-service.ts";
import withoutLimit from "../../../src/rules/compose/service-without-memory-limit.ts";
import { dedent } from "../../support/rule-tester.ts";

const rules = [privileged, withoutLimit] as unknown as Rule[];
const index = indexRules(rules);

/** Findings that stay open, as `line rule`, and what is wrong with the comments. */
function left(source: string): { open: string[]; problems: string[] } {
  const text = dedent(source);
  const model = parseCompose(text);
  const { findings } = runRules("compose", model, rules);
  const kept = suppressInCompose(model, findings, index, "2026-06-01");
  const line = (offset: number): number => text.slice(0, offset).split("\n").length;
  return {
    open: kept.findings
      .filter(({ suppression }) => suppression === undefined)
      .map(({ span, ruleId }) => `${line(span.start)} ${ruleId}`),
    problems: kept.problems.map(({ message }) => message),
  };
}

describe("a comment", () => {
  test.each([
    [
      "on the line of the setting",
      `
      services:
        a:
          image: x
          privileged: true # tguard ignore=privileged-service needs the disk
          mem_limit: 1g
      `,
      [],
    ],
    [
      "above the setting, with a blank line and another comment between",
      `
      services:
        a:
          image: x
          # tguard ignore=CO1001

          # why
          privileged: true
      `,
      ["2 CO1023"],
    ],
    [
      "above a service, for all of it and no other",
      `
      services:
        # tguard ignore=CO1001,service-without-memory-limit
        a:
          image: x
          privileged: true
        b:
          image: x
          privileged: true
      `,
      ["6 CO1023", "8 CO1001"],
    ],
    [
      "behind the name of a service",
      `
      services:
        a: # tguard ignore=CO1001,CO1023
          image: x
          privileged: true
        b: {image: x, mem_limit: 1, privileged: true}
      `,
      ["5 CO1001"],
    ],
    [
      "for the stage that it stands in",
      `
      services:
        a:
          image: x
          # tguard stage ignore=CO1001,CO1023
          init: true
          privileged: true
        b: {image: x, privileged: true}
      `,
      ["7 CO1001", "7 CO1023"].sort(),
    ],
    [
      "for the file",
      `
      services:
        a: {image: x, privileged: true, mem_limit: 1}
        b: {image: x, privileged: true, mem_limit: 1}
      # tguard global ignore=CO1001
      `,
      [],
    ],
    [
      "of KICS for the block below, by aliases",
      `
      services:
        # kics-scan ignore-block
        a: {image: x, privileged: true}
        b: {image: x, privileged: true, mem_limit: 1}
      `,
      ["4 CO1001"],
    ],
    [
      "of KICS by id for the file, of Semgrep for the line",
      `
      # kics-scan disable=bb9ac4f7-e13b-423d-a010-c74a1bfbe492
      services:
        a:
          image: x
          privileged: true # nosemgrep: yaml.docker-compose.security.privileged-service.privileged-service
      `,
      [],
    ],
    [
      "in a quoted text takes nothing back",
      `
      services:
        a:
          mem_limit: 1
          labels: {x: "# tguard ignore=CO1001"}
          privileged: true
      `,
      ["5 CO1001"],
    ],
  ])("%s", (_, source, open) => {
    const found = left(source);
    expect([...found.open].sort()).toEqual(open);
    expect(found.problems).toEqual([]);
  });

  test("that is not understood, means no rule or stands above nothing is told", () => {
    const { problems } = left(`
      # tguard ignore
      # tguard ignore=CO9999
      services: {a: {init: true}}
      # tguard ignore=CO1001
      `);
    expect(problems).toEqual([
      "the comment begins with tguard but is not understood",
      'the comment ignores "CO9999", which is no rule',
      "the comment stands above no setting and ignores nothing",
    ]);
  });

  test("among very many is read in time that grows with the file", () => {
    const lines = Array.from({ length: 20_000 }, () => "# tguard ignore=CO1001");
    const { open } = left(`services: {a: {privileged: true}}\n${lines.join("\n")}\n`);
    expect(open).toEqual(["1 CO1001", "1 CO1023"].slice(0, 1));
  });
});
