import {
  isDigestCommand,
  isVerifier,
  scriptDownloads,
} from "../../audit/dockerfile/helpers-fetched.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, flagValue, hasFlag, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1405",
    name: "weak-checksum",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A download is checked with MD5 or SHA-1 only",
    why: "Two files with the same MD5 are made in seconds, with the same SHA-1 for the price of some rented machines. Whoever publishes a harmless file can keep a harmful one with the same sum for later.",
    howToFix:
      'Use SHA-256 or better: `echo "<sha256>  file" | sha256sum -c -`, or verify a signature.',
    bad: 'FROM debian:12\nRUN curl -fsSLO https://example.com/app.tgz && echo "d41d8cd98f00b204e9800998ecf8427e  app.tgz" | md5sum -c -\n',
    good: 'FROM debian:12\nRUN curl -fsSLO https://example.com/app.tgz && echo "24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d  app.tgz" | sha256sum -c -\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-328", "CWE-327"],
    references: [
      "https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-131ar2.pdf",
      "https://shattered.io/",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const { commands } = scriptOf(dockerfile, run);
      const weak = commands.filter(
        (command) => weakDigest(command) !== undefined && isCheck(command, commands),
      );
      if (weak.length === 0 || !isFetched(dockerfile, run)) continue;
      // A better check of the same step counts for its downloads.
      if (
        commands.some(
          (other) =>
            isVerifier(other) &&
            weakDigest(other) === undefined &&
            !other.args.some(({ text }) => /md5|sha1/i.test(text)),
        )
      )
        continue;
      for (const command of weak) {
        const [word = command] = command.words;
        report(word.span, `${weakDigest(command)} is the only check of a download`);
      }
    }
  },
});

/** The broken digest that a command computes. */
function weakDigest(command: SimpleCommand): string | undefined {
  if (!isDigestCommand(command)) return undefined;
  const { tool, subcommand } = argumentsOf(command);
  if (tool === "shasum") {
    const bits = flagValue(command, "-a", "--algorithm") ?? algorithmWord(command);
    return bits === undefined || bits === "1" ? "SHA-1" : undefined;
  }
  if (/^md5/.test(tool) || subcommand?.text === "md5" || hasFlag(command, "-md5")) return "MD5";
  return /^sha1/.test(tool) || subcommand?.text === "sha1" || hasFlag(command, "-sha1")
    ? "SHA-1"
    : undefined;
}

/** `-a 256`, `-a256`. */
function algorithmWord({ args }: SimpleCommand): string | undefined {
  const at = args.findIndex(({ text }) => /^-a\d*$/.test(text));
  const glued = args[at]?.text.slice(2);
  return at === -1 ? undefined : glued === "" ? args[at + 1]?.text : glued;
}

/** Compared with something: `-c`, or its output in a test. Names of cache entries are made of digests too. */
function isCheck(command: SimpleCommand, commands: readonly SimpleCommand[]): boolean {
  if (hasFlag(command, "-c", "--check")) return true;
  const outer = command.nestedIn === undefined ? undefined : commands[command.nestedIn];
  return outer !== undefined && ["[", "[[", "test"].includes(outer.name ?? "");
}

/** This step, or one before it in the stage, fetches something. */
function isFetched(dockerfile: Dockerfile, { stageIndex, index }: RunInstruction): boolean {
  return (
    instructionsOf(dockerfile, "run").some(
      (other) =>
        other.stageIndex === stageIndex &&
        other.index <= index &&
        scriptDownloads(scriptOf(dockerfile, other)).length > 0,
    ) ||
    instructionsOf(dockerfile, "add").some(
      (other) =>
        other.stageIndex === stageIndex &&
        other.index < index &&
        other.sources.some(({ kind }) => kind === "http"),
    )
  );
}

export default rule;
