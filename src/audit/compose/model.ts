import type { Span } from "../../base/text.ts";

/** A value of a compose file and where it stands. Aliases are followed, merge keys are merged: the graph has no cycles. */
export type ComposeNode = ComposeScalar | ComposeMap | ComposeList;

export interface ComposeScalar {
  readonly kind: "scalar";
  /** As YAML gives it: quotes and escapes are gone, variables are not. */
  readonly raw: string;
  /** With variables replaced by their defaults; each one without a default is `unknownMark`. */
  readonly text: string;
  /** `null`, `~` or nothing at all. */
  readonly isNull: boolean;
  /** With its quotes. */
  readonly span: Span;
}

export interface ComposeMap {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, ComposeEntry>;
  readonly span: Span;
}

export interface ComposeEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: ComposeNode;
}

export interface ComposeList {
  readonly kind: "list";
  readonly items: readonly ComposeNode[];
  readonly span: Span;
}

/** Stands in `text` for what only the machine that runs the file knows. */
export const unknownMark = "\uFFFC";

/** One service, as far as this file tells. */
export interface ComposeService {
  readonly name: string;
  readonly nameSpan: Span;
  /** Empty when the file gives the service no settings. */
  readonly settings: ComposeMap;
  /**
   * True when other settings of the service stand elsewhere: `extends`, an override file, the same service in another
   * document. What is missing here may then be there.
   */
  readonly isPartial: boolean;
}

/** Something that `docker compose` refuses. */
export interface ComposeProblem {
  readonly message: string;
  readonly span: Span;
}

/** A comment, its text without `#` and the blanks around it. */
export interface ComposeComment {
  readonly text: string;
  readonly span: Span;
  /** True when something else stands before it on its line. */
  readonly isTrailing: boolean;
}

export interface ComposeFile {
  /** Text that spans refer to. */
  readonly text: string;
  /** Every document's top level, in order; compose lays later ones over earlier ones. */
  readonly documents: readonly ComposeMap[];
  readonly services: readonly ComposeService[];
  readonly problems: readonly ComposeProblem[];
  /** Read only when one of them may be a suppression. */
  readonly comments: readonly ComposeComment[];
  /** Every entry of a mapping, from its key, and every item of a list, up to the end of its value. */
  readonly blocks: readonly Span[];
}
