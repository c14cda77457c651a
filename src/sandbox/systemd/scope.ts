/**
 * A container's scope: the unit of systemd whose group the container lives in. A scope must begin with a process, and
 * there is none yet when its group is planned: a placeholder holds it until the container's own process is in.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { isErrno, UserError } from "../../base/error.ts";
import type { Resources, RuntimeConfig } from "../../oci/runtime-config.ts";
import { type CgroupFacts, readCgroupFacts } from "../cgroup/detect.ts";
import { readControl } from "../cgroup/files.ts";
import { findInit } from "../places.ts";
import { connectManager, type Manager } from "./manager.ts";
import { parseUnitName, resourceProperties, type UnitName, unitProperties } from "./unit.ts";

/** The unit, as state.json keeps it. */
export interface UnitRef {
  readonly name: string;
  /** The user's own systemd has it, not the machine's. */
  readonly isUser: boolean;
}

/** Where the scope's group will be. */
export interface ScopePlace {
  /** Below each hierarchy's mount point. */
  readonly group: string;
  /** cgroup v2 controllers that the group can have. */
  readonly controllers: readonly string[];
  /** This user may not move a process there: systemd does it. */
  readonly attach: boolean;
}

/** Processes that a container may have at least, before systemd is told of the limit while the placeholder lives. */
const FEW_TASKS = 16;

/** A scope that is being made for a start. */
export interface Scope {
  readonly ref: UnitRef;
  readonly place: ScopePlace;
  /** Start the unit, with the placeholder in it. */
  start(config: RuntimeConfig): Promise<void>;
  /** Move a process of this user's into it. */
  attach(pid: number): Promise<void>;
  /** The container's process is in: what the placeholder was in the way of, then the placeholder goes. */
  settle(config: RuntimeConfig): Promise<void>;
  /** The start has failed: end what there is. */
  abandon(): Promise<void>;
}

/**
 * Find systemd and the place for a container's scope; nothing is made yet.
 * @throws UserError when there is no systemd, or cgroupsPath is not of its form.
 */
export async function openScope(cgroupsPath: string | undefined, id: string): Promise<Scope> {
  const isUser = process.geteuid?.() !== 0 || isInUserNamespace();
  const name = parseUnitName(cgroupsPath, id, isUser);
  const manager = await connectManager(isUser);
  const facts = readCgroupFacts();
  if (facts.mode === "none") {
    manager.close();
    throw new UserError("systemd has no control groups here", { where: "--systemd-cgroup" });
  }
  return new ManagedScope(manager, name, id, isUser, facts);
}

/** End a container's unit, and forget it. @throws UserError */
export async function endUnit({ name, isUser }: UnitRef): Promise<void> {
  const manager = await connectManager(isUser);
  try {
    await manager.stop(name);
  } finally {
    manager.close();
  }
}

/** Tell systemd of a container's new limits, which it would put back otherwise. @throws UserError */
export async function updateUnit({ name, isUser }: UnitRef, resources: Resources): Promise<void> {
  const manager = await connectManager(isUser);
  try {
    await manager.set(name, resourceProperties(resources, versionOf(readCgroupFacts())));
  } finally {
    manager.close();
  }
}

const versionOf = ({ mode }: CgroupFacts): 1 | 2 => (mode === "v2" ? 2 : 1);

/** user_namespaces(7): the first namespace maps all ids to themselves. */
function isInUserNamespace(): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(readControl("/proc/self/uid_map") ?? "");
}

class ManagedScope implements Scope {
  readonly ref: UnitRef;
  readonly place: ScopePlace;
  private readonly manager: Manager;
  private readonly name: UnitName;
  private readonly id: string;
  private readonly version: 1 | 2;
  private placeholder: ChildProcess | undefined;

  constructor(manager: Manager, name: UnitName, id: string, isUser: boolean, facts: CgroupFacts) {
    this.manager = manager;
    this.name = name;
    this.id = id;
    this.version = versionOf(facts);
    this.ref = { name: name.unit, isUser };
    const group = `${manager.group}${name.slicePath}/${name.unit}`;
    this.place = { group, ...reach(facts, manager.group, group, isUser) };
  }

  async start({ annotations = {}, linux = {} }: RuntimeConfig): Promise<void> {
    const placeholder = spawn(findInit(), ["hold"], { stdio: ["pipe", "ignore", "ignore"] });
    this.placeholder = placeholder;
    await new Promise<void>((resolve, reject) => {
      placeholder.once("spawn", resolve);
      placeholder.once("error", reject);
    });
    await this.manager.start(this.name.unit, [
      ...unitProperties(this.name, this.id, [placeholder.pid ?? 0], annotations),
      ...this.limits(linux.resources).filter(([name]) => !this.isLate(name, linux.resources)),
    ]);
  }

  async attach(pid: number): Promise<void> {
    await this.manager.attach(this.name.unit, [pid]);
  }

  async settle({ linux = {} }: RuntimeConfig): Promise<void> {
    await this.manager.set(
      this.name.unit,
      this.limits(linux.resources).filter(([name]) => this.isLate(name, linux.resources)),
    );
    this.release();
  }

  async abandon(): Promise<void> {
    const hasStarted = this.placeholder !== undefined;
    this.release();
    if (hasStarted) await endUnit(this.ref);
  }

  private limits(resources: Resources = {}): ReturnType<typeof resourceProperties> {
    return resourceProperties(resources, this.version);
  }

  /** The placeholder and init count as well while they are there. */
  private isLate(property: string, resources: Resources = {}): boolean {
    return property === "TasksMax" && (resources.pids?.limit ?? 0) < FEW_TASKS;
  }

  private release(): void {
    this.placeholder?.stdin?.end();
    this.placeholder?.unref();
    this.manager.close();
  }
}

function reach(
  { unified, v1 }: CgroupFacts,
  managerGroup: string,
  group: string,
  isUser: boolean,
): Omit<ScopePlace, "group"> {
  if (unified === undefined || v1.length > 0)
    return { controllers: unified?.controllers ?? [], attach: false };
  if (!isUser) return { controllers: unified.controllers, attach: false };
  const text = readControl(`${unified.mountpoint}${managerGroup}/cgroup.controllers`) ?? "";
  return {
    controllers: text.split(/\s+/).filter((word) => word !== ""),
    // cgroup-v2.rst, "Delegation Containment": moving needs the common ancestor's cgroup.procs.
    attach: !isWritable(`${unified.mountpoint}${commonAncestor(unified.own, group)}/cgroup.procs`),
  };
}

function commonAncestor(one: string, other: string): string {
  const left = one.split("/");
  const right = other.split("/");
  const same = left.findIndex((part, index) => part !== right[index]);
  return left.slice(0, same === -1 ? left.length : same).join("/");
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    if (isErrno(error)) return false;
    throw error;
  }
}
