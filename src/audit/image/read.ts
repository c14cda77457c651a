import { existsSync } from "node:fs";
import { UserError } from "../../base/error.ts";
import { readImageArchive } from "../../image/docker-archive.ts";
import type { Platform } from "../../image/image-spec.ts";
import {
  hostPlatform,
  type ImageDocuments,
  openLayoutDirectory,
  readLayout,
} from "../../image/layout.ts";
import type { ImageModel } from "./model.ts";
import { parseImage } from "./parse.ts";

/** What a reader may be told beside the image itself. */
export interface ReadImageOptions {
  /** Preferred platform of a multi-platform image; linux and this machine's architecture by default. */
  readonly platform?: Platform;
  /** RFC 3339 date that counts as now; the clock's by default. */
  readonly auditedAt?: string;
}

/**
 * Read an image without a daemon: `oci:DIR[:tag]`, `oci-archive:FILE[:tag]`, `docker-archive:FILE[:tag]`, where a
 * digest may stand in place of the tag (`oci:DIR@sha256:…`).
 * @throws UserError when the image cannot be read, is damaged, or the name leaves open which one is meant.
 */
export async function readImageModel(
  spec: string,
  options: ReadImageOptions = {},
): Promise<ImageModel> {
  const colon = spec.indexOf(":");
  const transport = spec.slice(0, colon === -1 ? spec.length : colon);
  const rest = colon === -1 ? "" : spec.slice(colon + 1);
  if (rest === "")
    throw new UserError(`image ${JSON.stringify(spec)} names no file`, {
      where: spec,
      hint: "name it as oci:DIR, oci-archive:FILE or docker-archive:FILE",
    });
  const { path, reference } = splitReference(rest);
  const selection = { reference, platform: options.platform ?? hostPlatform() };
  return parseImage(await readDocuments(transport, path, selection), {
    displayName: spec,
    auditedAt: options.auditedAt ?? new Date().toISOString(),
  });
}

async function readDocuments(
  transport: string,
  path: string,
  selection: { reference: string | undefined; platform: Platform },
): Promise<ImageDocuments> {
  switch (transport) {
    case "oci":
      return readLayout(await openLayoutDirectory(path), selection);
    case "oci-archive":
      return readImageArchive(path, selection, "oci");
    case "docker-archive":
      return readImageArchive(path, selection, "docker");
    default:
      throw new UserError(`unknown kind of image ${JSON.stringify(transport)}`, {
        where: `${transport}:${path}`,
        hint: "known are oci, oci-archive and docker-archive",
      });
  }
}

/**
 * Part `PATH`, `PATH:tag`, `PATH:name:tag` and `PATH@digest`. Paths may hold colons too, so the longest one that
 * exists counts.
 */
function splitReference(text: string): { path: string; reference: string | undefined } {
  if (existsSync(text)) return { path: text, reference: undefined };
  const marks = [...text.matchAll(/[:@]/g)].map((m) => m.index).reverse();
  const at = marks.find((i) => i > 0 && existsSync(text.slice(0, i))) ?? marks.at(-1);
  if (at === undefined || at === 0) return { path: text, reference: undefined };
  const reference = text.slice(at + 1);
  return { path: text.slice(0, at), reference: reference === "" ? undefined : reference };
}
