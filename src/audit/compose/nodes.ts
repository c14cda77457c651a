import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { Span } from "../../base/text.ts";
import { interpolate } from "./interpolate.ts";
import type { ComposeEntry, ComposeNode, ComposeProblem } from "./model.ts";

/** Bounds against files made to stop their reader; real files stay a hundred times below. */
const maxDepth = 100;
const maxExpanded = 500_000;

/** Tools to tell the nodes of the library apart; passed in, for the library is loaded on demand. */
export interface YamlTests {
  isAlias(node: unknown): node is Alias;
  isMap(node: unknown): node is YAMLMap<Node, Node | null>;
  isScalar(node: unknown): node is Scalar;
  isSeq(node: unknown): node is YAMLSeq<Node>;
}

/** What reading a document adds to. */
export interface Collector {
  /** The text that spans refer to. */
  readonly text: string;
  readonly problems: ComposeProblem[];
  readonly blocks: Span[];
}

/** A value, and how many values it would be with every alias written out. */
interface Built {
  readonly node: ComposeNode;
  readonly size: number;
}

/** Thrown at the first bound that a document breaks; nothing else of the document is read. */
class TooMuch extends Error {
  readonly span: Span;
  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}

/**
 * Turn a parsed document into plain nodes: aliases share the node they name, `<<` is merged, tags `!reset` remove.
 * A document that is nested too deeply, refers to itself or multiplies its aliases becomes a problem and `undefined`.
 */
export function buildDocument(
  document: Document.Parsed,
  tests: YamlTests,
  collect: Collector,
): ComposeNode | undefined {
  const anchors = new Map<string, Node>();
  const built = new Map<Node, Built>();
  const open = new Set<Node>();
  let expanded = 0;

  const build = (source: Node | null, depth: number, fallback: Span): Built => {
    if (source === null) return { node: emptyAt(fallback), size: 1 };
    if (tests.isAlias(source)) return buildAlias(source, depth);
    const span = contentOf(collect.text, spanOf(source) ?? fallback);
    if (depth > maxDepth) throw new TooMuch(`values are nested more than ${maxDepth} deep`, span);
    const anchor = (source as { anchor?: string }).anchor;
    // A later anchor of the same name counts from there on; aliases before it keep the earlier one.
    if (anchor !== undefined) anchors.set(anchor, source);
    open.add(source);
    const result = buildOwn(source, depth, span);
    open.delete(source);
    expanded = Math.max(expanded, result.size);
    if (expanded > maxExpanded) throw new TooMuch("aliases multiply without end", span);
    if (anchor !== undefined) built.set(source, result);
    return result;
  };

  const buildAlias = (alias: Alias, depth: number): Built => {
    const span = spanOf(alias) ?? { start: 0, end: 0 };
    const target = anchors.get(alias.source);
    if (target === undefined) throw new TooMuch(`alias "${alias.source}" has no anchor`, span);
    if (open.has(target)) throw new TooMuch(`anchor "${alias.source}" holds itself`, span);
    return built.get(target) ?? build(target, depth, span);
  };

  const buildOwn = (source: Node, depth: number, span: Span): Built => {
    if (tests.isMap(source)) return buildMap(source, depth, span);
    if (tests.isSeq(source)) {
      let size = 1;
      const items = source.items.map((item) => {
        const child = build(item, depth + 1, span);
        collect.blocks.push({ start: (spanOf(item) ?? span).start, end: endOf(item, span) });
        size += child.size;
        return child.node;
      });
      return { node: { kind: "list", items, span }, size };
    }
    return { node: scalarOf(source as Scalar, span), size: 1 };
  };

  const buildMap = (source: YAMLMap<Node, Node | null>, depth: number, span: Span): Built => {
    const own = new Map<string, ComposeEntry>();
    const merged: ComposeNode[] = [];
    let size = 1;
    for (const pair of source.items) {
      const keySpan = spanOf(pair.key) ?? span;
      const value = build(pair.value, depth + 1, { start: keySpan.end, end: keySpan.end });
      collect.blocks.push({ start: keySpan.start, end: endOf(pair.value, keySpan) });
      size += value.size;
      const key = keyOf(pair);
      if (isMergeKey(pair)) merged.push(value.node);
      else if (pair.value?.tag !== "!reset") own.set(key, { key, keySpan, value: value.node });
    }
    // The map's own entries win over merged ones, earlier merged ones over later ones.
    for (const from of merged)
      for (const map of from.kind === "list" ? from.items : [from]) {
        if (map.kind !== "map")
          collect.problems.push({ message: "only mappings can be merged by <<", span: map.span });
        else for (const [key, entry] of map.entries) if (!own.has(key)) own.set(key, entry);
      }
    return { node: { kind: "map", entries: own, span }, size };
  };

  try {
    return build(document.contents as Node | null, 0, { start: 0, end: 0 }).node;
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    collect.problems.push({ message: error.message, span: error.span });
    return undefined;
  }
}

function scalarOf(source: Scalar, span: Span): ComposeNode {
  const { value } = source;
  // Numbers and booleans are taken as they are written: 022 stays 022.
  const raw = typeof value === "string" ? value : (source.source ?? String(value ?? ""));
  const isNull = source.type === "PLAIN" && /^(?:|~|null|Null|NULL)$/.test(raw);
  return { kind: "scalar", raw, text: interpolate(raw), isNull, span };
}

const emptyAt = (span: Span): ComposeNode => ({
  ...{ kind: "scalar", raw: "", text: "", isNull: true, span },
});

const isMergeKey = ({ key }: Pair<Node, Node | null>): boolean =>
  keyOf({ key }) === "<<" && (key as Scalar).type === "PLAIN";

const keyOf = ({ key }: { readonly key: unknown }): string =>
  String((key as { readonly value?: unknown } | null)?.value ?? "");

function spanOf(node: unknown): Span | undefined {
  const range = (node as { readonly range?: readonly number[] | null } | null | undefined)?.range;
  const [start, end] = range ?? [];
  return start === undefined || end === undefined ? undefined : { start, end };
}

const endOf = (node: unknown, fallback: Span): number => (spanOf(node) ?? fallback).end;

/** Collections in block style end where the next thing begins; their content ends before the blanks. */
function contentOf(text: string, { start, end }: Span): Span {
  let last = end;
  while (last > start && /\s/.test(text[last - 1] ?? "")) last--;
  return { start, end: Math.max(last, Math.min(start + 1, end)) };
}
