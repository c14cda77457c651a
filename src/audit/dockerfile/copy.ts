import type { BuildContext, FlagTable } from "./build-context.ts";
import { checkFlags, flagValue, hasBoolFlag, readSource, refuse } from "./build-context.ts";
import type { CopyInstruction, CopySource, Word } from "./model.ts";
import { splitBlanks } from "./split.ts";
import { expandedWord } from "./word.ts";

// frontend/dockerfile/instructions/parse.go, parseAdd and parseCopy.
const ADD_FLAGS: FlagTable = {
  chown: "value",
  chmod: "value",
  link: "bool",
  "keep-git-dir": "bool",
  checksum: "value",
  exclude: "list",
  unpack: "bool",
};
const COPY_FLAGS: FlagTable = {
  chown: "value",
  from: "value",
  chmod: "value",
  link: "bool",
  parents: "bool",
  exclude: "list",
};

/** Arguments of COPY, ADD, VOLUME: strings of a JSON array or words between blanks, all expanded. */
export function listWords(context: BuildContext): Word[] {
  const { logical, rest, json } = context;
  if (json.kind === "strings")
    return json.strings.map(({ start, end, text }) => expandedWord(context, start, end, text));
  return splitBlanks(logical.text, rest.start, rest.end).map(({ start, end }) =>
    expandedWord(context, start, end),
  );
}

/** Read COPY or ADD. */
export function readCopy(context: BuildContext, kind: "copy" | "add"): CopyInstruction {
  const { base } = context;
  checkFlags(context, kind === "add" ? ADD_FLAGS : COPY_FLAGS);
  const words = listWords(context);
  if (words.length === 0) refuse(context, `${base.keyword} requires at least one argument`);
  else if (words.length === 1)
    refuse(
      context,
      `${base.keyword} requires at least two arguments, but only one was provided. Destination could not be determined`,
    );
  const heredocs = new Map(context.heredocs.map(({ at, heredoc }) => [at, heredoc]));
  const sources = words.slice(0, -1).map((word): CopySource => {
    const heredoc = heredocs.get(word.at);
    const source =
      heredoc !== undefined
        ? "heredoc"
        : kind === "copy"
          ? "local"
          : sourceKind(word.value ?? word.text);
    return { word, kind: source, heredoc };
  });
  const from = flagValue(context, "from");
  return {
    ...base,
    kind,
    sources,
    destination: words.at(-1),
    from: from === undefined ? undefined : readSource(context, from),
    chown: flagValue(context, "chown"),
    chmod: flagValue(context, "chmod"),
    checksum: flagValue(context, "checksum"),
    link: hasBoolFlag(context, "link"),
    parents: hasBoolFlag(context, "parents"),
    keepGitDir: hasBoolFlag(context, "keep-git-dir"),
    unpack: flagValue(context, "unpack"),
    exclude: base.flags.flatMap((flag) =>
      flag.name === "exclude" && flag.value !== undefined ? [flag.value] : [],
    ),
  };
}

/** util/gitutil ParseGitRef and isHTTPSource: what ADD fetches. */
function sourceKind(source: string): CopySource["kind"] {
  if (/^(?:git|ssh):\/\//i.test(source) || /^[\w.-]+@[^/:]+:/.test(source)) return "git";
  if (source.startsWith("github.com/")) return "git";
  if (!/^https?:\/\//i.test(source)) return "local";
  return /\.git$/.test(source.split(/[?#]/, 1)[0] ?? "") ? "git" : "http";
}
