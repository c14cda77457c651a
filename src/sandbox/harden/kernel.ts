import { ANNOTATION_LANDLOCK, type LandlockLayer, parseLandlock } from "../annotations.ts";
import { linuxOf, type Work } from "./work.ts";

/** Cut what of the kernel the container can see and set: masked and read-only paths, sysctls, Landlock. */
export function hardenKernel(work: Work): void {
  addPaths(
    work,
    "maskedPaths",
    work.policy.maskedPaths,
    "files there tell about the host or its other programs",
    "exposed-kernel-paths",
  );
  addPaths(
    work,
    "readonlyPaths",
    work.policy.readonlyPaths,
    "files there change settings of the host",
    "exposed-kernel-paths",
  );
  cutSysctls(work);
  addLandlock(work);
}

function addPaths(
  work: Work,
  field: "maskedPaths" | "readonlyPaths",
  wanted: readonly string[],
  why: string,
  rule: string,
): void {
  const before = work.config.linux?.[field];
  const missing = wanted.filter((path) => !(before ?? []).includes(path));
  if (missing.length === 0) return;
  const after = [...(before ?? []), ...missing];
  work.changes.push({ pointer: `/linux/${field}`, before, after, why, rule });
  linuxOf(work)[field] = after;
}

function cutSysctls(work: Work): void {
  const { sysctls } = work.policy;
  const before = work.config.linux?.sysctl;
  if (sysctls === "all" || before === undefined) return;
  const isAllowed = (key: string): boolean =>
    sysctls.some((pattern) =>
      pattern.endsWith("*") ? key.startsWith(pattern.slice(0, -1)) : key === pattern,
    );
  const after: Record<string, string> = {};
  for (const [key, value] of Object.entries(before)) {
    // sysctl(8) takes both spellings: net/ipv4/ip_forward.
    if (isAllowed(key.replaceAll("/", "."))) {
      after[key] = value;
      continue;
    }
    work.changes.push({
      pointer: `/linux/sysctl/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      before: value,
      after: undefined,
      why: `profile ${work.policy.name} lets a container set only what is its own`,
      rule: "R20",
    });
  }
  linuxOf(work).sysctl = after;
}

/** The policy's layer is laid over what the config asks for: Landlock layers only ever restrict (landlock(7)). */
function addLandlock(work: Work): void {
  const layer = work.policy.landlock;
  if (layer === undefined) return;
  const before = work.config.annotations?.[ANNOTATION_LANDLOCK];
  const layers: readonly LandlockLayer[] = before === undefined ? [] : parseLandlock(before);
  const text = JSON.stringify(layer);
  if (layers.some((other) => JSON.stringify(other) === text)) return;
  const after = JSON.stringify([...layers, layer]);
  work.changes.push({
    pointer: `/annotations/${ANNOTATION_LANDLOCK}`,
    before,
    after,
    why: "the kernel checks each file that the container opens once more",
    rule: "R22",
  });
  work.config.annotations = { ...work.config.annotations, [ANNOTATION_LANDLOCK]: after };
}
