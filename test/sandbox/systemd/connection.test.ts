import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bus, connectBus } from "../../../src/sandbox/systemd/connection.ts";
import { decodeMessage, encodeMessage, MESSAGE } from "../../../src/sandbox/systemd/wire.ts";

let dir: string;
let server: Server | undefined;
let bus: Bus | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tguard-dbus-"));
});
afterEach(() => {
  bus?.close();
  server?.close();
  rmSync(dir, { recursive: true });
});

/** A peer that says `greeting`, and answers each call by what `answer` makes of it. */
function serve(
  greeting: string,
  answer: (member: string, serial: number) => readonly Uint8Array[],
  chunk = 1 << 20,
): Promise<string> {
  const path = join(dir, "bus");
  return new Promise((resolve) => {
    server = createServer((socket: Socket) => {
      let pending = Buffer.alloc(0);
      let isIn = false;
      socket.on("data", (data: Buffer) => {
        pending = Buffer.concat([pending, data]);
        if (!isIn && pending.includes("BEGIN\r\n")) {
          expect(pending.toString()).toBe("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n");
          pending = Buffer.alloc(0);
          isIn = true;
          socket.write(greeting);
        }
        for (let m = isIn ? decodeMessage(pending) : undefined; m; m = decodeMessage(pending)) {
          pending = pending.subarray(m.length);
          const bytes = Buffer.concat(answer(m.message.member ?? "", m.message.serial));
          for (let at = 0; at < bytes.length; at += chunk)
            socket.write(bytes.subarray(at, at + chunk));
        }
      });
      socket.on("error", () => undefined);
    }).listen(path, () => resolve(path));
  });
}

const OK = "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n";
const reply = (replySerial: number, text: string): Uint8Array =>
  encodeMessage({ kind: MESSAGE.RETURN, serial: 9, replySerial, signature: "s", body: [text] });
const call = (member: string) => ({ path: "/", interface: "a.b", member });

describe("against a peer of our own", () => {
  test("calls find their answers, in pieces and out of order", async () => {
    const held: Uint8Array[] = [];
    const path = await serve(
      OK,
      (member, serial) => {
        if (member === "first") {
          held.push(reply(serial, "one"));
          return [];
        }
        return [reply(serial, "two"), ...held];
      },
      3,
    );
    bus = await connectBus(path, "x", true);
    const first = bus.call(call("first"));
    expect(await bus.call(call("second"))).toEqual(["two"]);
    expect(await first).toEqual(["one"]);
  });

  test("an error answers with its name, a signal reaches who waits for it", async () => {
    const signal = encodeMessage({
      kind: MESSAGE.SIGNAL,
      serial: 5,
      path: "/",
      interface: "a.b",
      member: "Done",
      signature: "u",
      body: [7],
    });
    const path = await serve(OK, (_, replySerial) => [
      signal,
      encodeMessage({
        kind: MESSAGE.ERROR,
        serial: 6,
        replySerial,
        errorName: "a.b.No",
        signature: "s",
        body: ["not now"],
      }),
    ]);
    bus = await connectBus(path, "x", true);
    const done = bus.signal(({ member }) => member === "Done");
    await expect(bus.call(call("x"))).rejects.toMatchObject({ name: "a.b.No", message: "not now" });
    expect((await done).body).toEqual([7]);
  });

  test.each([
    ["REJECTED EXTERNAL\r\n", "does not let this user in"],
    ["x".repeat(5000), "malformed D-Bus greeting"],
  ])("a greeting that says no: %.20s", async (greeting, message) => {
    await expect(connectBus(await serve(greeting, () => []), "x", true)).rejects.toThrow(message);
  });

  test("bytes that are no message end the connection", async () => {
    const path = await serve(OK, () => [Buffer.from("this is not D-Bus at all")]);
    bus = await connectBus(path, "x", true);
    await expect(bus.call(call("x"))).rejects.toThrow("malformed D-Bus header");
    await expect(bus.call(call("y"))).rejects.toThrow("malformed");
  });

  test("nobody there", async () => {
    await expect(connectBus(join(dir, "none"), "x", true)).rejects.toThrow(/ENOENT/);
  });
});

const DAEMON = "/usr/bin/dbus-daemon";
test.runIf(existsSync(DAEMON))("a real dbus-daemon lets us in and answers", async () => {
  const path = join(dir, "session");
  const daemon = spawn(
    DAEMON,
    ["--session", "--nofork", "--print-address", `--address=unix:path=${path}`],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  try {
    await new Promise((resolve) => daemon.stdout.once("data", resolve));
    bus = await connectBus(path, "org.freedesktop.DBus", false);
    const [names] = await bus.call({
      path: "/org/freedesktop/DBus",
      interface: "org.freedesktop.DBus",
      member: "ListNames",
    });
    expect(names).toContain("org.freedesktop.DBus");
    await expect(
      bus.call({ path: "/", interface: "org.freedesktop.DBus", member: "NoSuch" }),
    ).rejects.toMatchObject({ name: "org.freedesktop.DBus.Error.UnknownMethod" });
  } finally {
    daemon.kill();
  }
});
