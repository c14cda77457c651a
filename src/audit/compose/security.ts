import type { Span } from "../../base/text.ts";
import { removeItem } from "./edit.ts";
import type { ComposeFile, ComposeService } from "./model.ts";
import { isKnown, itemsAt } from "./query.ts";

/** One entry of `security_opt`. */
export interface SecurityOption {
  readonly name: string;
  /** Empty when the name stands alone. */
  readonly value: string;
  readonly span: Span;
  /** False when a variable hides a part. */
  readonly isKnown: boolean;
}

/** `NAME`, `NAME:VALUE` and `NAME=VALUE`, all of which Docker takes: moby, daemon_unix.go parseSecurityOpt. */
export function securityOptions(service: ComposeService): readonly SecurityOption[] {
  return itemsAt(service, "security_opt").map(({ text, span }) => {
    const cut = text.search(/[:=]/);
    const name = (cut === -1 ? text : text.slice(0, cut)).trim();
    const value = cut === -1 ? "" : text.slice(cut + 1).trim();
    return { name, value, span, isKnown: isKnown(text) };
  });
}

/** A fix that takes one option out. */
export function removeOption(
  file: ComposeFile,
  service: ComposeService,
  { start }: Span,
): ReturnType<typeof removeItem> {
  const item = itemsAt(service, "security_opt").find(({ span }) => span.start === start);
  return item === undefined ? {} : removeItem(file, service, "security_opt", item);
}
