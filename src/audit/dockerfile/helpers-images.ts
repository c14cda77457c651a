import type { Dockerfile, ImageReference } from "./model.ts";
import { instructionsOf } from "./query.ts";

/** Every image that the file takes from elsewhere: FROM, COPY --from, RUN --mount=from=; in source order. */
export function externalImages(dockerfile: Dockerfile): ImageReference[] {
  const bases = dockerfile.stages.flatMap(({ base }) => (base.kind === "image" ? [base] : []));
  return [...bases, ...copiedImages(dockerfile)].sort((a, b) => a.span.start - b.span.start);
}

/** Images that COPY --from and RUN --mount=from= take files of. */
export function copiedImages(dockerfile: Dockerfile): ImageReference[] {
  return instructionsOf(dockerfile, "copy", "add", "run").flatMap((node) => {
    const sources = node.kind === "run" ? node.mounts.map(({ from }) => from) : [node.from];
    return sources.flatMap((from) => (from?.kind === "image" ? [from] : []));
  });
}

/** Name on Docker Hub, `library/` taken away; `undefined` for other registries and unknown names. */
export function dockerHubName(image: ImageReference): string | undefined {
  const { registry, repository, isNameKnown } = image;
  const isHub = registry === undefined || /^(?:(?:index|registry-1)\.)?docker\.io$/.test(registry);
  return isHub && isNameKnown && !repository.includes("$")
    ? repository.replace(/^library\//, "")
    : undefined;
}
