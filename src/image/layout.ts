/**
 * OCI image layouts (image-spec, image-layout.md): from index.json to one image's config. The files come from a
 * directory (`openLayoutDirectory`) or from an archive; nothing they say is believed before digest and size match.
 */
import { constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import { type JsonSource, parseJsonSource } from "../base/json-source.ts";
import { quote } from "../oci/violation.ts";
import { blobPath, checkBlob, type Digest, newHash, parseDigest } from "./digest.ts";
import {
  type Descriptor,
  formatPlatform,
  isIndex,
  isManifest,
  type Platform,
  parseIndex,
  parseManifest,
} from "./image-spec.ts";

/** Largest index, manifest or config that is read, in bytes; distribution-spec asks registries for 4 MiB. */
export const MAX_DOCUMENT_BYTES: number = 4 * 1024 * 1024;

/** Deepest nesting of indexes; builders write two levels. */
const MAX_INDEX_DEPTH = 4;
/** Most indexes and manifests opened for one image. */
const MAX_DOCUMENTS = 200;

/** The files of a layout, wherever they are. Paths are relative to it, with `/`. */
export interface LayoutFiles {
  /** Layout or archive as the user named it; errors show it. */
  readonly name: string;
  /** What errors call a file of the layout. */
  pathOf(file: string): string;
  /** The file on disk that holds it: itself, or the archive. */
  artifactOf(file: string): string;
  /**
   * Content of a small file.
   * @throws UserError when it is absent, not a regular file, outside the layout, or larger than `MAX_DOCUMENT_BYTES`.
   */
  read(file: string): Promise<Buffer>;
  /** Digest and bytes of a file of any size; `undefined` when it is absent. @throws UserError as `read` does. */
  measure(
    file: string,
    algorithm: Digest["algorithm"],
  ): Promise<{ digest: string; size: number } | undefined>;
}

/** One image found in a layout or archive: its config as text, and what surrounds it. */
export interface ImageDocuments {
  readonly configText: string;
  /** File on disk that holds the config. */
  readonly configPath: string;
  readonly configDigest: string;
  readonly configMediaType: string;
  readonly layers: readonly Pick<Descriptor, "digest" | "size" | "mediaType">[];
  readonly repoTags: readonly string[];
}

/** Which image of a layout to read. */
export interface Selection {
  /** Tag, full name or digest; without it the layout must hold one image. */
  readonly reference: string | undefined;
  /** Preferred platform of a multi-platform image. */
  readonly platform: Platform;
}

/** linux and this machine's architecture in Go's words (image-index.md: GOOS, GOARCH). */
export function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le" };
  return { os: "linux", architecture: names[process.arch] ?? process.arch };
}

/**
 * Find one image in a layout, and check every blob of it against digest and size.
 * @throws UserError when the layout is damaged, or when it does not say which image is meant.
 */
export async function readLayout(
  files: LayoutFiles,
  selection: Selection,
): Promise<ImageDocuments> {
  await checkLayoutVersion(files);
  const bytes = await files.read("index.json");
  const index = parseIndex(parseDocument(bytes, files.pathOf("index.json")));
  const chosen = await chooseManifest(files, index.manifests, selection);
  const manifest = parseManifest(await readDocument(files, chosen.manifest));
  const configDigest = digestOf(manifest.config);
  const config = await readBlob(files, manifest.config);
  for (const layer of manifest.layers) await checkLayer(files, layer);
  return {
    configText: decodeUtf8(config, files.pathOf(blobPath(configDigest))),
    configPath: files.artifactOf(blobPath(configDigest)),
    configDigest: manifest.config.digest,
    configMediaType: manifest.config.mediaType,
    layers: manifest.layers,
    repoTags: chosen.names,
  };
}

/**
 * The files of a layout directory. Symbolic links may lead anywhere inside the layout and nowhere else.
 * @throws UserError when `directory` is not a directory.
 */
export async function openLayoutDirectory(directory: string): Promise<LayoutFiles> {
  const root = await realDirectory(directory);
  const openFile = async (file: string): Promise<FileHandle | undefined> => {
    const path = join(directory, file);
    let real: string;
    try {
      real = await realpath(path);
    } catch (error) {
      if (isErrno(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) {
        // A dangling link must not pass for a blob that somebody left out.
        if (!(await isLink(path))) return undefined;
        throw new UserError(`${path} is a symbolic link to nothing`, { where: path, cause: error });
      }
      throw new UserError(`cannot read ${path}`, { where: path, cause: error });
    }
    if (!real.startsWith(root === sep ? root : root + sep))
      throw new UserError(`${path} leads out of the image layout`, {
        where: path,
        cause: new Error(`it is a symbolic link to ${real}`),
        hint: "copy the blobs into the layout; links out of it are not followed",
      });
    // O_NONBLOCK: a FIFO in place of a blob must not hang the audit.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    let handle: FileHandle;
    try {
      handle = await open(real, flags);
    } catch (error) {
      throw new UserError(`cannot read ${path}`, { where: path, cause: error });
    }
    const stat = await handle.stat();
    if (stat.isFile()) return handle;
    await handle.close();
    throw new UserError(`${path} is not a regular file`, { where: path });
  };

  return {
    name: directory,
    pathOf: (file) => join(directory, file),
    artifactOf: (file) => join(directory, file),
    async read(file) {
      const handle = await openFile(file);
      if (handle === undefined) throw missingFile(directory, file);
      try {
        const { size } = await handle.stat();
        if (size > MAX_DOCUMENT_BYTES) throw tooLarge(join(directory, file), size);
        return await readWhole(handle, join(directory, file));
      } finally {
        await handle.close();
      }
    },
    async measure(file, algorithm) {
      const handle = await openFile(file);
      if (handle === undefined) return undefined;
      try {
        return await hashFile(handle, algorithm);
      } finally {
        await handle.close();
      }
    },
  };
}

/** Error for a file that a layout must have. */
export function missingFile(name: string, file: string): UserError {
  const hint = file.startsWith("blobs/")
    ? "copy the whole image again; a part of it is missing"
    : "name the directory that holds index.json, or an archive of it";
  const what = file.startsWith("blobs/")
    ? `image ${name} lacks the blob ${file}`
    : `${name} is not an OCI image layout: it has no ${file}`;
  return new UserError(what, { where: name, hint });
}

/** Error for a JSON document over `MAX_DOCUMENT_BYTES`. */
export function tooLarge(path: string, size: number): UserError {
  return new UserError(`${path} is too large: ${size} bytes, at most ${MAX_DOCUMENT_BYTES}`, {
    where: path,
    hint: "an index, manifest or image config of this size is damaged or hostile",
  });
}

/** Parse a JSON document of an image. @throws UserError when it is not UTF-8 or not JSON. */
export function parseDocument(bytes: Buffer, name: string): JsonSource {
  return parseJsonSource(decodeUtf8(bytes, name), { name });
}

/** Decode strictly. @throws UserError when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new UserError(`${name} is not UTF-8`, { where: name, cause: error });
  }
}

// image-layout.md#oci-layout-file
async function checkLayoutVersion(files: LayoutFiles): Promise<void> {
  const source = parseDocument(await files.read("oci-layout"), files.pathOf("oci-layout"));
  const version =
    typeof source.value === "object" &&
    source.value !== null &&
    "imageLayoutVersion" in source.value
      ? source.value.imageLayoutVersion
      : undefined;
  if (typeof version !== "string" || !/^1\.\d+\.\d+/.test(version))
    throw new UserError(`${files.name} has image layout version ${JSON.stringify(version)}`, {
      where: source.name,
      hint: 'version "1.0.0" is read',
    });
}

interface Candidate {
  readonly manifest: Descriptor;
  readonly names: readonly string[];
}

async function chooseManifest(
  files: LayoutFiles,
  top: readonly Descriptor[],
  { reference, platform }: Selection,
): Promise<Candidate> {
  const named = top.filter((d) => reference === undefined || isNamed(d, reference));
  if (named.length === 0) {
    const names = [...new Set(top.flatMap(namesOf))];
    throw new UserError(
      reference === undefined
        ? `${files.name} holds no image`
        : `${files.name} holds no image ${quote(reference)}`,
      {
        where: files.pathOf("index.json"),
        ...(names.length > 0 ? { hint: `it holds ${listed(names)}` } : {}),
      },
    );
  }
  const names = [...new Set(named.flatMap(namesOf))];
  const distinct = new Set(named.map((d) => d.digest));
  if (reference === undefined && names.length > 1 && distinct.size > 1)
    throw new UserError(`${files.name} holds several images`, {
      where: files.pathOf("index.json"),
      hint: `add ":NAME"; it holds ${listed(names)}`,
    });

  const budget = { documents: MAX_DOCUMENTS };
  const found: Descriptor[] = [];
  for (const descriptor of named) await collect(files, descriptor, 1, budget, found);
  const images = [...new Map(found.map((d) => [d.digest, d])).values()].filter(isImage);
  const best = images.find((d) => matches(d.platform, platform));
  const only = images.length === 1 ? images[0] : undefined;
  const manifest = best ?? only;
  if (manifest !== undefined) return { manifest, names };
  const platforms = images.map((d) => (d.platform ? formatPlatform(d.platform) : "unknown"));
  throw new UserError(
    images.length === 0
      ? `${files.name} holds no image manifest`
      : `${files.name} has no image for ${formatPlatform(platform)}`,
    {
      where: files.pathOf("index.json"),
      ...(images.length > 0 ? { hint: `it has ${listed(platforms)}` } : {}),
    },
  );
}

/** Follow nested indexes down to manifests. */
async function collect(
  files: LayoutFiles,
  descriptor: Descriptor,
  depth: number,
  budget: { documents: number },
  found: Descriptor[],
): Promise<void> {
  if (!isIndex(descriptor.mediaType)) {
    found.push(descriptor);
    return;
  }
  if (depth > MAX_INDEX_DEPTH)
    throw new UserError(`${files.name} nests image indexes deeper than ${MAX_INDEX_DEPTH}`, {
      where: files.pathOf("index.json"),
    });
  if (--budget.documents < 0)
    throw new UserError(`${files.name} has more than ${MAX_DOCUMENTS} image indexes`, {
      where: files.pathOf("index.json"),
    });
  const index = parseIndex(await readDocument(files, descriptor));
  for (const next of index.manifests) await collect(files, next, depth + 1, budget, found);
}

/** Manifests that can be run: BuildKit stores attestations as manifests for the platform unknown/unknown. */
function isImage(descriptor: Descriptor): boolean {
  return (
    isManifest(descriptor.mediaType) &&
    descriptor.annotations["vnd.docker.reference.type"] === undefined &&
    descriptor.platform?.os !== "unknown"
  );
}

function matches(platform: Platform | undefined, wanted: Platform): boolean {
  return (
    platform !== undefined &&
    platform.os === wanted.os &&
    platform.architecture === wanted.architecture &&
    (wanted.variant === undefined || wanted.variant === platform.variant)
  );
}

/** Names of an entry of index.json: image-spec, annotations.md, and containerd's full name. */
function namesOf({ annotations }: Descriptor): readonly string[] {
  const name =
    annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"];
  return name === undefined ? [] : [name];
}

function isNamed(descriptor: Descriptor, reference: string): boolean {
  const { annotations, digest } = descriptor;
  const tag = annotations["org.opencontainers.image.ref.name"];
  return (
    tag === reference ||
    tag?.endsWith(`:${reference}`) === true ||
    annotations["io.containerd.image.name"] === reference ||
    digest === reference
  );
}

function digestOf({ digest }: Descriptor): Digest {
  const parsed = parseDigest(digest);
  if (parsed === undefined) throw new Error(`descriptor was not checked: ${digest}`);
  return parsed;
}

async function readBlob(files: LayoutFiles, descriptor: Descriptor): Promise<Buffer> {
  const digest = digestOf(descriptor);
  const file = blobPath(digest);
  const path = files.pathOf(file);
  if (descriptor.size > MAX_DOCUMENT_BYTES) throw tooLarge(path, descriptor.size);
  const bytes = await files.read(file);
  const hex = newHash(digest.algorithm).update(bytes).digest("hex");
  checkBlob(descriptor, { digest: `${digest.algorithm}:${hex}`, size: bytes.length }, path);
  return bytes;
}

async function readDocument(files: LayoutFiles, descriptor: Descriptor): Promise<JsonSource> {
  const path = files.pathOf(blobPath(digestOf(descriptor)));
  return parseDocument(await readBlob(files, descriptor), path);
}

async function checkLayer(files: LayoutFiles, layer: Descriptor): Promise<void> {
  const digest = digestOf(layer);
  const actual = await files.measure(blobPath(digest), digest.algorithm);
  if (actual !== undefined) checkBlob(layer, actual, files.pathOf(blobPath(digest)));
  else if (!layer.isForeign) throw missingFile(files.name, blobPath(digest));
}

async function realDirectory(directory: string): Promise<string> {
  try {
    const real = await realpath(directory);
    if ((await lstat(real)).isDirectory()) return real;
  } catch (error) {
    const hint = "name a directory that holds an OCI image layout";
    throw new UserError(`cannot open image layout ${directory}`, {
      where: directory,
      cause: error,
      hint,
    });
  }
  throw new UserError(`${directory} is not a directory`, {
    where: directory,
    hint: "an archive is named oci-archive:FILE or docker-archive:FILE",
  });
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isErrno(error) && (error.code === "ENOENT" || error.code === "ENOTDIR")) return false;
    throw error;
  }
}

/** Read at most one byte over the limit, so that a file that grows cannot fill the memory. */
async function readWhole(handle: FileHandle, path: string): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.min((await handle.stat()).size, MAX_DOCUMENT_BYTES) + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  throw new UserError(`${path} changed while it was read`, { where: path });
}

async function hashFile(
  handle: FileHandle,
  algorithm: Digest["algorithm"],
): Promise<{ digest: string; size: number }> {
  const hash = newHash(algorithm);
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  let size = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return { digest: `${algorithm}:${hash.digest("hex")}`, size };
    hash.update(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
}

/** At most ten names in quotes; index.json may list a thousand. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(quote);
  return names.length > 10 ? `${shown.join(", ")} and ${names.length - 10} more` : shown.join(", ");
}
