/** Filled in by the build: differs whenever any source does. */
declare const TGUARD_BUILD: string | undefined;

/** Names this build, so that what another one kept is never taken for its own; undefined when run from source. */
export const buildId: string | undefined =
  typeof TGUARD_BUILD === "string" ? TGUARD_BUILD : undefined;
