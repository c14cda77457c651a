import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isErrno, UserError } from "../../base/error.ts";
import type { BundleModel } from "./model.ts";
import { parseBundleConfig } from "./parse.ts";

/** Largest config.json that is read, in bytes; engines write some 20 kB. */
const MAX_CONFIG_BYTES = 16 * 1024 * 1024;

/**
 * Read the config.json of a bundle directory.
 * @throws UserError when it is absent, unreadable, over 16 MiB, no JSON, or breaks the runtime-spec schema.
 */
export async function readBundleModel(dir: string): Promise<BundleModel> {
  const path = join(dir, "config.json");
  const text = await readConfigText(dir, path);
  return parseBundleConfig(text, { displayName: dir, path, directory: resolve(dir) });
}

async function readConfigText(dir: string, path: string): Promise<string> {
  let handle: FileHandle;
  try {
    // O_NONBLOCK: a FIFO would wait for a writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const isAbsent = isErrno(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");
    throw isAbsent
      ? new UserError(`${dir} is not a bundle: it has no config.json`, {
          where: path,
          cause: error,
          hint: "name a directory that holds config.json and the root file system",
        })
      : new UserError(`cannot read ${path}`, { where: path, cause: error });
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new UserError(`${path} is not a regular file`, { where: path });
    if (stat.size > MAX_CONFIG_BYTES)
      throw new UserError(`${path} is too large: ${stat.size} bytes, at most ${MAX_CONFIG_BYTES}`, {
        where: path,
      });
    const bytes = Buffer.alloc(stat.size);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(0, bytesRead),
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    const what = error instanceof TypeError ? `${path} is not UTF-8` : `cannot read ${path}`;
    throw new UserError(what, { where: path, cause: error });
  } finally {
    await handle.close();
  }
}
