import type { Span } from "../../base/text.ts";
import type { Script, SimpleCommand } from "../shell/model.ts";
import { flagValues, hasFlag, operands, pipeReaders, scriptOf } from "../shell/query.ts";
import type { Dockerfile } from "./model.ts";
import { instructionsOf } from "./query.ts";

/** Text that the file itself puts into a file of the image. */
export interface WrittenText {
  /** Where it goes, as written; known values are put in. */
  readonly file: string;
  readonly text: string;
  readonly span: Span;
}

const written = new WeakMap<Dockerfile, readonly WrittenText[]>();

/**
 * What `echo … > file`, `printf … | tee file`, `cat <<EOF > file`, `sed -i … file` and heredocs of COPY write; of sed
 * it is what the script puts in. Worked out once a file.
 */
export function writtenTexts(dockerfile: Dockerfile): readonly WrittenText[] {
  let result = written.get(dockerfile);
  if (result === undefined) {
    result = [...inRuns(dockerfile), ...inCopies(dockerfile)];
    written.set(dockerfile, result);
  }
  return result;
}

const inRuns = (dockerfile: Dockerfile): WrittenText[] =>
  instructionsOf(dockerfile, "run").flatMap((run) => {
    const script = scriptOf(dockerfile, run);
    return script.commands.flatMap((command) => writtenBy(script, command));
  });

const inCopies = (dockerfile: Dockerfile): WrittenText[] =>
  instructionsOf(dockerfile, "copy", "add").flatMap(({ sources, destination }) =>
    sources.flatMap(({ heredoc }) =>
      heredoc === undefined
        ? []
        : [
            {
              file: destination?.value ?? destination?.text ?? "",
              text: heredoc.body.text,
              span: heredoc.span,
            },
          ],
    ),
  );

function writtenBy(script: Script, command: SimpleCommand): WrittenText[] {
  const { name, args, redirects, span } = command;
  if (name === "sed") return hasFlag(command, "-i", "--in-place") ? editedBy(command) : [];
  if (name === undefined || !["echo", "printf", "cat", "tee"].includes(name)) return [];
  const bodies = redirects.flatMap(({ body }) => body ?? []).join("\n");
  // Escapes of printf and of some shells' echo end lines.
  const own = name === "cat" || name === "tee" ? "" : args.map((word) => word.value ?? word.text);
  const text = typeof own === "string" ? bodies : own.join(" ").replaceAll("\\n", "\n");
  if (text === "") return [];
  return targetsOf(script, command).map((file) => ({ file, text, span }));
}

/** What a script of sed puts in: the replacement of `s`, else the whole (`a text`, `c text`). */
function editedBy(command: SimpleCommand): WrittenText[] {
  const scripts = flagValues(command, "-e", "--expression");
  const words = operands(command).map((word) => word.value ?? word.text);
  const files = scripts.length > 0 ? words : words.slice(1);
  const text = (scripts.length > 0 ? scripts : words.slice(0, 1)).map(insertion).join("\n");
  return files.map((file) => ({ file, text, span: command.span }));
}

function insertion(script: string): string {
  const match = /(?:^|[\s;{])s([/|,#@!:%])/.exec(script);
  if (match?.[1] === undefined) return script;
  const pieces = script.slice(match.index + match[0].length).split(match[1]);
  // pattern, replacement, flags and the next command, …
  return pieces.filter((_, i) => i % 3 === 1).join("\n");
}

/** Files that a command's output goes to. */
function targetsOf(script: Script, command: SimpleCommand): string[] {
  const files = command.redirects.flatMap(({ operator, target, fileDescriptor = 1 }) =>
    fileDescriptor === 1 && /^>(?:>|\|)?$|^&>>?$/.test(operator) && target !== undefined
      ? [target.value ?? target.text]
      : [],
  );
  const copies = [command, ...pipeReaders(script, command)].filter(({ name }) => name === "tee");
  return [
    ...files,
    ...copies.flatMap((tee) => operands(tee).map((word) => word.value ?? word.text)),
  ];
}
