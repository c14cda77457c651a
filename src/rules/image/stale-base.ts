import type { ImageModel } from "../../audit/image/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

/** Distributions release their images at least monthly, and stable releases a point release every two to three. */
const MAX_AGE_DAYS = 180;
const DAY_MS = 86_400_000;
/** Docker's first release. Reproducible builds write dates before it: 0001-01-01, 1970-01-01, 1980-01-01. */
const FIRST_IMAGE_MS = Date.UTC(2013, 2, 20);

const rule: Rule<"image"> = defineRule({
  meta: {
    id: "IM1006",
    name: "stale-base",
    target: "image",
    severity: "low",
    confidence: "medium",
    summary: `Lowest layer of the image is older than ${MAX_AGE_DAYS} days`,
    why: "The lowest layer holds the distribution. What was mended there since, in the C library, OpenSSL or the package manager, is missing unless a later layer upgraded it.",
    howToFix: "Build again from a current base image (`docker build --pull`), and do so regularly.",
    bad: '{"history": [{"created": "2025-01-01T00:00:00Z", "created_by": "ADD rootfs.tar / # buildkit"}]}\n',
    good: '{"history": [{"created": "2026-01-01T00:00:00Z", "created_by": "ADD rootfs.tar / # buildkit"}]}\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-1104"],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/config.md#properties",
      "https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often",
    ],
  },

  check(model, report) {
    const base = baseDate(model);
    const now = Date.parse(model.auditedAt);
    if (base === undefined || Number.isNaN(now)) return;
    const days = Math.floor((now - base.time) / DAY_MS);
    if (days <= MAX_AGE_DAYS) return;
    const date = new Date(base.time).toISOString().slice(0, 10);
    report(model.spanOf(base.pointer), `lowest layer is of ${date}, ${days} days old`);
  },
});

/** Date of the lowest layer, or of the whole image when there is no history; `undefined` when it is not a true one. */
function baseDate({ history, created }: ImageModel): { time: number; pointer: string } | undefined {
  const i = history.findIndex(({ isEmptyLayer }) => !isEmptyLayer);
  const text = i === -1 ? created : history[i]?.created;
  const time = Date.parse(text ?? "");
  if (Number.isNaN(time) || time < FIRST_IMAGE_MS) return undefined;
  return { time, pointer: i === -1 ? "/created" : `/history/${i}/created` };
}

export default rule;
