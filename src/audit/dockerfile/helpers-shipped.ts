import type { Dockerfile, Instruction } from "./model.ts";

/**
 * True when layers of the instruction's stage are in an image that somebody gets: the last stage, or one that another
 * is FROM. Of other stages only single files are taken, by COPY --from.
 */
export function isInShippedLayers({ stages }: Dockerfile, { stageIndex }: Instruction): boolean {
  if (stageIndex === undefined) return false;
  return stageIndex === stages.length - 1 || stages.some(({ parent }) => parent === stageIndex);
}
