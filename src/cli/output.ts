import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isErrno, UserError } from "../base/error.ts";

/** Terminal columns when the output is no terminal or does not tell. */
const defaultColumns = 100;

/** When to colour: `auto` means on a terminal, unless NO_COLOR (no-color.org) or TERM=dumb speak against it. */
export type ColorMode = "auto" | "always" | "never";

/** Decide whether a stream gets colour. */
export function isColoured(mode: ColorMode, stream: { readonly isTTY?: boolean }): boolean {
  if (mode !== "auto") return mode === "always";
  const { NO_COLOR = "", TERM = "" } = process.env;
  return stream.isTTY === true && NO_COLOR === "" && TERM !== "dumb";
}

/** Columns to write for. */
export function columnsOf(stream: { readonly columns?: number }): number {
  const { columns } = stream;
  return columns === undefined || columns < 40 ? defaultColumns : columns;
}

/**
 * Write to standard output and wait until it is taken. A reader that has gone (`| head`) is no failure.
 * @throws UserError when the text cannot be written, as on a full disk.
 */
export async function print(text: string): Promise<void> {
  if (text === "") return;
  await new Promise<void>((done, fail) => {
    const onError = (error: Error): void => {
      if (isErrno(error) && error.code === "EPIPE") done();
      else fail(new UserError("cannot write to standard output", { cause: error }));
    };
    process.stdout.once("error", onError);
    process.stdout.write(text, (error) => {
      if (error) return onError(error);
      process.stdout.removeListener("error", onError);
      done();
    });
  });
}

/**
 * Write a file whole or not at all: beside its place, then renamed into it. What is no regular file (`/dev/stderr`,
 * a pipe) is written to directly.
 * @throws UserError; then the old file, if any, is as it was.
 */
export function writeWhole(path: string, text: string): void {
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    if (old === undefined || old.isFile()) {
      // The file that a link means is replaced, not the link.
      replace(old === undefined ? resolve(path) : realpathSync(path), text, old?.mode);
    } else {
      const fd = openSync(path, "w");
      try {
        writeAll(fd, text);
      } finally {
        closeSync(fd);
      }
    }
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function replace(path: string, text: string, mode: number | undefined): void {
  const temporary = join(dirname(path), `.tguard-${process.pid}-${Date.now()}.tmp`);
  const fd = openSync(temporary, "wx", 0o666);
  try {
    try {
      writeAll(fd, text);
      if (mode !== undefined) fchmodSync(fd, mode & 0o7777);
      // Some file systems tell only now that the disk is full.
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; )
    written += writeSync(fd, bytes, written, bytes.length - written);
}

function cannotWrite(path: string, error: unknown): UserError {
  if (!isErrno(error)) throw error;
  const facts: Readonly<Record<string, readonly [why: string, hint?: string]>> = {
    ENOENT: ["its folder does not exist", "make the folder first"],
    EACCES: ["permission denied"],
    EPERM: ["permission denied"],
    EROFS: ["the file system is read-only"],
    EISDIR: ["it is a folder", "name a file in it"],
    ENOTDIR: ["a part of the path is not a folder"],
    ENOSPC: ["the disk is full", "free some space; an older file of this name is as it was"],
    EDQUOT: [
      "the disk quota is used up",
      "free some space; an older file of this name is as it was",
    ],
  };
  const [why, hint] = facts[error.code ?? ""] ?? [error.message];
  return new UserError(`cannot write "${path}"`, {
    cause: new Error(why),
    ...(hint !== undefined && { hint }),
  });
}
