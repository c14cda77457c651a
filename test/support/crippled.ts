import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TGUARD } from "./bundle.ts";

const PATCH_MAGIC = "tguard-door-here";
/** No instruction on x86-64 (ud2) and on arm64 (udf): the process dies by SIGILL. */
const NO_INSTRUCTION = { x64: Buffer.from([0x0f, 0x0b]), arm64: Buffer.alloc(4) };

/** A copy of the built program whose Bun part dies at its first instruction: whatever it does, it does without JavaScript. */
export class Crippled {
  readonly dir: string = mkdtempSync(join(tmpdir(), "tguard-crippled-"));
  readonly path: string = join(this.dir, "tguard");

  constructor() {
    chmodSync(this.dir, 0o755);
    copyFileSync(join(dirname(TGUARD), "tguard-init"), join(this.dir, "tguard-init"));
    const file = readFileSync(TGUARD);
    const patch = placeOfFacts(file);
    // Where Bun's entry point is, from ours (add-door.ts).
    const entry = file.readBigUInt64LE(24) + file.readBigInt64LE(patch + 16);
    NO_INSTRUCTION[process.arch as "x64" | "arm64"].copy(file, offsetOf(file, entry));
    writeFileSync(this.path, file, { mode: 0o755 });
  }

  /** Make it say that it is of another build. */
  rename(): void {
    const file = readFileSync(this.path);
    file.write("0".repeat(64), placeOfFacts(file) + 32, "latin1");
    writeFileSync(this.path, file);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Facts of the door lie at the very end; the magic also occurs in no other place of its segment. */
function placeOfFacts(file: Buffer): number {
  return file.lastIndexOf(PATCH_MAGIC, undefined, "latin1");
}

function offsetOf(file: Buffer, address: bigint): number {
  const start = Number(file.readBigUInt64LE(32));
  for (let i = 0; i < file.readUInt16LE(56); i++) {
    const at = start + i * file.readUInt16LE(54);
    const from = file.readBigUInt64LE(at + 16);
    const isLoad = file.readUInt32LE(at) === 1;
    if (isLoad && from <= address && address < from + file.readBigUInt64LE(at + 32))
      return Number(file.readBigUInt64LE(at + 8) + address - from);
  }
  throw new Error("no segment holds the entry point");
}
