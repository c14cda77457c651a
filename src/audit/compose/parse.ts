import * as yaml from "yaml";
import type { Span } from "../../base/text.ts";
import { mayHavePragma } from "../pragma.ts";
import type {
  ComposeComment,
  ComposeFile,
  ComposeMap,
  ComposeProblem,
  ComposeService,
} from "./model.ts";
import { buildDocument, type Collector } from "./nodes.ts";
import { shapeProblems } from "./shape.ts";

/** Largest compose file that is read, in bytes: a hundred times what people write. */
export const maxComposeBytes: number = 1024 * 1024;

/** Most documents of one file, and most problems told of it. */
const maxDocuments = 100;
const maxProblems = 20;

const noSettings = (span: Span): ComposeMap => ({ kind: "map", entries: new Map(), span });

/**
 * Parse a compose file. Never throws for its content: what `docker compose` would refuse is in `problems`, and the
 * rest is read all the same.
 * @param name of the file, which tells an override file from one that stands alone
 */
export function parseCompose(text: string, name = "compose.yaml"): ComposeFile {
  const collect: Collector = { text, problems: [], blocks: [] };
  const documents: ComposeMap[] = [];
  for (const document of readDocuments(text, collect.problems)) {
    const root = buildDocument(document, yaml, collect);
    if (root === undefined || (root.kind === "scalar" && root.isNull)) continue;
    if (root.kind === "map") documents.push(root);
    else collect.problems.push({ message: "a compose file must be a mapping", span: root.span });
  }
  for (const document of documents) collect.problems.push(...shapeProblems(document));
  return {
    text,
    documents,
    services: servicesOf(documents, isOverrideName(name)),
    problems: collect.problems.slice(0, maxProblems),
    comments: mayHavePragma.test(text) ? readComments(text) : [],
    blocks: collect.blocks,
  };
}

/** compose.override.yaml and the like hold what is laid over another file. */
const isOverrideName = (name: string): boolean => /(?:^|[._-])override\.ya?ml$/.test(name);

function readDocuments(text: string, problems: ComposeProblem[]): readonly yaml.Document.Parsed[] {
  let documents: ReturnType<typeof yaml.parseAllDocuments>;
  try {
    documents = yaml.parseAllDocuments(text, { prettyErrors: false, stringKeys: true });
  } catch (error) {
    // The parser recurses; a deep enough nest of brackets ends its stack.
    if (!(error instanceof RangeError)) throw error;
    problems.push({ message: "values are nested too deeply", span: { start: 0, end: 0 } });
    return [];
  }
  if (!Array.isArray(documents)) return [];
  if (documents.length > maxDocuments) {
    const span = { start: 0, end: 0 };
    problems.push({ message: `the file has more than ${maxDocuments} documents`, span });
    return [];
  }
  // Where the parser meets the end of its stack itself, all that it says afterwards follows from that.
  const isTooDeep = documents.some(({ errors }) =>
    errors.some(({ message }) => /call stack/i.test(message)),
  );
  if (isTooDeep) {
    problems.push({ message: "values are nested too deeply", span: { start: 0, end: 0 } });
    return [];
  }
  for (const { errors } of documents)
    for (const { message, pos } of errors.slice(0, maxProblems))
      problems.push({
        message: sentence(message),
        span: { start: Math.min(pos[0], text.length), end: Math.min(pos[1], text.length) },
      });
  return documents as readonly yaml.Document.Parsed[];
}

/** The library's message as the rest of ours: one line, lower case, no full stop. */
function sentence(message: string): string {
  const line = (message.split("\n")[0] ?? "").replace(/[.:]$/, "");
  return `${line[0]?.toLowerCase() ?? ""}${line.slice(1)}`;
}

function servicesOf(
  documents: readonly ComposeMap[],
  isOverride: boolean,
): readonly ComposeService[] {
  const services = documents.flatMap((document) => {
    const node = document.entries.get("services")?.value;
    return node?.kind === "map" ? [...node.entries.values()] : [];
  });
  const counts = new Map<string, number>();
  for (const { key } of services) counts.set(key, (counts.get(key) ?? 0) + 1);
  return services.map(({ key, keySpan, value }) => {
    const settings = value.kind === "map" ? value : noSettings(value.span);
    const { entries } = settings;
    const standsAlone = entries.has("image") || entries.has("build") || entries.has("provider");
    const isPartial =
      isOverride || entries.has("extends") || !standsAlone || (counts.get(key) ?? 0) > 1;
    return { name: key, nameSpan: keySpan, settings, isPartial };
  });
}

/** Comments as the lexer finds them: `#` in a quoted or block text is none. */
function readComments(text: string): readonly ComposeComment[] {
  const comments: ComposeComment[] = [];
  let at = 0;
  let isScalar = false;
  for (const lexeme of new yaml.Lexer().lex(text)) {
    // Control characters are the lexer's own marks, not text; a scalar comes after the last of them.
    if (lexeme === "\u0002" || lexeme === "\u0018") continue;
    if (lexeme === "\u001f") {
      isScalar = true;
      continue;
    }
    if (!isScalar && lexeme.startsWith("#")) {
      const end = at + lexeme.replace(/\r?\n?$/, "").length;
      const lineStart = text.lastIndexOf("\n", at - 1) + 1;
      const isTrailing = text.slice(lineStart, at).trim() !== "";
      const span = { start: at, end };
      comments.push({ text: text.slice(at + 1, end).trim(), span, isTrailing });
    }
    isScalar = false;
    at += lexeme.length;
  }
  return comments;
}
