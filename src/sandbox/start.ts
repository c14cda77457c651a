import { closeSync, constants, openSync, readSync, rmSync, writeSync } from "node:fs";
import { constants as osConstants } from "node:os";
import { join } from "node:path";
import { isErrno, UserError } from "../base/error.ts";
import { explainAfterCreated } from "./after-created.ts";
import { sendSignal } from "./manage.ts";
import { notifies, startRelay } from "./notify.ts";
import { findInit } from "./places.ts";
import { EXEC_FIFO, JOIN_SOCKET, REPORT_FIFO } from "./state-files.ts";
import { type ContainerRecord, isAlive, openExecFifo, type Store } from "./store.ts";

const RECORD_BYTES = 16;
/** Part of what a failed hook printed (RECORD_TEXT of init.h). */
const TEXT = 50;

/**
 * Let the program of a created container run, and return once it does; with a service manager's socket, once it is ready.
 * @throws UserError when the container is not in that state, or the program cannot be executed.
 */
export async function startContainer(
  store: Store,
  id: string,
  notifySocket?: string,
): Promise<void> {
  const record = store.read(id); // an unknown id is an error before there is a lock
  const dir = store.dirOf(id);
  const isFirst = store.statusOf(record) === "created";
  if (notifySocket === undefined || record.process === undefined || !isFirst || !notifies(dir))
    return letRun(store, id);
  const relay = await startRelay(findInit(), dir, notifySocket, record.process.pid);
  try {
    await letRun(store, id);
  } catch (error) {
    relay.stop();
    throw error;
  }
  await relay.done;
}

async function letRun(store: Store, id: string): Promise<void> {
  await store.locked(id, async () => {
    const record = store.read(id);
    const dir = store.dirOf(id);
    await refuseFailed(record);
    requireCreated(store, record);
    // First: once the program runs, nobody holds the other end any more.
    const report = openSync(join(dir, REPORT_FIFO), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const fifo = openExecFifo(dir);
      if (fifo === undefined) throw cannotStart(id, "a container that has stopped");
      try {
        writeSync(fifo, "0");
      } finally {
        closeSync(fifo);
      }
      await awaitProgram(record, report);
    } finally {
      closeSync(report);
    }
    // Without its fifos a created container is a running one: nothing is written, so a full disk is no hindrance.
    for (const name of [EXEC_FIFO, REPORT_FIFO, JOIN_SOCKET])
      rmSync(join(dir, name), { force: true });
  });
  const record = store.tryRead(id);
  if (record?.hooks !== undefined) await poststart(record);
}

/** The program executes; when one of these hooks fails the container ends (runtime.md#lifecycle, step 9). */
async function poststart(record: ContainerRecord): Promise<void> {
  const [{ runHooks }, { hookState }] = await Promise.all([
    import("./run-hooks.ts"),
    import("./hook-state.ts"),
  ]);
  try {
    await runHooks(record.hooks, "poststart", hookState(record, "running", record.process?.pid));
  } catch (error) {
    if (record.process !== undefined && isAlive(record.process))
      sendSignal(record.process, osConstants.signals.SIGKILL);
    throw error;
  }
}

/** init's front has let the program begin, and was told that it cannot: only the words are missing. */
async function refuseFailed({ afterCreated }: ContainerRecord): Promise<void> {
  const told = /^(\d+) (-?\d+)$/.exec(process.env["TGUARD_START_FAILED"] ?? "");
  if (told !== null && afterCreated !== undefined)
    throw await explainAfterCreated(afterCreated, Number(told[1]), Number(told[2]), "");
}

function requireCreated(store: Store, record: ContainerRecord): void {
  switch (store.statusOf(record)) {
    case "created":
      return;
    case "stopped":
      throw cannotStart(record.id, "a container that has stopped");
    case "running":
      throw cannotStart(record.id, "an already running container");
    default:
      throw cannotStart(record.id, `a container in the ${store.statusOf(record)} state`);
  }
}

function cannotStart(id: string, what: string): UserError {
  return new UserError(`cannot start ${what}: "${id}"`, {
    hint: "tguard state shows where it is; a container starts once",
  });
}

/** The process holds its end of the report until exec closes it; before that it may write why there was none. */
async function awaitProgram(record: ContainerRecord, report: number): Promise<void> {
  const failure = Buffer.alloc(RECORD_BYTES);
  let output = "";
  for (let tries = 0; ; tries++) {
    const length = readNow(report, failure);
    if (length === RECORD_BYTES && failure.readUInt32LE(0) === TEXT) {
      output += failure.toString("utf8", 4).replace(/\0+$/, "");
      continue;
    }
    if (length === RECORD_BYTES) {
      const { afterCreated } = record;
      if (afterCreated === undefined) throw new Error("a created container has no operations left");
      throw await explainAfterCreated(
        afterCreated,
        failure.readUInt32LE(4),
        failure.readInt32LE(8),
        output,
      );
    }
    if (length !== undefined) return;
    // Hooks in the container may take their time; a killed process would never answer.
    if (tries % 100 === 99 && !isAlive(record.process)) return;
    await new Promise((resolve) => setTimeout(resolve, tries < 20 ? 0 : 1));
  }
}

/** Bytes read, 0 when every writer is gone, undefined when there is nothing yet. */
function readNow(fd: number, into: Buffer): number | undefined {
  try {
    return readSync(fd, into);
  } catch (error) {
    if (isErrno(error) && error.code === "EAGAIN") return undefined;
    throw error;
  }
}
