import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { findCredentials, isSecretName, mayBeSecretValue } from "../../audit/image/secrets.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord } from "../../audit/shell/model.ts";
import type { CommandInstruction } from "../../audit/shell/query.ts";
import { argumentsOf, scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1021",
    name: "literal-credential",
    target: "dockerfile",
    severity: "critical",
    confidence: "high",
    summary: "A credential stands in the file",
    why: "Everybody who can read the repository or its history, or pull the image, has the credential. Robots look for this kind of text and use what they find within minutes.",
    howToFix:
      "Revoke the credential first: taking it out of the file does not take it out of the history. Hand secrets to a build by `RUN --mount=type=secret`, to a program when its container starts.",
    bad: "FROM debian:12\nRUN git clone https://bot:hunter2x9@git.example/app.git /app\n",
    good: "FROM debian:12\nRUN --mount=type=secret,id=netrc,target=/root/.netrc git clone https://git.example/app.git /app\n",
    since: "0.1.0",
    aliases: [
      "tally:secrets-in-code",
      "dockerfile-sec:cred-001",
      "dockerfile-sec:cred-002",
      "dockerfile-sec:cred-003",
      "dockerfile-sec:cred-004",
      "dockerfile-sec:cred-005",
      "dockerfile-sec:cred-006",
      "anchore:secret_scans.content_regex_checks",
      "dockerfile-sec:core-002",
    ],
    cwe: ["CWE-798", "CWE-540"],
    benchmarks: ["CIS-Docker-4.10", "NIST-800-190-4.1.4"],
    references: [
      "https://cwe.mitre.org/data/definitions/798.html",
      "https://docs.docker.com/build/building/secrets/",
    ],
  },

  check(dockerfile, report) {
    const { text, comments } = dockerfile;
    // Every code unit of what was reported: credentials are short, and a list would be searched for each of many.
    const reported = new Set<number>();
    const add = (span: Span, message: string): void => {
      const units = Array.from({ length: span.end - span.start }, (_, i) => span.start + i);
      if (units.some((unit) => reported.has(unit))) return;
      for (const unit of units) reported.add(unit);
      // The message never quotes it: reports are kept, mailed and published.
      report(span, message, { masked: [span] });
    };
    // Both lists are in the order of the text.
    let passed = 0;
    for (const { kind, start, end } of findCredentials(text)) {
      while (comments[passed] !== undefined && (comments[passed]?.span.end ?? 0) <= start) passed++;
      const isComment = (comments[passed]?.span.start ?? text.length) <= start;
      if (isComment || isFiller(text.slice(start, end))) continue;
      add({ start, end }, `literal credential: ${kind}`);
    }
    for (const { name, span } of namedSecrets(dockerfile))
      add(span, `literal credential: value of "${name}"`);
  },
});

interface NamedSecret {
  readonly name: string;
  readonly span: Span;
}

/** Random-looking values that stand beside a word for a secret; ENV and ARG are secret-in-env-or-arg's. */
function namedSecrets(dockerfile: Dockerfile): NamedSecret[] {
  const found: NamedSecret[] = [];
  for (const node of instructionsOf(dockerfile, "run", "cmd", "entrypoint", "healthcheck"))
    found.push(...inScript(dockerfile, node));
  for (const { pairs } of instructionsOf(dockerfile, "label"))
    for (const { key, value } of pairs) {
      const name = key.value ?? key.text;
      if (isSecretName(name.replaceAll(/[.-]/g, "_")) && looksRandom(value.value ?? ""))
        found.push({ name, span: value.span });
    }
  for (const { heredocs } of instructionsOf(dockerfile, "copy", "add"))
    for (const { content, bodySpan } of heredocs) found.push(...inLines(content, bodySpan.start));
  return found;
}

/** `TOKEN=value cmd`, `--password=value`, `--password value`, `-H "Authorization: Bearer value"`. */
function inScript(dockerfile: Dockerfile, node: CommandInstruction): NamedSecret[] {
  const { commands, assignments } = scriptOf(dockerfile, node);
  const found: NamedSecret[] = [];
  const take = (name: string, value: string | undefined, word: ShellWord | undefined): void => {
    // A value from a variable stands elsewhere, and what stands here is only its name.
    if (value === undefined || word === undefined || word.variables.length > 0) return;
    if (isSecretName(name) && looksRandom(value))
      found.push({ name, span: spanOfValue(word, value) });
  };
  for (const { name, value } of assignments) take(name, value?.value, value);
  for (const command of commands) {
    for (const { name, value } of command.assignments) take(name, value?.value, value);
    const { args } = command;
    const { flags } = argumentsOf(command);
    for (const flag of flags) take(flag.name.replace(/^--?/, ""), flag.value, flag.valueWord);
    args.forEach((word, i) => {
      const next = args[i + 1];
      const isLoneFlag = /^--[a-z][a-z-]*$/i.test(word.text);
      if (isLoneFlag && next !== undefined && !next.text.startsWith("-"))
        take(word.text.slice(2), next.value, next);
      const header = /^(?:Authorization|[\w-]*(?:Token|Api-?Key)):\s*(?:\w+\s+)?(\S+)$/i.exec(
        word.value ?? "",
      );
      if (header?.[1] !== undefined && word.variables.length === 0 && looksRandom(header[1]))
        found.push({
          name: (word.value ?? "").split(":")[0] ?? "",
          span: spanOfValue(word, header[1]),
        });
    });
  }
  return found;
}

/** Place of a value that ends a word: `--password=value`; the whole word where it is not written as it is. */
function spanOfValue({ raw, span }: Pick<ShellWord, "raw" | "span">, value: string): Span {
  const at = raw.lastIndexOf(value);
  const isOnOneLine = span.end - span.start === raw.length;
  if (at === -1 || !isOnOneLine) return span;
  return { start: span.start + at, end: span.start + at + value.length };
}

/** `name = "value"`, `name: value`, `//registry/:_authToken=value` in a file that a heredoc writes. */
function inLines(content: string, at: number): NamedSecret[] {
  const found: NamedSecret[] = [];
  const pattern =
    /^[ \t]*(?!#)(?:export[ \t]+|\/\/\S{1,200}:)?["']?([A-Za-z_][\w.-]{0,80})["']?[ \t]*[:=][ \t]*(["']?)([^\s"']{8,512})\2[ \t]*,?[ \t]*\r?$/gm;
  for (const match of content.matchAll(pattern)) {
    const [line, name = "", , value = ""] = match;
    const words = name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").replaceAll(/[.-]/g, "_");
    if (!isSecretName(words) || !looksRandom(value)) continue;
    const start = at + match.index + line.lastIndexOf(value);
    found.push({ name, span: { start, end: start + value.length } });
  }
  return found;
}

/** Words that stand where a password goes. */
function isFiller(value: string): boolean {
  return /^(?:change[-_]?me|pass(?:word|wd)?|pw|pwd|secret|token|user(?:name)?|x+|dummy|my[-_]?\w+|your[-_]?\w+|\w*(?:placeholder|redacted)\w*|\.{3}|%\w+%|\{\{.*)$/i.test(
    value,
  );
}

/** Letters and digits mixed as no word is; hashes of files and commits are all hexadecimal. */
function looksRandom(value: string): boolean {
  if (value.length < 16 || value.length > 512 || !mayBeSecretValue(value)) return false;
  if (!/^[\w+/=.~:!@#%^&*-]+$/.test(value) || /^[0-9a-f]+$/i.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || /^(?:\/|\w+:\/\/|\.)/.test(value))
    return false;
  return entropy(value) >= 3.5;
}

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

export default rule;
