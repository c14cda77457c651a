import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import type { Duplex } from "node:stream";
import { UserError } from "../base/error.ts";

/** Record kinds shared with init.h. */
const FAILED = 1;
const MAPS = 2;
const CREATED = 3;
const STARTED = 4;
const EXITED = 5;
const CLEANUP = 6;
const MAPPED = 16;
const GO = 17;
const SIGNAL = 18;
const WINCH = 19;
const HOOKS = 48;
const HOOKED = 49;
const TEXT = 50;
const RECORD_BYTES = 16;
/** What a failed hook said, at most. */
const MAX_TEXT = 4096;

/** What the caller does while init works. */
export interface Handlers {
  /** Write the id maps of a process that init made (an ordinary user's start). */
  writeMaps(pid: number): void | Promise<void>;
  /** The container's process exists, fully set up but not executing yet: record it before it may run. */
  created(pid: number): void | Promise<void>;
  /** The container's namespaces and mounts are made: run the hooks of the host. */
  runHooks?(pid: number): Promise<void>;
  /** A clean-up step failed; the sentence says which. */
  warn(sentence: string): void;
  /** Word the failure of an operation, by its index in the plan; `output` is what a hook printed. */
  explain(op: number, errno: number, output: string): Promise<UserError>;
}

/** A container that init is starting or watching. */
export interface Supervised {
  /** The workload executes (or, for `create`, waits for start). */
  readonly started: Promise<void>;
  /** Exit status as a shell counts it (128 + signal); resolves once the clean-up is done. Foreground only. */
  readonly exited: Promise<number>;
  signal(signal: number): void;
  windowChanged(): void;
  /** Process id of init's outer half. */
  readonly monitorPid: number;
}

/** An init that waits for its plan. */
export interface WaitingInit {
  /** Let it go: it has done nothing yet. */
  abandon(): void;
  /**
   * Give it the plan. The returned promises reject with a UserError that names the operation that failed. init dies, and
   * takes the container with it, when this process goes away before the container was handed over.
   */
  launch(encoded: Uint8Array, handlers: Handlers): Supervised;
}

function given(name: string): NodeJS.ProcessEnv {
  const value = process.env[name];
  return value === undefined ? {} : { [name]: value };
}

/**
 * Start init; it gets ready while the plan is being made. `handOn` of our descriptors, from 3 on, become its own, and the
 * workload's later; they are closed here.
 */
export function startInit(init: string, handOn = 0): WaitingInit {
  const passed = Array.from({ length: handOn }, (_, i) => 3 + i);
  const child = spawn(init, handOn === 0 ? [] : ["hand-on", String(handOn)], {
    stdio: ["inherit", "inherit", "inherit", "pipe", ...passed],
    argv0: "tguard-init",
    detached: true, // a session of its own: keyboard signals reach us alone, and we pass them on once
    // What Bun's own start has changed, to be undone (init/limits.c).
    env: given("TGUARD_LIMITS"),
  });
  for (const fd of passed) closeSync(fd);
  const control = child.stdio[3] as Duplex; // "pipe" is a socket pair: both directions
  // Writing to an init that has died is reported by its exit.
  control.on("error", () => undefined);
  let failure: Error | undefined;
  const onError = (error: Error): void => {
    failure = error;
  };
  child.on("error", onError);
  return {
    abandon: () => control.destroy(),
    launch: (encoded, handlers) => new Connection(child, control, encoded, handlers, failure),
  };
}

class Connection implements Supervised {
  readonly started: Promise<void>;
  readonly exited: Promise<number>;
  private readonly child: ChildProcess;
  private readonly control: Duplex;
  private readonly handlers: Handlers;
  private pending: Buffer = Buffer.alloc(0);
  private settled = false;
  private output: Buffer = Buffer.alloc(0);
  private failure: Promise<UserError> | undefined;
  private hasStarted = false;
  private status: number | undefined;
  private resolveStarted: () => void = () => undefined;
  private rejectStarted: (error: unknown) => void = () => undefined;
  private resolveExited: (status: number) => void = () => undefined;
  private rejectExited: (error: unknown) => void = () => undefined;

  constructor(
    child: ChildProcess,
    control: Duplex,
    encoded: Uint8Array,
    handlers: Handlers,
    failure: Error | undefined,
  ) {
    this.child = child;
    this.control = control;
    this.handlers = handlers;
    this.started = new Promise((resolve, reject) => {
      this.resolveStarted = resolve;
      this.rejectStarted = reject;
    });
    this.exited = new Promise((resolve, reject) => {
      this.resolveExited = resolve;
      this.rejectExited = reject;
    });
    // Callers may wait for one of the two only.
    this.started.catch(() => undefined);
    this.exited.catch(() => undefined);
    control.on("data", (chunk: Buffer) => this.receive(chunk));
    const cannotStart = (cause: Error): void =>
      this.settle(
        new UserError("cannot start tguard-init", {
          cause,
          hint: "install tguard-init beside tguard",
        }),
      );
    child.on("error", cannotStart);
    child.on("close", (code, signal) => void this.ended(code, signal));
    if (failure === undefined) control.write(encoded);
    else cannotStart(failure);
  }

  get monitorPid(): number {
    return this.child.pid ?? -1;
  }

  signal(signal: number): void {
    this.send(SIGNAL, signal);
  }

  windowChanged(): void {
    this.send(WINCH, 0);
  }

  private send(kind: number, err: number): void {
    if (this.settled || this.control.destroyed) return;
    const record = Buffer.alloc(RECORD_BYTES);
    record.writeUInt32LE(kind, 0);
    record.writeInt32LE(err, 8);
    this.control.write(record);
  }

  private receive(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    while (this.pending.length >= RECORD_BYTES) {
      const record = this.pending.subarray(0, RECORD_BYTES);
      this.pending = this.pending.subarray(RECORD_BYTES);
      this.handle(record.readUInt32LE(0), {
        op: record.readUInt32LE(4),
        err: record.readInt32LE(8),
        pid: record.readInt32LE(12),
        text: record.subarray(4),
      });
    }
  }

  private handle(
    kind: number,
    record: { op: number; err: number; pid: number; text: Buffer },
  ): void {
    switch (kind) {
      case FAILED:
        this.failure ??= this.handlers.explain(record.op, record.err, this.output.toString("utf8"));
        return;
      case TEXT:
        if (this.output.length < MAX_TEXT)
          this.output = Buffer.concat([this.output, untilNul(record.text)]);
        return;
      case HOOKS:
        void this.attemptAsync(async () => this.handlers.runHooks?.(record.pid), HOOKED);
        return;
      case MAPS:
        void this.attemptAsync(async () => this.handlers.writeMaps(record.pid), MAPPED);
        return;
      case CREATED:
        void this.attemptAsync(async () => this.handlers.created(record.pid), GO);
        return;
      case STARTED:
        this.hasStarted = true;
        this.resolveStarted();
        return;
      case EXITED:
        this.status = exitStatus(record.err); // its last word; it is gone when `close` comes
        return;
      case CLEANUP:
        void this.handlers
          .explain(record.op, record.err, "")
          .then(({ message }) => this.handlers.warn(message));
    }
  }

  private async attemptAsync(work: () => Promise<void>, answer: number): Promise<void> {
    try {
      await work();
      this.send(answer, 0);
    } catch (error) {
      this.abort(error);
    }
  }

  private abort(error: unknown): void {
    this.failure = Promise.resolve(
      error instanceof UserError
        ? error
        : new UserError("cannot start the container", { cause: error }),
    );
    this.control.destroy();
  }

  private async ended(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    // Before all else: whatever failed meanwhile failed because of it.
    if (this.status !== undefined) this.settle(undefined, this.status);
    else if (signal !== null) this.settle(killed(signal, this.hasStarted));
    else if (this.failure !== undefined) this.settle(await this.failure);
    else if (code === 0) this.settle(undefined, 0);
    else
      this.settle(
        new UserError("tguard-init could not read the launch plan", {
          cause: new Error(
            `it ended with status ${code}; program and init may be of different versions`,
          ),
          hint: "install tguard and tguard-init from one build",
        }),
      );
  }

  private settle(error: UserError | undefined, status = 0): void {
    if (this.settled) return;
    this.settled = true;
    this.control.destroy();
    if (error === undefined) {
      this.resolveStarted();
      this.resolveExited(status);
    } else {
      this.rejectStarted(error);
      this.rejectExited(error);
    }
  }
}

function untilNul(text: Buffer): Buffer {
  const end = text.indexOf(0);
  return end === -1 ? text : text.subarray(0, end);
}

function killed(signal: NodeJS.Signals, hasStarted: boolean): UserError {
  return new UserError(
    `tguard-init was ended by ${signal}${hasStarted ? ", and the container with it" : ""}`,
    {
      cause: new Error("somebody killed it, or the machine is out of memory"),
      hint: "start it again",
    },
  );
}

/** wait(2) status to a shell's: the exit code, or 128 + signal. */
function exitStatus(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}
