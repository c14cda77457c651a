import type { IgnorePattern } from "./ignore.ts";

/**
 * The folder that COPY and ADD take files from, as the audit found it beside the file. What is not known is
 * `undefined`, and a rule stays silent about it. Rules ask; context-folder.ts looks, and answers the same each time.
 */
export interface DockerContext {
  /** What decides which files are left out: `<Dockerfile>.dockerignore`, else `.dockerignore`. */
  readonly ignore: IgnoreState;
  /** Base name of the Dockerfile. */
  readonly dockerfileName: string;
  /**
   * What lies at a path of the context (slashes, from its root). `link`: a symbolic link, which is not followed.
   * `undefined`: cannot be told (behind a link, unreadable, too many questions).
   */
  readonly at: (path: string) => ContextEntry | undefined;
}

export type ContextEntry = "file" | "folder" | "link" | "missing";

/** `unknown`: there is one, and it cannot be read. */
export type IgnoreState =
  | { readonly state: "missing" | "unknown" }
  | {
      readonly state: "read";
      /** Name of the file. */
      readonly name: string;
      readonly patterns: readonly IgnorePattern[];
    };
