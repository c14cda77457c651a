import type { BuildContext } from "./build-context.ts";
import { jsonWords } from "./build-context.ts";
import { readHeredoc } from "./heredoc.ts";
import { LogicalBuilder, sourceSpan, toSource } from "./logical.ts";
import type { CommandLine, Logical } from "./model.ts";

/** Read what follows RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD (`parseShellDependentCommand`, `dispatchRun`). */
export function readCommandLine(context: BuildContext): CommandLine {
  const { logical, rest, heredocs } = context;
  const argv = jsonWords(context);
  const span = sourceSpan(logical, rest.start, rest.end);
  if (argv !== undefined) return { form: "exec", argv, span };

  const first = heredocs[0]?.heredoc;
  if (first !== undefined && readHeredoc(logical.text.slice(rest.start, rest.end)) !== undefined) {
    return {
      form: "heredoc",
      heredoc: first,
      script: first.body,
      interpreter: shebang(first.body.text),
      span: first.bodySpan,
    };
  }
  return { form: "shell", script: shellScript(context), span };
}

/** The text that BuildKit hands to the shell: the line, then the heredocs as they stand in the file. */
function shellScript(context: BuildContext): Logical {
  const { logical, rest, text, heredocLines } = context;
  const builder = new LogicalBuilder(text);
  const { segments } = logical;
  let added = 0;
  for (let i = 0; i < segments.length; i += 2) {
    const start = Math.max(segments[i] ?? 0, rest.start);
    const end = Math.min(segments[i + 2] ?? logical.text.length, rest.end);
    if (start >= end) continue;
    const from = toSource(logical, start);
    builder.add(from, from + end - start);
    added++;
  }
  if (added === 0) {
    const from = toSource(logical, rest.start);
    builder.add(from, from);
  }
  if (heredocLines.end > heredocLines.start) {
    // The line feed before the heredocs belongs to the script.
    builder.add(heredocLines.start - 1, heredocLines.start);
    builder.addLines(heredocLines.start, heredocLines.end, false);
  }
  return builder.done();
}

/** Words of a `#!` first line. */
function shebang(body: string): readonly string[] | undefined {
  const match = /^#![ \t]*(\S[^\n]*)/.exec(body);
  return match?.[1]?.trim().split(/[ \t]+/);
}
