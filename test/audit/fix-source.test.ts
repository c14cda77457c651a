import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDockerfile } from "../../src/audit/dockerfile/parse.ts";
import { runRules } from "../../src/audit/engine.ts";
import type { Finding } from "../../src/audit/finding.ts";
import { type FixedText, type FixMode, fixText } from "../../src/audit/fix-source.ts";
import type { Rule } from "../../src/audit/rule.ts";
import { rules } from "../../src/rules/index.generated.ts";
import { makeRule } from "../support/rules.ts";

/** A rule that replaces each occurrence of a text. */
const replacing = (id: string, from: string, to: string, safe = true): Rule<"dockerfile"> =>
  makeRule({ id, name: id.toLowerCase() }, ({ text }, report) => {
    for (let at = text.indexOf(from); at !== -1; at = text.indexOf(from, at + 1)) {
      const span = { start: at, end: at + from.length };
      report(span, "here", {
        fix: { title: `${from} to ${to}`, safe, edits: [{ span, text: to }] },
      });
    }
  });

const isBroken = (text: string): boolean => parseDockerfile(text).problems.length > 0;

function fix(
  text: string,
  some: readonly Rule<"dockerfile">[],
  mode: FixMode = "safe",
): Promise<FixedText> {
  const audit = (now: string): Promise<readonly Finding[]> =>
    Promise.resolve(runRules("dockerfile", parseDockerfile(now), some as readonly Rule[]).findings);
  return fixText(text, mode, audit, (now) => !isBroken(text) && isBroken(now));
}

test("a fix may uncover another", async () => {
  const { text, titles } = await fix("FROM aa\n", [
    replacing("DF9001", "aa", "b"),
    replacing("DF9002", "b", "c"),
  ]);
  expect(text).toBe("FROM c\n");
  expect(titles).toEqual(["aa to b", "b to c"]);
});

test("what is not safe waits to be asked for", async () => {
  const some = [replacing("DF9001", "a", "b", false)];
  expect(await fix("FROM a\n", some)).toEqual({ text: "FROM a\n", titles: [] });
  expect((await fix("FROM a\n", some, "unsafe")).text).toBe("FROM b\n");
});

test("rules that undo each other come to an end", async () => {
  const { text } = await fix("FROM a\n", [
    replacing("DF9001", "a", "b"),
    replacing("DF9002", "b", "a"),
  ]);
  expect(["FROM a\n", "FROM b\n"]).toContain(text);
});

test("a fix that breaks the file is left out, the others are made", async () => {
  const { text, titles } = await fix("FROM a\nRUN c\n", [
    replacing("DF9001", "FROM", "FORM"),
    replacing("DF9002", "c", "d"),
  ]);
  expect(text).toBe("FROM a\nRUN d\n");
  expect(titles).toEqual(["c to d"]);
});

test("a file that was broken before may still be mended", async () => {
  expect((await fix("FORM a\n", [replacing("DF9001", "FORM", "FROM")])).text).toBe("FROM a\n");
});

test("line ends stay what they are", async () => {
  const some = [replacing("DF9001", "x", "y\nRUN z")];
  expect((await fix("FROM a\r\nRUN x\r\n", some)).text).toBe("FROM a\r\nRUN y\r\nRUN z\r\n");
  expect((await fix("FROM a\nRUN x\n", some)).text).toBe("FROM a\nRUN y\nRUN z\n");
});

const dockerfileRules = rules.filter(({ meta }) => meta.target === "dockerfile");

test("whatever is fixed parses, and fixing it again changes nothing", async () => {
  const line = fc.constantFrom(
    "FROM debian:12",
    "FROM alpine AS b",
    "ADD a b",
    "RUN apt-get update && apt-get install curl",
    "RUN apt install -y git",
    "RUN apk add curl | sh",
    "RUN pip install x",
    "RUN cd /x && make",
    "WORKDIR app",
    "MAINTAINER me",
    "CMD node x",
    "ENTRYPOINT sh -c 'x'",
    "EXPOSE 80:80",
    "USER root",
    "ENV A b",
    "LABEL a b",
    "# note",
    "",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom("\n", "\r\n"),
      async (lines, end) => {
        const source = `FROM scratch${end}${lines.join(end)}${end}`;
        const once = (await fix(source, dockerfileRules as readonly Rule<"dockerfile">[], "unsafe"))
          .text;
        if (!isBroken(source)) expect(parseDockerfile(once).problems).toEqual([]);
        expect(
          (await fix(once, dockerfileRules as readonly Rule<"dockerfile">[], "unsafe")).text,
        ).toBe(once);
      },
    ),
    { numRuns: 60 },
  );
});
