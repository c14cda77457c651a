/**
 * What `docker save` writes: a tar file whose manifest.json lists images (Docker image specification 1.2, "Combined
 * Image JSON + Filesystem Changeset Format"). Since Docker 25 the same file is an OCI layout as well.
 */
import { posix } from "node:path";
import { UserError } from "../base/error.ts";
import { JsonCursor } from "../base/json-source.ts";
import { quote } from "../oci/violation.ts";
import { type Archive, readArchive } from "./archive.ts";
import { checkBlob } from "./digest.ts";
import { MEDIA_TYPES, parseImageConfig } from "./image-spec.ts";
import {
  decodeUtf8,
  type ImageDocuments,
  parseDocument,
  readLayout,
  type Selection,
} from "./layout.ts";

const MAX_IMAGES = 1000;

/**
 * Read one image of an archive, whichever of the two forms it has; `prefer` decides when it has both.
 * @throws UserError when the archive is damaged, or when it does not say which image is meant.
 */
export async function readImageArchive(
  path: string,
  selection: Selection,
  prefer: "oci" | "docker",
): Promise<ImageDocuments> {
  const archive = await readArchive(path);
  const hasDocker = archive.has("manifest.json");
  const hasOci = archive.has("index.json");
  if (hasDocker && (prefer === "docker" || !hasOci)) return readDockerImage(archive, selection);
  if (hasOci) return readLayout(archive, selection);
  throw new UserError(`${path} is not an image archive`, {
    where: path,
    cause: new Error("it has neither manifest.json nor index.json"),
    hint: archive.has("repositories")
      ? "it is in the form of Docker before 1.10; load and save it with a current Docker"
      : 'write one with "docker save" or "skopeo copy"',
  });
}

interface SavedImage {
  readonly config: string;
  readonly repoTags: readonly string[];
  readonly layers: readonly JsonCursor[];
}

async function readDockerImage(archive: Archive, selection: Selection): Promise<ImageDocuments> {
  const list = new JsonCursor(
    parseDocument(await archive.read("manifest.json"), archive.pathOf("manifest.json")),
  );
  const items = list.items();
  if (items.length > MAX_IMAGES) list.fail(`lists ${items.length} images, at most ${MAX_IMAGES}`);
  const image = choose(archive, items.map(parseSavedImage), selection.reference);
  const file = archive.find(image.config);
  if (file === undefined)
    throw new UserError(
      `image archive ${archive.name} lacks the image config ${quote(image.config)}`,
      {
        where: archive.pathOf("manifest.json"),
        hint: "save the image again; a part of it is missing",
      },
    );
  const { digest } = file;
  const bytes = await archive.read(image.config);
  const named = /^[0-9a-f]{64}$/.exec(posix.basename(image.config, ".json"))?.[0];
  if (named !== undefined)
    checkBlob(
      { digest: `sha256:${named}` },
      { digest, size: bytes.length },
      archive.pathOf(image.config),
    );
  const source = parseDocument(bytes, archive.pathOf(image.config));
  const { diffIds } = parseImageConfig(source);
  if (diffIds.length !== image.layers.length)
    throw new UserError(
      `${archive.name} lists ${image.layers.length} layers, its image config ${diffIds.length}`,
      { where: archive.pathOf("manifest.json") },
    );
  return {
    configText: decodeUtf8(bytes, source.name),
    configPath: archive.artifactOf(image.config),
    configDigest: digest,
    configMediaType: MEDIA_TYPES.dockerConfig,
    layers: image.layers.map((at, i) => {
      const diffId = diffIds[i] ?? "";
      return {
        digest: diffId,
        size: checkedLayerSize(archive, at, diffId),
        mediaType: MEDIA_TYPES.dockerLayer,
      };
    }),
    repoTags: image.repoTags,
  };
}

function parseSavedImage(at: JsonCursor): SavedImage {
  return {
    config: at.need("Config").string(),
    repoTags: at.get("RepoTags")?.strings() ?? [],
    layers: at.get("Layers")?.items() ?? [],
  };
}

function choose(
  archive: Archive,
  images: readonly SavedImage[],
  reference: string | undefined,
): SavedImage {
  const where = archive.pathOf("manifest.json");
  const names = images.flatMap((image) => image.repoTags).slice(0, 10);
  const hint =
    names.length > 0 ? { hint: `it holds ${names.map((n) => quote(n)).join(", ")}` } : {};
  const named = images.filter(
    ({ repoTags }) =>
      reference === undefined ||
      repoTags.some(
        (tag) =>
          tag === reference || tag === `${reference}:latest` || tag.endsWith(`:${reference}`),
      ),
  );
  const [first, ...others] = named;
  if (first === undefined) {
    const what = reference === undefined ? "no image" : `no image ${quote(reference)}`;
    throw new UserError(`${archive.name} holds ${what}`, { where, ...hint });
  }
  if (others.some((other) => other.config !== first.config))
    throw new UserError(`${archive.name} holds several images`, { where, ...hint });
  return first;
}

/** Bytes of a layer file, after its content was compared with the diff ID (an uncompressed layer hashes to it). */
function checkedLayerSize(archive: Archive, at: JsonCursor, diffId: string): number {
  const name = at.string();
  const file = archive.find(posix.normalize(name));
  if (file === undefined)
    throw new UserError(`image archive ${archive.name} lacks the layer ${quote(name)}`, {
      where: archive.pathOf("manifest.json"),
      hint: "save the image again; a part of it is missing",
    });
  const where = archive.pathOf(name);
  if (!file.isCompressed && diffId.startsWith("sha256:"))
    checkBlob({ digest: diffId }, file, where);
  const blob = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
  if (blob !== undefined) checkBlob({ digest: `sha256:${blob}` }, file, where);
  return file.size;
}
