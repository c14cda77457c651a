import type { Dockerfile, Instruction } from "./model.ts";
import { finalStage, isParent } from "./query.ts";

/**
 * True when layers of the instruction's stage are in an image that somebody gets: the last stage, or one that another
 * is FROM. Of other stages only single files are taken, by COPY --from.
 */
export function isInShippedLayers(dockerfile: Dockerfile, { stageIndex }: Instruction): boolean {
  if (stageIndex === undefined) return false;
  return stageIndex === finalStage(dockerfile)?.index || isParent(dockerfile, stageIndex);
}
