import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { buildId } from "../base/build.ts";
import { prepareCache, trimCache, writeKept } from "../base/kept-file.ts";
import type { Look } from "../base/look.ts";
import type { HostFacts } from "../sys/host.ts";
import { afterCreatedOf } from "./after-created.ts";
import { encodePlan } from "./encode.ts";
import { type FieldKind, type LaunchPlan, OPS, type Op, SECTIONS } from "./ops.ts";
import type { Planned } from "./plan.ts";
import { isPolicyName } from "./policy-model.ts";
import type { StartOptions } from "./prepare.ts";
import type { ContainerRecord, ProcessRef } from "./store.ts";

/**
 * Plans that init's front can carry out again without JavaScript. A kept plan is a template: where the container's id
 * belongs it has a hole, a word that was drawn by lot and occurs nowhere else. With it go the looks (base/look.ts) that must
 * give the same answers again, the sentences to tell, and the text of state.json in pieces. init/kept.c reads it.
 */

/** "TGK1", little-endian. Raise the digit when the layout changes. */
export const KEPT_MAGIC = 0x314b4754;
/** Plans of this many starts are kept; the oldest go first. */
const MAX_KEPT = 64;
/** And this many are remembered for having been there. */
const MAX_SEEN = 256;
/** Longest id that the front takes; the session keyring's name is cut beyond. */
export const MAX_FRONT_ID = 200;

/** What stands between the pieces of state.json. front-commands.generated.h has the same numbers. */
export const PIECE = { text: 0, id: 1, phase: 2, created: 3, makerPid: 4, makerStart: 5 } as const;

/** All that a caller may say about a start, as the front puts it together from the command line too (front.c). */
export function startKey(options: StartOptions, bundleDir: string): string {
  const { profile, mode, keep, handover, stateDir, noPivot, noNewKeyring } = options;
  return [
    mode,
    profile === undefined ? "" : profile,
    noPivot === true ? "1" : "0",
    noNewKeyring === true ? "1" : "0",
    keep === true ? "1" : "0",
    handover?.consoleSocket ?? "",
    stateDir === undefined ? "" : dirname(stateDir),
    bundleDir,
  ].join("\n");
}

/** FNV-1a, 64 bits: the file's name; its content tells two keys of one name apart. */
export function keyHash(key: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(key))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffff_ffff_ffff_ffffn;
  return hash.toString(16).padStart(16, "0");
}

/** Whether a start of this kind may be kept at all: root's own, with a policy that is compiled in. */
export function isKeepable({
  id,
  profile,
  handover,
  cacheDir,
  findScope,
}: Pick<StartOptions, "id" | "handover" | "cacheDir" | "findScope"> & {
  readonly profile?: string | undefined;
}): boolean {
  const { consoleSocket: _, ...more } = handover ?? {};
  return (
    Object.keys(more).length === 0 &&
    findScope === undefined &&
    buildId !== undefined &&
    process.geteuid?.() === 0 &&
    process.getuid?.() === 0 &&
    id.length <= MAX_FRONT_ID &&
    (profile === undefined || isPolicyName(profile)) &&
    prepareCache(cacheDir)
  );
}

/** What goes into a kept plan. */
export interface Keepable {
  readonly options: StartOptions;
  readonly bundleDir: string;
  readonly facts: readonly string[];
  readonly configText: string;
  /** As it runs, hardened. */
  readonly config: string;
  readonly looks: readonly Look[];
  readonly planned: Planned;
  readonly notes: readonly string[];
  /** The same plan for another id. */
  replan(id: string, stateDir: string): Planned;
}

/** Keep a plan for the front; anything odd about it, and it is not kept. */
export function keepPlan(kept: Keepable, record: ContainerRecord): void {
  const { options, planned, notes } = kept;
  if (options.stateDir === undefined || buildId === undefined) return;
  const key = startKey(options, kept.bundleDir);
  const { cacheDir } = options;
  if (options.mode === "create" && !isSeenAgain(key, cacheDir)) return;
  const hole = randomBytes(8).toString("hex");
  const root = dirname(options.stateDir);
  const template = kept.replan(hole, join(root, hole));
  const filled = encodePlan(fillPlan(template.plan, hole, options.id));
  const isSame =
    basename(options.stateDir) === options.id &&
    Buffer.compare(filled, encodePlan(planned.plan)) === 0 &&
    JSON.stringify(template.notes) === JSON.stringify(planned.notes) &&
    !kept.configText.includes(hole) &&
    key.split("\n").length === 8;
  if (!isSame) return;
  write(cacheDir, {
    key,
    hole,
    facts: kept.facts,
    looks: kept.looks,
    told: notes.map((note) => `tguard: note: ${note}\n`).join(""),
    record: {
      ...record,
      cgroupPaths: template.cgroupPaths,
      ...(options.mode === "create" ? { afterCreated: afterCreatedOf(template.plan) } : {}),
    },
    config: kept.config,
    plan: encodePlan(template.plan),
  });
}

/** What must be the same whatever else is: this build, the kernel, our group. */
export function hostFactsOf({ kernelRelease, egid }: HostFacts): readonly string[] {
  return [buildId ?? "", kernelRelease, String(egid)];
}

/** A process that was started in a container. */
export interface KeepableExec {
  /** Of the store. */
  readonly root: string;
  readonly target: ProcessRef;
  readonly words: readonly string[];
  readonly cacheDir: string;
  readonly facts: readonly string[];
  readonly looks: readonly Look[];
  readonly plan: LaunchPlan;
}

/** Keep the plan of an `exec` that comes again, such as a health check. */
export function keepExec({ cacheDir, facts, looks, plan, ...kept }: KeepableExec): void {
  const key = execKey(kept);
  if (!isSeenAgain(key, cacheDir)) return;
  const hole = randomBytes(8).toString("hex"); // nothing has it
  write(cacheDir, { key, hole, facts, looks, told: "", config: "", plan: encodePlan(plan) });
}

/** The container's process, and every word of the command line (make_exec_key in front-run.c). */
function execKey({ root, target, words }: Pick<KeepableExec, "root" | "target" | "words">): string {
  const { pid, startTime } = target;
  const said = words.map((word) => `${Buffer.byteLength(word)} ${word}`);
  return ["exec", root, process.cwd(), `${pid} ${startTime}`, ...said].join("\n");
}

function write(cacheDir: string, content: Content): void {
  writeKept(join(cacheDir, `${keyHash(content.key)}.plan`), encodeKept(content));
  trimCache(cacheDir, ".plan", MAX_KEPT);
}

/** Engines create most bundles once, and ask most questions once: only what comes again is worth the writing. */
function isSeenAgain(key: string, cacheDir: string): boolean {
  const path = join(cacheDir, `${keyHash(key)}.seen`);
  if (existsSync(path)) return true;
  writeKept(path, Buffer.alloc(0));
  trimCache(cacheDir, ".seen", MAX_SEEN);
  return false;
}

/** What init does with a template: every text gets the id in place of the hole. */
export function fillPlan(plan: LaunchPlan, hole: string, id: string): LaunchPlan {
  const fill = (op: Op): Op => {
    const fields: Readonly<Record<string, FieldKind>> = OPS[op.op].fields;
    const changed = Object.entries(op).map(([name, value]) =>
      fields[name] === "str" ? [name, (value as string).replaceAll(hole, id)] : [name, value],
    );
    return Object.fromEntries(changed) as Op;
  };
  const sections = Object.fromEntries(
    SECTIONS.map((section) => [section, plan.sections[section].map(fill)]),
  );
  return { mode: plan.mode, sections: sections as unknown as LaunchPlan["sections"] };
}

interface Content {
  readonly key: string;
  readonly hole: string;
  readonly facts: readonly string[];
  readonly looks: readonly Look[];
  readonly told: string;
  /** Absent for an `exec`: it has no state. */
  readonly record?: ContainerRecord;
  readonly config: string;
  readonly plan: Uint8Array;
}

/** Numbers of four bytes, texts with their length in front and NUL behind. */
function encodeKept({ key, hole, facts, looks, told, record, config, plan }: Content): Buffer {
  const parts: Buffer[] = [];
  const u32 = (value: number): void => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    parts.push(bytes);
  };
  const text = (value: string | Uint8Array): void => {
    const bytes = Buffer.from(value as string);
    u32(bytes.length);
    parts.push(bytes, Buffer.alloc(1));
  };
  u32(KEPT_MAGIC);
  for (const value of [...facts, key, hole, told]) text(value);
  u32(looks.length);
  for (const { kind, path, seen } of looks) {
    u32(kind);
    text(path);
    text(seen);
  }
  const pieces = record === undefined ? [] : piecesOf(record, hole);
  u32(pieces.length);
  for (const { kind, value } of pieces) {
    u32(kind);
    text(value);
  }
  text(config);
  text(plan);
  return Buffer.concat(parts);
}

interface Piece {
  readonly kind: number;
  readonly value: string;
}

/** state.json as Store.write writes it, cut where each start puts something else. */
export function piecesOf(record: ContainerRecord, hole: string): readonly Piece[] {
  const text = JSON.stringify({
    ...record,
    id: hole,
    phase: `${hole}p`,
    created: `${hole}c`,
    maker: { pid: `${hole}m`, startTime: `${hole}s` },
  });
  const kinds: Readonly<Record<string, number>> = {
    p: PIECE.phase,
    c: PIECE.created,
    m: PIECE.makerPid,
    s: PIECE.makerStart,
  };
  // A pid is a number: its quotes go with it.
  return text
    .split(new RegExp(`("${hole}m"|${hole}[pcs](?=")|${hole})`))
    .map((value) =>
      value.startsWith(hole) || value.startsWith(`"${hole}m`)
        ? { kind: kinds[value.replaceAll('"', "").slice(hole.length)] ?? PIECE.id, value: "" }
        : { kind: PIECE.text, value },
    )
    .filter(({ kind, value }) => kind !== PIECE.text || value !== "");
}
