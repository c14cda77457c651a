import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { Document, LineCounter } from "yaml";
import { UserError } from "../base/error.ts";
import { cannotRead } from "./find-inputs.ts";

/** Largest YAML file that is read, in bytes. */
const maxBytes = 1024 * 1024;

/** A YAML file: its plain value, and what leads from there back to lines. */
export interface YamlFile {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly value: unknown;
}

/**
 * Read a YAML file that somebody wrote by hand.
 * @throws UserError when it cannot be read, is no YAML, nested too deeply, or multiplies its aliases.
 */
export async function readYaml(path: string): Promise<YamlFile> {
  const { document, lines } = await parseYaml(path, readBounded(path));
  return { document, lines, value: toPlain(path, document) };
}

function readBounded(path: string): string {
  let fd: number | undefined;
  try {
    if (!statSync(path).isFile()) {
      throw new UserError(`cannot read "${path}"`, {
        cause: new Error("it is not a regular file"),
      });
    }
    fd = openSync(path, "r");
    const { size } = fstatSync(fd);
    if (size > maxBytes) {
      throw new UserError(`"${path}" is too large`, {
        cause: new Error(`it has ${size} bytes, the limit is ${maxBytes}`),
      });
    }
    const bytes = Buffer.alloc(size);
    const count = readSync(fd, bytes, 0, size, 0);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, count));
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof TypeError && !("syscall" in error)) {
      throw new UserError(`cannot read "${path}"`, {
        cause: new Error("it is not UTF-8 text"),
        hint: "save it as UTF-8",
      });
    }
    throw cannotRead(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

async function parseYaml(
  path: string,
  text: string,
): Promise<{ document: Document; lines: LineCounter }> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  let document: Document;
  try {
    document = yaml.parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
    });
  } catch (error) {
    // The parser recurses; a deep enough nest of brackets ends its stack.
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`cannot read "${path}"`, {
      cause: new Error("its values are nested too deeply"),
    });
  }
  const mistakes = [...document.errors, ...document.warnings].map((error) => ({
    message: error.message.split("\n")[0] ?? "",
    offset: error.pos[0],
  }));
  if (mistakes.length > 0) throw wrongYaml(path, mistakes, lines);
  return { document, lines };
}

function toPlain(path: string, document: Document): unknown {
  try {
    // Aliases that multiply are counted by the library and refused.
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError) && !(error instanceof RangeError)) throw error;
    throw new UserError(`cannot read "${path}"`, {
      cause: new Error("its YAML aliases multiply without end"),
      hint: "write the values out",
    });
  }
}

/** One thing that is wrong in a configuration file. */
export interface Mistake {
  readonly message: string;
  /** UTF-16 offset in the file. */
  readonly offset: number;
}

export function wrongYaml(
  path: string,
  mistakes: readonly Mistake[],
  lines: LineCounter,
): UserError {
  const places = [...mistakes]
    .sort((a, b) => a.offset - b.offset)
    .map(({ message, offset }) => {
      const { line, col } = lines.linePos(offset);
      return { message, line: Math.max(1, line), column: Math.max(1, col) };
    })
    // A wrong value can break several branches of the schema at one place.
    .filter(({ message }, i, all) => all.findIndex((other) => other.message === message) === i);
  const shown = places.slice(0, 20).map((p) => `  ${p.line}:${p.column}  ${p.message}`);
  if (places.length > shown.length) shown.push(`  and ${places.length - shown.length} more`);
  const first = places[0];
  const count = places.length === 1 ? "a mistake" : `${places.length} mistakes`;
  return new UserError(`"${path}" has ${count}\n${shown.join("\n")}`, {
    where: `${path}:${first?.line ?? 1}:${first?.column ?? 1}`,
  });
}

/** Where what a JSON pointer names stands: the key in a mapping, the item in a list, else the thing above it. */
export function offsetOf(document: Document, pointer: string): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const items = itemsOf(node);
    const item = items.find((i) => isPair(i) && keyOf(i) === name) ?? items[Number(name)];
    if (item === undefined) break;
    offset = startOf(isPair(item) ? item.key : item) ?? offset;
    node = isPair(item) ? item.value : item;
  }
  return offset;
}

// The library's own tests for kinds of nodes would have to be loaded; the shapes are as plain.
function itemsOf(node: unknown): readonly unknown[] {
  const items = (node as { readonly items?: unknown } | null | undefined)?.items;
  return Array.isArray(items) ? items : [];
}

function isPair(item: unknown): item is { readonly key: unknown; readonly value: unknown } {
  return typeof item === "object" && item !== null && "key" in item && !("range" in item);
}

function keyOf({ key }: { readonly key: unknown }): unknown {
  return (key as { readonly value?: unknown } | null)?.value;
}

function startOf(node: unknown): number | undefined {
  return (node as { readonly range?: readonly number[] } | null | undefined)?.range?.[0];
}
