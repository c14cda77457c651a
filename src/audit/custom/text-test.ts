/** What a pattern asks of a text: wildcards, a list of them, or conditions that all must hold. */
export type TextTest =
  | string
  | readonly string[]
  | {
      readonly not?: string | readonly string[];
      readonly regex?: string;
      readonly present?: boolean;
    };

/**
 * Does a value pass? `undefined` is a value that is not there (or not known): only `present: false` takes it, so that
 * what cannot be told is not reported.
 */
export type Test = (value: string | undefined) => boolean;

/**
 * Compile a test.
 * @throws SyntaxError when `regex` is none
 */
export function compileTest(test: TextTest): Test {
  if (typeof test === "string") return known(wildcard(test));
  if (isList(test)) return known(anyOf(test));
  const { not, regex, present } = test;
  const isExcluded = not === undefined ? () => false : anyOf(typeof not === "string" ? [not] : not);
  const expression = regex === undefined ? undefined : new RegExp(regex, "u");
  return (value) => {
    if (value === undefined) return present === false;
    if (present === false) return false;
    return !isExcluded(value) && (expression?.test(value) ?? true);
  };
}

const isList = (test: TextTest): test is readonly string[] => Array.isArray(test);

const known =
  (matches: (value: string) => boolean): Test =>
  (value) =>
    value !== undefined && matches(value);

function anyOf(patterns: readonly string[]): (value: string) => boolean {
  const tests = patterns.map(wildcard);
  return (value) => tests.some((test) => test(value));
}

/** `*` any text, `?` one character, the rest as it stands; no more than length times length steps. */
function wildcard(pattern: string): (value: string) => boolean {
  if (!/[*?]/.test(pattern)) return (value) => value === pattern;
  return (value) => {
    let p = 0;
    let v = 0;
    let star = -1;
    let retry = 0;
    while (v < value.length) {
      if (pattern[p] === "*") {
        star = p++;
        retry = v;
      } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === value[v])) {
        p++;
        v++;
      } else if (star !== -1) {
        p = star + 1;
        v = ++retry;
      } else return false;
    }
    while (pattern[p] === "*") p++;
    return p === pattern.length;
  };
}
