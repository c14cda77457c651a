/**
 * Archives of images, read once from front to back: small JSON files are kept, everything else is hashed and dropped,
 * so that memory stays the same for a layer of any size. The only importer of tar-stream.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { posix } from "node:path";
import { type Readable, Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { isErrno, UserError } from "../base/error.ts";
import { quote } from "../oci/violation.ts";
import { type Digest, newHash } from "./digest.ts";
import { type LayoutFiles, MAX_DOCUMENT_BYTES, missingFile, tooLarge } from "./layout.ts";

/** Most entries of an archive; Docker writes three a layer. */
const MAX_ENTRIES = 20_000;
/** Most bytes of JSON kept of one archive. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;
/** Most links followed from one name to its file. */
const MAX_LINKS = 8;
/** A gzip stream that grows beyond this many bytes may not have grown by more than `MAX_RATIO`. */
const RATIO_APPLIES_BYTES = 1024 * 1024 * 1024;
const MAX_RATIO = 250;

/** One file of an archive. */
export interface ArchivedFile {
  /** `sha256:…` of the content, or `sha512:…` below `blobs/sha512/`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** The content when it may be JSON and is no larger than `MAX_DOCUMENT_BYTES`. */
  readonly content: Buffer | undefined;
  /** True when the content begins as gzip, zstd, bzip2 or xz data does. */
  readonly isCompressed: boolean;
}

/** An archive as layout files, and by name for Docker's own form. */
export interface Archive extends LayoutFiles {
  has(file: string): boolean;
  /** The file of that name, links followed inside the archive; `undefined` when there is none. */
  find(file: string): ArchivedFile | undefined;
}

type Entry = ArchivedFile | { readonly link: string };

const identityOf = (entry: Entry): string => ("link" in entry ? entry.link : entry.digest);

/**
 * Read an archive (tar, or tar in gzip) into its table of contents.
 * @throws UserError when it cannot be read, is truncated, is no tar file, or holds names that lead out of it.
 */
export async function readArchive(path: string): Promise<Archive> {
  const entries = await readEntries(path);
  const find = (file: string): ArchivedFile | undefined => {
    let name = file;
    for (let hops = 0; hops <= MAX_LINKS; hops++) {
      const entry = entries.get(name);
      if (entry === undefined || !("link" in entry)) return entry;
      name = entry.link;
    }
    throw new UserError(`${path}: ${quote(file)} is a loop of links`, { where: path });
  };
  const pathOf = (file: string): string => `${path}:${file}`;
  return {
    name: path,
    pathOf,
    artifactOf: () => path,
    has: (file) => entries.has(file),
    find,
    async read(file) {
      const entry = find(file);
      if (entry === undefined) throw missingFile(path, file);
      if (entry.size > MAX_DOCUMENT_BYTES) throw tooLarge(pathOf(file), entry.size);
      if (entry.content === undefined)
        throw new UserError(`${pathOf(file)} is not a JSON object or array`, { where: path });
      return entry.content;
    },
    async measure(file, algorithm) {
      const entry = find(file);
      if (entry === undefined) return undefined;
      // Links could give a sha256 file a name under blobs/sha512.
      if (!entry.digest.startsWith(algorithm))
        throw new UserError(`${pathOf(file)} is a link to another kind of blob`, { where: path });
      return entry;
    },
  };
}

async function readEntries(path: string): Promise<ReadonlyMap<string, Entry>> {
  const { extract: newExtract } = await import("tar-stream");
  const { file, filters } = await openStream(path);
  const extract = newExtract();
  // An error anywhere in the chain must end the loop below; `pipe` would leave it waiting.
  let failure: unknown;
  const input = [file, ...filters];
  for (const stream of input)
    stream.on("error", (error) => {
      failure ??= error;
      extract.destroy(error);
    });
  let last: Readable = file;
  for (const filter of filters) last = last.pipe(filter);
  last.pipe(extract);

  const entries = new Map<string, Entry>();
  let count = 0;
  let kept = 0;
  try {
    for await (const stream of extract) {
      const { header } = stream;
      if (++count > MAX_ENTRIES)
        throw new UserError(`${path} has more than ${MAX_ENTRIES} entries`, {
          where: path,
          hint: "this is no archive of an image",
        });
      const name = safeName(header.name, path);
      let entry: Entry | undefined;
      if (header.type === "file" || header.type === "contiguous-file") {
        entry = await readEntry(stream as AsyncIterable<Buffer>, algorithmFor(name));
        kept += entry.content?.length ?? 0;
        if (kept > MAX_KEPT_BYTES)
          throw new UserError(`${path} holds more than ${MAX_KEPT_BYTES} bytes of JSON`, {
            where: path,
          });
      } else {
        stream.resume();
        const link = linkTarget(header.type, name, header.linkname);
        if (link !== undefined) entry = { link };
      }
      if (entry === undefined) continue;
      const earlier = entries.get(name);
      // Tools differ on which of two equal names counts: what is audited could differ from what runs.
      if (earlier !== undefined && identityOf(earlier) !== identityOf(entry))
        throw new UserError(`${path} has two different entries ${quote(name)}`, { where: path });
      entries.set(name, entry);
    }
  } catch (error) {
    throw archiveError(path, failure ?? error);
  } finally {
    for (const stream of input) stream.destroy();
  }
  return entries;
}

/** The file, a decompressor when its magic asks for one, and its guard; not yet connected. */
async function openStream(
  path: string,
): Promise<{ file: Readable; filters: readonly Transform[] }> {
  let handle: FileHandle;
  try {
    // O_NONBLOCK: a FIFO would wait for a writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new UserError(`cannot open image archive ${path}`, { where: path, cause: error });
  }
  let compression: "gzip" | undefined;
  try {
    compression = await checkArchive(handle, path);
  } catch (error) {
    await handle.close();
    throw error;
  }
  const file = handle.createReadStream({ start: 0, highWaterMark: 256 * 1024 });
  if (compression === undefined) return { file, filters: [] };
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  let bytes = 0;
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      const isBomb = bytes > RATIO_APPLIES_BYTES && bytes > gunzip.bytesWritten * MAX_RATIO;
      if (isBomb)
        done(
          new UserError(`${path} is a decompression bomb: it grows more than ${MAX_RATIO} times`, {
            where: path,
          }),
        );
      else done(null, chunk);
    },
  });
  return { file, filters: [gunzip, guard] };
}

/** What the file is compressed with. @throws UserError when that, or what it is, cannot be read. */
async function checkArchive(handle: FileHandle, path: string): Promise<"gzip" | undefined> {
  const stat = await handle.stat();
  if (!stat.isFile())
    throw new UserError(`${path} is not a file`, {
      where: path,
      ...(stat.isDirectory() ? { hint: "a layout directory is named oci:DIR" } : {}),
    });
  const magic = Buffer.alloc(6);
  await handle.read(magic, 0, magic.length, 0);
  const compression = compressionOf(magic);
  if (compression === undefined || compression === "gzip") return compression;
  throw new UserError(`${path} is compressed with ${compression}`, {
    where: path,
    hint: "decompress it first; only tar and tar in gzip are read",
  });
}

function compressionOf(magic: Buffer): "gzip" | "zstd" | "bzip2" | "xz" | undefined {
  const hex = magic.toString("hex");
  if (hex.startsWith("1f8b")) return "gzip"; // RFC 1952
  if (hex.startsWith("28b52ffd")) return "zstd"; // RFC 8878
  if (hex.startsWith("425a68")) return "bzip2";
  if (hex.startsWith("fd377a585a00")) return "xz";
  return undefined;
}

function algorithmFor(name: string): Digest["algorithm"] {
  return name.startsWith("blobs/sha512/") ? "sha512" : "sha256";
}

async function readEntry(
  stream: AsyncIterable<Buffer>,
  algorithm: Digest["algorithm"],
): Promise<ArchivedFile> {
  const hash = newHash(algorithm);
  const magic = Buffer.alloc(6);
  let chunks: Buffer[] | undefined = [];
  let size = 0;
  for await (const chunk of stream) {
    if (size < magic.length) chunk.copy(magic, size);
    if (size === 0 && !/^\s*[{[]/.test(chunk.toString("latin1", 0, 64))) chunks = undefined;
    size += chunk.length;
    hash.update(chunk);
    if (size > MAX_DOCUMENT_BYTES) chunks = undefined;
    chunks?.push(chunk);
  }
  return {
    digest: `${algorithm}:${hash.digest("hex")}`,
    size,
    content: chunks === undefined || size === 0 ? undefined : Buffer.concat(chunks),
    isCompressed: compressionOf(magic) !== undefined,
  };
}

/** `a/./b/` to `a/b`. @throws UserError for names that would leave the folder they are unpacked in. */
function safeName(name: string, path: string): string {
  if (name.startsWith("/") || name.includes("\0") || name.split("/").includes(".."))
    throw new UserError(`${path} has an entry that leads out of the archive: ${quote(name)}`, {
      where: path,
      hint: "no tool writes such names for an image; do not unpack this archive",
    });
  return posix.normalize(name).replace(/\/$/, "");
}

/** Where a link leads, as a name in the archive; links that leave it lead nowhere. */
function linkTarget(
  type: string | null | undefined,
  name: string,
  target: string | null | undefined,
): string | undefined {
  if (typeof target !== "string") return undefined;
  // ustar: a hard link names its target from the root of the archive, a symbolic link from its own folder.
  if (type === "link") return posix.normalize(target);
  if (type === "symlink") return posix.normalize(posix.join(posix.dirname(name), target));
  return undefined;
}

/** Word what tar-stream and zlib throw; what is no failure of the archive stays as it is. */
function archiveError(path: string, error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const where = { where: path, cause: error };
  if (error.message === "Unexpected end of data" || error.message === "unexpected end of file")
    return new UserError(`${path} is truncated`, { ...where, hint: "copy or save it again" });
  if (/Invalid (?:tar )?header|Header exceeds max size/.test(error.message))
    return new UserError(`${path} is not a tar archive, or is damaged`, where);
  if (isErrno(error)) return new UserError(`cannot read image archive ${path}`, where);
  return error;
}
