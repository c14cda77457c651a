import { expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import rule from "../../../src/rules/dockerfile/syntax-error.ts";
import { findingsOf, testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    "FROM alpine:3.22",
    "from alpine:3.22\nrun true",
    "FROM scratch\nCOPY <<EOF /a\nRUM x\nEOF",
  ],
  found: [],
});

test.each([
  ["an unknown instruction", "FROM a\nRUM x\n", "RUM"],
  ["no FROM", "RUN x\n", "RUN"],
])("%s is reported where it stands", (_, source, word) => {
  const findings = findingsOf(rule, parseDockerfile(source));
  expect(findings).toHaveLength(1);
  expect(findings[0]?.span.start).toBe(source.indexOf(word));
});
