import { pointerTo } from "./violation.ts";

/** A value together with where it stands in its document. Nothing is assumed about its type. */
export interface Place {
  readonly pointer: string;
  readonly value: unknown;
}

/** Note a violation at a place; without `sentence` it reads "must be <expected>, found <the value>". */
export type Report = (place: Place, expected: string, sentence?: string, found?: string) => void;

/** The namespaces that config.json asks for; the value tells whether an existing one is joined. */
export type Namespaces = ReadonlyMap<string, "new" | "joined">;

/** Follow member names and indices; a place with value `undefined` when there is no such member. */
export function at(place: Place, ...keys: readonly (string | number)[]): Place {
  let { pointer, value } = place;
  for (const key of keys) {
    const has = typeof value === "object" && value !== null && Object.hasOwn(value, key);
    value = has ? (value as Record<string | number, unknown>)[key] : undefined;
    pointer = pointerTo(pointer, key);
  }
  return { pointer, value };
}

/** The items of an array; none when it is something else. */
export function items(place: Place): readonly Place[] {
  return Array.isArray(place.value) ? place.value.map((_, index) => at(place, index)) : [];
}

/** The members of an object by name; none when it is something else. */
export function members(place: Place): readonly (readonly [name: string, place: Place])[] {
  const { value } = place;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.keys(value).map((name) => [name, at(place, name)]);
}

/** The value if it is a string. */
export function text(place: Place): string | undefined {
  return typeof place.value === "string" ? place.value : undefined;
}

/** The value if it is a whole number. */
export function integer(place: Place): number | undefined {
  return Number.isInteger(place.value) ? (place.value as number) : undefined;
}

/** How many items an array has; 0 when it is something else. */
export function count(place: Place): number {
  return Array.isArray(place.value) ? place.value.length : 0;
}
