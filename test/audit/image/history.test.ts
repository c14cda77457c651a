import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHistoryStep, secretsInHistory } from "../../../src/audit/image/history.ts";

describe("created_by is taken apart", () => {
  test.each([
    // Docker's classic builder
    ["/bin/sh -c #(nop) ADD file:0a1b in / ", "ADD", "file:0a1b in / ", []],
    ['/bin/sh -c #(nop)  CMD ["sh"]', "CMD", '["sh"]', []],
    ["/bin/sh -c apt-get update", "RUN", "/bin/sh -c apt-get update", []],
    ["|1 A=b /bin/sh -c make", "RUN", "/bin/sh -c make", ["A=b"]],
    ["|2 A=b c D= /bin/bash -ec make", "RUN", "/bin/bash -ec make", ["A=b c", "D="]],
    // BuildKit
    ["RUN /bin/sh -c make # buildkit", "RUN", "/bin/sh -c make", []],
    ["RUN |2 A=b C=d /bin/sh -c make X=y # buildkit", "RUN", "/bin/sh -c make X=y", ["A=b", "C=d"]],
    ["RUN |1 A=b make all # buildkit", "RUN", "make all", ["A=b"]],
    ["COPY dir:0a1b in /app # buildkit", "COPY", "dir:0a1b in /app", []],
    ["ENV A=b c", "ENV", "A=b c", []],
    ["ARG TOKEN", "ARG", "TOKEN", []],
    ["USER 65532", "USER", "65532", []],
    // Buildah
    ["/bin/sh -c #(nop) LABEL a=b", "LABEL", "a=b", []],
    // others
    ["bazel build ...", undefined, "bazel build ...", []],
    ["crane mutate", undefined, "crane mutate", []],
    ["", undefined, "", []],
    ["RUNNER x", undefined, "RUNNER x", []],
    ["|9999 ", "RUN", "", []],
  ])("%s", (createdBy, instruction, rest, buildArguments) => {
    const step = parseHistoryStep(createdBy);
    expect(step.instruction).toBe(instruction);
    expect(step.arguments).toBe(rest);
    expect(step.buildArguments.map(({ name, value }) => `${name}=${value}`)).toEqual(
      buildArguments,
    );
  });

  test("all offsets lie where they say", () => {
    const part = fc.constantFrom(
      "|1 ",
      "|2 ",
      "A=b ",
      "RUN ",
      "/bin/sh -c ",
      "#(nop) ",
      "ENV ",
      "# buildkit",
      " ",
      "x",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        const step = parseHistoryStep(text);
        expect(text.slice(step.argumentsStart, step.argumentsStart + step.arguments.length)).toBe(
          step.arguments,
        );
        for (const { name, value, start } of step.buildArguments)
          expect(text.slice(start, start + name.length + 1 + value.length)).toBe(
            `${name}=${value}`,
          );
      }),
    );
  });
});

test("hostile text costs no more than linear time", () => {
  // A pattern that backtracks needs minutes for these.
  for (const part of [" ", "# buildkit ", "|1 ", "A=", " /sh", "'", '"', "\\", "sh -c ", "/"]) {
    const createdBy = `RUN |9999 ${part.repeat(100_000)}x`;
    const step = parseHistoryStep(createdBy);
    expect(step.instruction).toBe("RUN");
    expect(secretsInHistory({ createdBy, step })).toEqual([]);
  }
});

describe("secrets", () => {
  const found = (createdBy: string): string[] =>
    secretsInHistory({ createdBy, step: parseHistoryStep(createdBy) }).map(
      ({ via, at, start, end }) =>
        `${via}: ${createdBy.slice(at.start, at.end)} -> ${createdBy.slice(start, end)}`,
    );
  test.each([
    ["RUN |1 TOKEN=s3cret /bin/sh -c x # buildkit", ["build argument: TOKEN -> s3cret"]],
    ["ARG TOKEN=s3cret", ["build argument: TOKEN -> s3cret"]],
    ["ARG TOKEN", []],
    ["ARG TOKEN=", []],
    ["/bin/sh -c #(nop)  ENV A=b DB_PASSWORD=my secret C=d", ["ENV: DB_PASSWORD -> my secret"]],
    ["RUN /bin/sh -c export API_KEY='k1' && x # buildkit", ["command: API_KEY -> 'k1'"]],
    ["RUN /bin/sh -c login --password=hunter2", ["command: password -> hunter2"]],
    ["RUN /bin/sh -c login --password=$PW", []],
    ["RUN /bin/sh -c echo 'TOKEN=x y'", []],
    [
      "RUN /bin/sh -c git clone https://bob:hunter2@git.example/x",
      ["credential: hunter2 -> hunter2"],
    ],
    ["LABEL a=https://bob:hunter2@git.example/x", ["credential: hunter2 -> hunter2"]],
    // One secret, found both by name and by shape.
    [`ARG TOKEN=gh${"p"}_${"a".repeat(36)}`, [`build argument: TOKEN -> ghp_${"a".repeat(36)}`]],
    ["RUN |1 GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D /bin/sh -c x", []],
    ['CMD ["app", "--token=s3cret"]', []],
  ])("%s", (createdBy, expected) => {
    expect(found(createdBy)).toEqual(expected);
  });
});
