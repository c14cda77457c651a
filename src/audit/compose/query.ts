import {
  type ComposeEntry,
  type ComposeMap,
  type ComposeNode,
  type ComposeScalar,
  type ComposeService,
  unknownMark,
} from "./model.ts";

/** The entry that a way of keys leads to, through mappings only; `undefined` when there is none or it is null. */
export function entryAt(
  service: ComposeService | ComposeMap,
  ...way: readonly string[]
): ComposeEntry | undefined {
  let map: ComposeNode | undefined = "settings" in service ? service.settings : service;
  let entry: ComposeEntry | undefined;
  for (const key of way) {
    entry = map?.kind === "map" ? map.entries.get(key) : undefined;
    map = entry?.value;
  }
  return entry === undefined || isNull(entry.value) ? undefined : entry;
}

/** The single value at a way of keys. */
export function scalarAt(
  service: ComposeService | ComposeMap,
  ...way: readonly string[]
): ComposeScalar | undefined {
  const value = entryAt(service, ...way)?.value;
  return value?.kind === "scalar" ? value : undefined;
}

/** The single values of the list at a key. */
export function itemsAt(
  service: ComposeService | ComposeMap,
  ...way: readonly string[]
): readonly ComposeScalar[] {
  const value = entryAt(service, ...way)?.value;
  return value?.kind === "list" ? value.items.filter(isScalar) : [];
}

/** A setting that is written as a mapping or as a list of `NAME=value`. */
export interface Setting {
  readonly name: string;
  /** `undefined`: the name alone, so the value comes from elsewhere. */
  readonly value: string | undefined;
  /** True when variables had a part in it, with their defaults or unknown. */
  readonly hasVariables: boolean;
  /** What to report: the key, or the item of the list. */
  readonly at: ComposeScalar["span"];
  /** Where the value stands, as exactly as is known. */
  readonly valueAt: ComposeScalar["span"];
}

/** Settings of a mapping or a list of `NAME=value`, with variables replaced. */
export function settingsAt(
  service: ComposeService | ComposeMap,
  ...way: readonly string[]
): readonly Setting[] {
  const node = entryAt(service, ...way)?.value;
  if (node?.kind === "map")
    return [...node.entries.values()].flatMap(({ key, keySpan, value }) => {
      if (value.kind !== "scalar") return [];
      const text = value.isNull ? undefined : value.text;
      const hasVariables = value.raw.includes("$");
      return [{ name: key, value: text, hasVariables, at: keySpan, valueAt: value.span }];
    });
  if (node?.kind !== "list") return [];
  return node.items.filter(isScalar).map(({ raw, text, span }) => {
    const equals = text.indexOf("=");
    const name = equals === -1 ? text : text.slice(0, equals);
    const value = equals === -1 ? undefined : text.slice(equals + 1);
    return { name, value, hasVariables: raw.includes("$"), at: span, valueAt: span };
  });
}

/** compose-go, loader/interpolate.go toBoolean: what compose takes for yes. */
export function isTrue(value: ComposeScalar | undefined): boolean {
  return value !== undefined && /^(?:true|1|t|y|yes|on)$/i.test(value.text.trim());
}

/** False when a variable without a default hides a part of it. */
export const isKnown = (value: string): boolean => !value.includes(unknownMark);

const isScalar = (node: ComposeNode): node is ComposeScalar => node.kind === "scalar";

const isNull = (node: ComposeNode): boolean => node.kind === "scalar" && node.isNull;
