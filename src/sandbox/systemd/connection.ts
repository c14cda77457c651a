/** A connection to a D-Bus over its Unix socket: calls and their answers, signals. */
import { connect, type Socket } from "node:net";
import { type DBusValue, decodeMessage, encodeMessage, MESSAGE, type Message } from "./wire.ts";

/** What to call. */
export interface Call {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly DBusValue[];
}

/** An answer that says no: the D-Bus error's name and its text. */
export class DBusError extends Error {
  override readonly name: string;

  constructor(name: string, text: string) {
    super(text === "" ? name : text);
    this.name = name;
  }
}

export interface Bus {
  /** Call a method of `destination`. @throws DBusError when the answer is an error. */
  call(call: Call): Promise<readonly DBusValue[]>;
  /** The first signal that `matches`; signals that came before are not seen. */
  signal(matches: (message: Message) => boolean): Promise<Message>;
  close(): void;
}

/** A bus that does not answer for this long is taken to be dead; starting a unit waits in a queue of jobs. */
const PATIENCE_MS = 30_000;
const MAX_LINE = 4096;

/**
 * Connect, authenticate by what the kernel says of this process (EXTERNAL), and say hello where it is a bus.
 * `peer`: the other end is the service itself (systemd's private socket), which knows neither names nor hello.
 * @throws Error when there is nobody, or we are not let in.
 */
export async function connectBus(
  socketPath: string,
  destination: string,
  peer: boolean,
): Promise<Bus> {
  const connection = new Connection(connect(socketPath), peer ? undefined : destination);
  try {
    await connection.authenticated;
    if (!peer)
      await connection.call(
        { path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus", member: "Hello" },
        "org.freedesktop.DBus",
      );
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

interface Waiting {
  resolve(body: readonly DBusValue[]): void;
  reject(error: Error): void;
}

class Connection implements Bus {
  readonly authenticated: Promise<void>;
  private readonly socket: Socket;
  private readonly destination: string | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Set<{
    matches(message: Message): boolean;
    resolve(message: Message): void;
    reject(error: Error): void;
  }>();
  private pending: Buffer = Buffer.alloc(0);
  private isIn = false;
  private serial = 0;
  private failure: Error | undefined;
  private admit: () => void = () => undefined;
  private refuse: (error: Error) => void = () => undefined;

  constructor(socket: Socket, destination: string | undefined) {
    this.socket = socket;
    this.destination = destination;
    this.authenticated = new Promise((resolve, reject) => {
      this.admit = resolve;
      this.refuse = reject;
    });
    this.authenticated.catch(() => undefined);
    // No identity in the text: the server takes the one that the kernel tells it, which is right in user namespaces too.
    // BEGIN goes with it, as sd-bus sends it: a systemd that reads it together with the first call leaves the call lying.
    socket.on("connect", () => socket.write("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"));
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error("the D-Bus connection was closed")));
  }

  call(call: Call, destination = this.destination): Promise<readonly DBusValue[]> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const serial = ++this.serial;
    const answer = new Promise<readonly DBusValue[]>((resolve, reject) =>
      this.waiting.set(serial, { resolve, reject }),
    );
    this.socket.write(
      encodeMessage({
        ...call,
        kind: MESSAGE.CALL,
        serial,
        ...(destination === undefined ? {} : { destination }),
      }),
    );
    return this.patiently(answer, call.member);
  }

  signal(matches: (message: Message) => boolean): Promise<Message> {
    const seen = new Promise<Message>((resolve, reject) => {
      const listener = {
        matches,
        reject,
        resolve: (message: Message): void => {
          this.listeners.delete(listener);
          resolve(message);
        },
      };
      this.listeners.add(listener);
    });
    const awaited = this.patiently(seen, "a signal");
    awaited.catch(() => undefined); // the caller may never come to wait for it
    return awaited;
  }

  close(): void {
    this.failure ??= new Error("the D-Bus connection was closed");
    this.socket.destroy();
  }

  private patiently<T>(answer: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer to ${what} within ${PATIENCE_MS / 1000} seconds`)),
        PATIENCE_MS,
      );
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  private receive(chunk: Buffer): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    try {
      while (this.isIn ? this.takeMessage() : this.takeLine());
    } catch (error) {
      this.fail(error as Error);
      this.socket.destroy();
    }
  }

  /** "DATA", then "OK <guid>"; D-Bus specification, "Authentication Protocol". */
  private takeLine(): boolean {
    const end = this.pending.indexOf("\r\n");
    if (end === -1) {
      if (this.pending.length > MAX_LINE) throw new Error("malformed D-Bus greeting");
      return false;
    }
    const line = this.pending.toString("latin1", 0, end);
    this.pending = this.pending.subarray(end + 2);
    if (line === "DATA") return true;
    if (!line.startsWith("OK ")) throw new Error(`D-Bus does not let this user in: ${line}`);
    this.isIn = true;
    this.admit();
    return true;
  }

  private takeMessage(): boolean {
    const next = decodeMessage(this.pending);
    if (next === undefined) return false;
    this.pending = this.pending.subarray(next.length);
    this.dispatch(next.message);
    return true;
  }

  private dispatch(message: Message): void {
    if (message.kind === MESSAGE.SIGNAL) {
      for (const listener of [...this.listeners])
        if (listener.matches(message)) listener.resolve(message);
      return;
    }
    const waiting = this.waiting.get(message.replySerial ?? 0);
    this.waiting.delete(message.replySerial ?? 0);
    if (message.kind === MESSAGE.RETURN) waiting?.resolve(message.body ?? []);
    if (message.kind === MESSAGE.ERROR)
      waiting?.reject(new DBusError(message.errorName ?? "error", String(message.body?.[0] ?? "")));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.refuse(error);
    for (const { reject } of [...this.waiting.values(), ...this.listeners]) reject(error);
    this.waiting.clear();
    this.listeners.clear();
  }
}
