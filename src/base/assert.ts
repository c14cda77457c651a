/** End of a `switch` over a union: a compile error when a case is missing, an exception if data lied. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
