import type { Span } from "../../base/text.ts";
import type { Script, ShellWord, SimpleCommand } from "../shell/model.ts";
import { argumentsOf, commandsNamed, scriptOf } from "../shell/query.ts";
import { sourceSpan } from "./logical.ts";
import type { Dockerfile } from "./model.ts";
import { instructionsOf } from "./query.ts";

/** Text that ends up in a file of the image, as far as the Dockerfile shows it. */
export interface WrittenText {
  /** `\n` of echo and printf is a line end in it. */
  readonly text: string;
  readonly span: Span;
}

const written = new WeakMap<Dockerfile, readonly WrittenText[]>();

/** What echo, printf, `cat <<EOF`, sed's replacements and `COPY <<EOF` write, in order of place; worked out once. */
export function writtenTexts(dockerfile: Dockerfile): readonly WrittenText[] {
  let result = written.get(dockerfile);
  if (result === undefined) {
    result = instructionsOf(dockerfile, "run", "copy", "add").flatMap((node) =>
      node.kind === "run"
        ? writtenByScript(scriptOf(dockerfile, node))
        : node.heredocs.map(({ body }) => ({
            text: body.text,
            span: sourceSpan(body, 0, body.text.length),
          })),
    );
    written.set(dockerfile, result);
  }
  return result;
}

function writtenByScript(script: Script): readonly WrittenText[] {
  const bodies = script.commands.flatMap(({ redirects }) =>
    redirects.flatMap(({ body, bodySpan }) =>
      body === undefined || bodySpan === undefined ? [] : [{ text: body, span: bodySpan }],
    ),
  );
  const printed = commandsNamed(script, ["echo", "printf"]).flatMap(printedBy);
  const replaced = commandsNamed(script, "sed").flatMap(replacedBy);
  return [...printed, ...replaced, ...bodies].sort((a, b) => a.span.start - b.span.start);
}

const textOf = ({ value, text }: ShellWord): string => value ?? text;

/** The arguments joined, as echo prints them; a word that may be one line of several has its own place. */
function printedBy({ args }: SimpleCommand): readonly WrittenText[] {
  const words = args.filter(({ text }) => !/^-[neE]+$/.test(text));
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined) return [];
  const text = words.map(textOf).join(" ").replaceAll("\\n", "\n");
  return [{ text, span: { start: first.span.start, end: last.span.end } }];
}

/** Of `s/old/new/` the new text, of `a text` and the like the text. */
function replacedBy(command: SimpleCommand): readonly WrittenText[] {
  const { flags, operands } = argumentsOf(command);
  const given = flags.flatMap(({ name, valueWord }) =>
    (name === "-e" || name === "--expression") && valueWord !== undefined ? [valueWord] : [],
  );
  const programs = given.length > 0 ? given : operands.slice(0, 1);
  return programs.flatMap((word) => {
    const text = replacement(textOf(word));
    return text === undefined ? [] : [{ text: text.replaceAll("\\n", "\n"), span: word.span }];
  });
}

/** What the first command of a program of sed writes. */
function replacement(program: string): string | undefined {
  const found = /(?:^|[;\s\d/}$])s([/|,#@!:~])/.exec(program);
  const delimiter = found?.[1];
  if (found !== null && delimiter !== undefined)
    return program.slice(found.index + found[0].length).split(delimiter, 2)[1];
  const text = /^(?:[\d$]+|\/[^/]*\/)?\s*[aic](?:\\|\s)\s*/.exec(program)?.[0];
  return text === undefined ? undefined : program.slice(text.length);
}
