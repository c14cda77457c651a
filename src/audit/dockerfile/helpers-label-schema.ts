import type { Report } from "../rule.ts";
import type { Dockerfile } from "./model.ts";
import { instructionsOf } from "./query.ts";

// OCI image-spec, annotations.md: "Pre-Defined Annotation Keys".
const OCI = "org.opencontainers.image.";
export const OCI_LABELS: readonly string[] = [
  ..."created authors url documentation source version revision vendor licenses".split(" "),
  ..."ref.name title description base.digest base.name".split(" "),
].map((name) => OCI + name);

/** Report labels of these keys whose value is not as `isValid` wants it; values that hold variables are passed over. */
export function reportLabels(
  dockerfile: Dockerfile,
  report: Report,
  keys: readonly string[],
  isValid: (value: string) => boolean,
  what: string,
): void {
  if (keys.length === 0) return;
  for (const { pairs } of instructionsOf(dockerfile, "label"))
    for (const { key, value } of pairs) {
      if (key.value === undefined || !keys.includes(key.value)) continue;
      // A build argument may be given another value than its default.
      if (value.variables.length === 0 && !isValid(value.text))
        report(value.span, `"${key.value}" is no ${what}: "${shorten(value.text)}"`);
    }
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
