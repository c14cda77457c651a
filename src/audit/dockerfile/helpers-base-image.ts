import type { ImageReference, Stage } from "./model.ts";

/** True for an official image of Docker Hub by this name: `ruby`, `library/ruby`, `docker.io/ruby`. */
export function isOfficialImage(
  { registry, repository, isNameKnown }: ImageReference,
  name: string,
): boolean {
  const isHub = registry === undefined || /^(?:index\.|registry-1\.)?docker\.io$/.test(registry);
  return isNameKnown && isHub && (repository === name || repository === `library/${name}`);
}

/** Major and minor version that a tag begins with: `3.4` of `3.4.2-slim`; a minor that is not given is `undefined`. */
export function tagVersion({
  tag,
  isResolved,
}: ImageReference): { readonly major: number; readonly minor: number | undefined } | undefined {
  const match = /^(\d{1,6})(?:\.(\d{1,6}))?(?![\w])/.exec(tag ?? "");
  if (match === null || !isResolved) return undefined;
  return { major: Number(match[1]), minor: match[2] === undefined ? undefined : Number(match[2]) };
}

/** True when the stage's name says that it is for developing: `dev`, `app-debug`, `test`. */
export function isDevelopmentStage({ alias }: Stage): boolean {
  return /(?:^|[-_.])(?:dev|devel|develop|development|debug|tests?|testing)(?:$|[-_.])/.test(
    alias?.name ?? "",
  );
}
