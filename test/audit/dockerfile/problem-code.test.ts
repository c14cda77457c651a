import { expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import { problemCode } from "../../../src/audit/dockerfile/problem-code.ts";

test.each([
  ["RUM x", "unknown-instruction"],
  ["ENV A=${X,,}", "modifier"],
  ["COPY --x a /b", "flag"],
  ["COPY --link --link a /b", "flag"],
  ["COPY --chown a /b", "flag"],
  ["COPY --link=x a /b", "flag"],
  ["ONBUILD --x RUN a", "flag"],
  ["ONBUILD FROM a", "trigger"],
  ["ONBUILD ONBUILD RUN a", "trigger"],
  ["ENV a=b c", "key-value"],
  ["ENV =b", "key-value"],
  ['ENV a="b', "key-value"],
  ["ARG =b", "key-value"],
  ["SHELL a", "argument-format"],
  ["SHELL []", "argument-format"],
  ["CMD [1]", "argument-format"],
  ['VOLUME [""]', "argument-format"],
  ["COPY a", "argument-count"],
  ["USER", "argument-count"],
  ["EXPOSE", "argument-count"],
  ["ENV a", "argument-count"],
  ["HEALTHCHECK NONE x", "argument-count"],
  ["FROM a b", "argument-count"],
  ["RUN <<EOF", undefined],
] as const)("%j is %s", (line, code) => {
  const { problems } = parseDockerfile(`FROM a:1\n${line}\n`);
  expect(problems.map(problemCode)).toContain(code);
});
