import type { Span } from "../../base/text.ts";
import type { ComposeService } from "./model.ts";
import { entryAt, isKnown, scalarAt } from "./query.ts";

/** The image that a service is started from. */
export interface ServiceImage {
  /** With variables replaced by their defaults. */
  readonly reference: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly span: Span;
}

/** The image a service pulls; `undefined` when it is built, or a variable hides a part of its name. */
export function imageOf(service: ComposeService): ServiceImage | undefined {
  const image = scalarAt(service, "image");
  // With `build`, the image is what the result is called.
  if (image === undefined || entryAt(service, "build") !== undefined) return undefined;
  const { text: reference, span } = image;
  if (reference === "" || !isKnown(reference)) return undefined;
  const at = reference.indexOf("@");
  const name = at === -1 ? reference : reference.slice(0, at);
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  return {
    reference,
    tag: colon === -1 ? undefined : name.slice(colon + 1),
    digest: at === -1 ? undefined : reference.slice(at + 1),
    span,
  };
}
