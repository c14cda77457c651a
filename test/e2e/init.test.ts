import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodePlan } from "../../src/sandbox/encode.ts";
import { MODE_FOREGROUND, type Op } from "../../src/sandbox/ops.ts";
import { TGUARD } from "../support/bundle.ts";

const INIT = join(dirname(TGUARD), "tguard-init");

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly records: readonly { readonly kind: number; readonly op: number; readonly err: number }[];
}

/** Give init bytes on descriptor 3 and see how it ends; `hangUp` closes our end behind them. */
function feed(bytes: Uint8Array, hangUp = true): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(INIT, [], { stdio: ["ignore", "ignore", "ignore", "pipe"], env: {} });
    const control = child.stdio[3] as Duplex;
    const chunks: Buffer[] = [];
    control.on("data", (chunk: Buffer) => chunks.push(chunk));
    control.on("error", () => undefined); // init may be gone before it has read everything
    child.on("error", fail);
    child.on("close", (code, signal) => {
      const all = Buffer.concat(chunks);
      const records = Array.from({ length: Math.floor(all.length / 16) }, (_, i) => ({
        kind: all.readUInt32LE(i * 16),
        op: all.readUInt32LE(i * 16 + 4),
        err: all.readInt32LE(i * 16 + 8),
      }));
      done({ code, signal, records });
    });
    if (hangUp) control.end(bytes);
    else control.write(bytes);
  });
}

const plan = (host: readonly Op[]): Uint8Array =>
  encodePlan({
    mode: MODE_FOREGROUND,
    sections: { host, join: [], parent: [], container: [], cleanup: [] },
  });

/** A plan whose first operation fails: nothing is ever changed by it. */
const HARMLESS = plan([
  { op: "check_fs", at: "", slot: 7, magic: 1 },
  {
    op: "write_file",
    at: "",
    path: "/nonexistent/file",
    data: new Uint8Array([1, 2, 3]),
    flags: 0,
  },
  { op: "setgroups", at: "", gids: [1, 2, 3] },
  {
    op: "exec",
    at: "",
    candidates: ["/nonexistent/a", "/nonexistent/b"],
    argv: ["a", "b"],
    envp: ["A=1"],
  },
]);

describe("init", () => {
  test("reports the operation that failed, and its errno", async () => {
    const { code, records } = await feed(HARMLESS, false);
    expect(code).toBe(125);
    expect(records).toEqual([{ kind: 1, op: 0, err: 9 }]); // EBADF: the slot is empty
  });

  test.each([
    ["nothing", new Uint8Array()],
    ["a header cut short", HARMLESS.subarray(0, 10)],
    ["a plan cut short", HARMLESS.subarray(0, HARMLESS.length - 1)],
    ["another magic", new Uint8Array(64)],
    [
      "a length past the limit",
      new Uint8Array([0x54, 0x47, 0x50, 0x31, 1, 0, 0, 0, 255, 255, 255, 255, 1, 0, 0, 0]),
    ],
  ])("%s is no plan", async (_, bytes) => {
    expect(await feed(bytes)).toMatchObject({ code: 125, signal: null, records: [] });
  });

  test("bytes changed anywhere never crash it", async () => {
    await fc.assert(
      fc.asyncProperty(
        // Past the header: its length must fit for the rest to be looked at. The first operation stays and fails.
        fc.array(
          fc.tuple(
            fc.integer({ min: 60, max: HARMLESS.length - 1 }),
            fc.integer({ min: 0, max: 255 }),
          ),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        async (changes) => {
          const bytes = Uint8Array.from(HARMLESS);
          for (const [at, value] of changes) bytes[at] = value;
          const { code, signal } = await feed(bytes);
          expect(signal).toBeNull();
          expect(code).toBe(125);
        },
      ),
      { numRuns: 150 },
    );
  });
});
