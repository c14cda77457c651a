import type { Span } from "../../base/text.ts";
import { downloadsOf } from "../shell/downloads.ts";
import { scriptOf, urls } from "../shell/query.ts";
import type { Dockerfile } from "./model.ts";
import { instructionsOf } from "./query.ts";

/** An address that a build fetches something from. */
export interface FetchedUrl {
  /** As far as known: parts behind the first unknown variable may stand as written. */
  readonly url: string;
  readonly span: Span;
}

const found = new WeakMap<Dockerfile, readonly FetchedUrl[]>();

/** Addresses that ADD and the commands of RUN fetch, in source order; those that are only written are left out. */
export function fetchedUrls(dockerfile: Dockerfile): readonly FetchedUrl[] {
  let list = found.get(dockerfile);
  if (list === undefined) {
    list = readUrls(dockerfile);
    found.set(dockerfile, list);
  }
  return list;
}

// What these get is text to print, write or compare, not an address to fetch.
const INERT = new Set(
  "echo printf sed grep egrep awk test [ [[ export git env cat tee perl set sh bash ash dash eval true :".split(
    " ",
  ),
);

function readUrls(dockerfile: Dockerfile): readonly FetchedUrl[] {
  return instructionsOf(dockerfile, "add", "run").flatMap((node): FetchedUrl[] => {
    if (node.kind !== "run")
      return node.sources.flatMap(({ kind, word }) =>
        kind === "http" ? [{ url: word.value ?? word.text, span: word.span }] : [],
      );
    return scriptOf(dockerfile, node).commands.flatMap((command) => {
      const { name, runs } = command;
      if (name === undefined || runs !== undefined || INERT.has(name)) return [];
      const downloads = downloadsOf(command);
      return downloads.length > 0
        ? downloads.map(({ url, word }) => ({ url, span: word.span }))
        : urls(command).map(({ word }) => ({ url: word.value ?? word.text, span: word.span }));
    });
  });
}
