import { lineAt } from "../../audit/dockerfile/helpers-chain.ts";
import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isWindows, stageOf } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1112",
    name: "file-written-by-echo",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "RUN does nothing but write a file, which a COPY heredoc does without a shell",
    why: "Text for `echo` and `printf` goes through the quoting of a shell, which differs from image to image; what people read is not what is in the file.",
    howToFix:
      "Write the file as it is: `COPY <<EOF /path`, its lines, `EOF` (Dockerfile syntax 1.4).",
    bad: 'FROM debian:12\nRUN echo "listen 80" > /etc/app.conf\n',
    good: "FROM debian:12\nCOPY <<EOF /etc/app.conf\nlisten 80\nEOF\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:prefer-copy-heredoc"],
    cwe: [],
    references: ["https://docs.docker.com/reference/dockerfile/#here-documents"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      const { state, commands, assignments } = scriptOf(dockerfile, run);
      if (stage === undefined || isWindows(dockerfile, stage) || run.command.form === "exec")
        continue;
      if (state !== "parsed" || commands.length === 0 || assignments.length > 0) continue;
      const files = writtenFiles(commands);
      const [first] = files ?? [];
      if (files === undefined || first === undefined) continue;
      const fix = withCopy(dockerfile, run, files);
      report(
        run.keywordSpan,
        `"${first.path}" is written by a shell, which only prints its text`,
        fix && { fix },
      );
    }
  },
});

interface WrittenFile {
  readonly path: string;
  /** `undefined` where shells differ about what is printed. */
  readonly lines: readonly string[] | undefined;
}

/** What the commands write, when they do nothing else and need no shell for it. */
function writtenFiles(commands: readonly SimpleCommand[]): readonly WrittenFile[] | undefined {
  const files = new Map<string, readonly string[] | undefined>();
  for (const command of commands) {
    const output = command.redirects.filter(({ operator }) => /^>[>|]?$/.test(operator));
    const [redirect] = output;
    const path = redirect?.target;
    const isPlain =
      output.length === 1 &&
      redirect?.fileDescriptor === undefined &&
      path?.value !== undefined &&
      !path.value.startsWith("/dev/") &&
      command.place === 0 &&
      command.operator !== "||" &&
      command.operator !== "|" &&
      [...command.args, path].every(isLiteral);
    if (!isPlain || path?.value === undefined || redirect === undefined) return undefined;
    // What is appended to a file of the image needs that file.
    if (redirect.operator === ">>" && !files.has(path.value)) return undefined;
    const printed = printedLines(command);
    if (printed === "other") return undefined;
    const before = redirect.operator === ">>" ? files.get(path.value) : [];
    files.set(
      path.value,
      printed === "unclear" || before === undefined ? undefined : [...before, ...printed],
    );
  }
  return [...files].map(([path, lines]) => ({ path, lines }));
}

const isLiteral = ({ value, variables, hasSubstitution, hasGlob }: ShellWord): boolean =>
  value !== undefined && variables.length === 0 && !hasSubstitution && !hasGlob;

function printedLines({
  name,
  args,
  redirects,
}: SimpleCommand): readonly string[] | "unclear" | "other" {
  const text = args.map(({ value }) => value ?? "").join(" ");
  if (name === "echo") {
    // With `-e`, `-n` or a backslash it depends on the shell.
    const isClear = !/^-[neE]+$/.test(args[0]?.text ?? "") && !text.includes("\\");
    return isClear ? text.split("\n") : "unclear";
  }
  if (name === "printf") {
    const [format] = args;
    const isClear =
      args.length === 1 && !/%|\\[^n]/.test(text) && /(?:\\n|\n)$/.test(format?.value ?? "");
    return isClear ? text.replaceAll("\\n", "\n").slice(0, -1).split("\n") : "unclear";
  }
  const bodies = redirects.filter(({ operator }) => operator.startsWith("<"));
  const [body] = bodies;
  if (name !== "cat" || args.length > 0 || bodies.length !== 1 || body?.body === undefined)
    return "other";
  return body.operator === "<<" && !/[$`\\]/.test(body.body)
    ? body.body.replace(/\n$/, "").split("\n")
    : "unclear";
}

function withCopy(
  dockerfile: Dockerfile,
  run: RunInstruction,
  files: readonly WrittenFile[],
): Fix | undefined {
  const { text, escape: escapeChar } = dockerfile;
  const isPlain =
    run.flags.length === 0 && !run.isTrigger && run.command.form === "shell" && escapeChar === "\\";
  if (!isPlain || text.slice(run.span.start, run.span.end).includes("#")) return undefined;
  const parts: string[] = [];
  for (const { path, lines } of files) {
    const isFile = /^[\w./-]+$/.test(path) && !path.endsWith("/");
    if (lines === undefined || !isFile || lines.includes("EOF") || lines.join("").includes("\r"))
      return undefined;
    const copy = run.keywordText === "run" ? "copy" : "COPY";
    parts.push([`${copy} <<'EOF' ${path}`, ...lines, "EOF"].join("\n"));
  }
  return {
    title: "write the file with COPY",
    // The file belongs to root then, whatever USER says.
    safe: false,
    edits: [
      {
        span: { start: run.span.start, end: lineAt(dockerfile, run.span.end).end },
        text: parts.join("\n"),
      },
    ],
  };
}

export default rule;
