import type { AuditedSource } from "./result.ts";

/**
 * Text of a source with everything that its findings call secret replaced by asterisks. Line ends stay, and so does
 * every offset. Reporters quote a source from this text alone.
 */
export function maskedText({ text, findings }: AuditedSource): string {
  const spans = findings.flatMap((finding) => finding.masked ?? []);
  if (spans.length === 0) return text;
  spans.sort((a, b) => a.start - b.start);
  let result = "";
  let at = 0;
  for (const { start, end } of spans) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    result += text.slice(at, from) + text.slice(from, end).replace(/[^\r\n]/g, "*");
    at = end;
  }
  return result + text.slice(at);
}
