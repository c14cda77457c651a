/**
 * Reading and writing control files. A group can go away at any moment, with its files: that is an answer, not an error.
 */
import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { isErrno } from "../../base/error.ts";

/** A control file's text; undefined when it, or its group, is not there or has nothing to say (threaded groups, files to write only). */
export function readControl(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isGone(error) || isUnsupported(error) || (isErrno(error) && error.code === "EINVAL"))
      return undefined;
    throw error;
  }
}

/** One write(2) to a control file, which is never created. @throws the errno of open(2) or write(2). */
export function writeControl(path: string, value: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    writeSync(fd, value);
  } finally {
    closeSync(fd);
  }
}

/** The same; false when the file does not exist or takes nothing here. */
export function tryWriteControl(path: string, value: string): boolean {
  try {
    writeControl(path, value);
    return true;
  } catch (error) {
    if (isGone(error) || isUnsupported(error)) return false;
    throw error;
  }
}

/** ENODEV: the group was removed while its file was open. */
export const isGone = (error: unknown): boolean =>
  isErrno(error) &&
  (error.code === "ENOENT" || error.code === "ENODEV" || error.code === "ENOTDIR");

/** The file is there and the kernel cannot do that with it. */
export const isUnsupported = (error: unknown): boolean =>
  isErrno(error) && (error.code === "EOPNOTSUPP" || error.code === "ENOTSUP");
