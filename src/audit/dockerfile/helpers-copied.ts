import type { Dockerfile, RunInstruction } from "./model.ts";

/**
 * Tells whether a COPY or ADD of a source with a wanted text stands before a RUN, in its stage or one that is FROM.
 * Works the file through once, whatever number of RUNs is asked about.
 */
export function copiedBefore(
  { stages }: Dockerfile,
  isWanted: (source: string) => boolean,
): (run: RunInstruction) => boolean {
  /** Index of the first such instruction, by stage. */
  const first: (number | undefined)[] = [];
  for (const { parent, instructions } of stages) {
    const inherited = parent === undefined ? undefined : first[parent];
    const own = instructions.find(
      (node) =>
        (node.kind === "copy" || node.kind === "add") &&
        node.sources.some(({ word }) => isWanted(word.text)),
    );
    first.push(inherited ?? own?.index);
  }
  return ({ stageIndex, index }) =>
    stageIndex !== undefined && (first[stageIndex] ?? Number.POSITIVE_INFINITY) < index;
}
