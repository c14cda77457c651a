import { environmentValue } from "../../audit/dockerfile/helpers-environment.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, commandsOf, hasFlag, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1415",
    name: "pip-without-hashes",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "`pip` installs packages without comparing their hashes",
    why: "A version number says which file is wanted, not what is in it: an index, a mirror or a proxy can give another file under the same version, and a build for another platform was never looked at.",
    howToFix:
      "Write hashes into the requirements (`pip-compile --generate-hashes`, `uv pip compile --generate-hashes`) and install with `pip install --require-hashes -r requirements.txt`; or install from a lock file: `uv sync --frozen`.",
    bad: "FROM python:3.13\nRUN pip install --no-cache-dir flask==3.1.0\n",
    good: "FROM python:3.13\nCOPY requirements.txt .\nRUN pip install --no-cache-dir --require-hashes -r requirements.txt\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-494", "CWE-353"],
    references: ["https://pip.pypa.io/en/stable/topics/secure-installs/"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of commandsOf(script, ["pip"])) {
        if (argumentsOf(command).subcommand?.value !== "install") continue;
        if (hasFlag(command, "--require-hashes", "--hash", "--verify-hashes")) continue;
        if (
          environmentValue(dockerfile, run, script, command, "PIP_REQUIRE_HASHES").state !== "unset"
        )
          continue;
        for (const { name, value, valueWord } of argumentsOf(command).flags) {
          const isFile = ["-r", "--requirement", "--requirements"].includes(name);
          if (!isFile || value === undefined || valueWord === undefined) continue;
          // Only files that the Dockerfile itself writes can be read here.
          const text = writtenText(dockerfile, value);
          if (text !== undefined && lacksHashes(text))
            report(valueWord.span, `"${value}" has packages without hashes`);
        }
        const [first] = pinned(command);
        if (first !== undefined)
          report(first.span, `hash of "${first.word.value}" is not compared`, {
            severity: "medium",
          });
      }
    }
  },
});

/** Named packages with a version; those without are another rule's. */
function pinned(command: SimpleCommand): ReturnType<typeof packages> {
  return packages(command).filter(
    ({ kind, operator, isKnown, name }) =>
      kind === "package" &&
      isKnown &&
      (operator === "==" || operator === "===") &&
      !["pip", "setuptools", "wheel"].includes(name),
  );
}

/** Text of a file that a heredoc of the Dockerfile writes under this name. */
function writtenText(dockerfile: Dockerfile, path: string): string | undefined {
  const name = path.split("/").at(-1);
  for (const { destination, sources } of instructionsOf(dockerfile, "copy", "add")) {
    const heredoc = sources[0]?.heredoc;
    if (heredoc === undefined || destination?.value === undefined) continue;
    const target = destination.value.endsWith("/")
      ? heredoc.name
      : destination.value.split("/").at(-1);
    if (target === name) return heredoc.body.text;
  }
  return undefined;
}

function lacksHashes(text: string): boolean {
  const lines = text.replace(/\\\r?\n/g, " ").split("\n");
  return lines.some(
    (line) => /^\s*[A-Za-z][\w.-]*(?:\[[\w,\s-]*\])?\s*==/.test(line) && !line.includes("--hash="),
  );
}

export default rule;
