/**
 * A mount of type "cgroup" or "cgroup2" in config.json: what the container sees at /sys/fs/cgroup.
 * Never the host's groups: in a cgroup namespace the kernel cuts the view, else the container's own group is bound.
 */
import { basename, posix } from "node:path";
import { UserError } from "../../base/error.ts";
import { MOUNT_ATTR, MS } from "../mount-options.ts";
import { CWD, NONE, type Op, TARGET_DIR } from "../ops.ts";
import { SLOT } from "../slots.ts";
import type { CgroupFacts, CgroupHierarchy } from "./detect.ts";

export interface CgroupMountRequest {
  /** JSON pointer of the mount. */
  readonly at: string;
  /** The mount's type; "cgroup", which shows what the host has, when absent. */
  readonly type?: string;
  /** Path inside the container, normalized. */
  readonly destination: string;
  /** MOUNT_ATTR_* bits of the mount's options (mount_setattr(2)). */
  readonly attrs: number;
  /** MS_* propagation type of the mount's options. */
  readonly propagation?: number;
  readonly facts: CgroupFacts;
  /** `CgroupPlan.paths`. */
  readonly paths: Readonly<Record<string, string>>;
  /** The container has a cgroup namespace of its own, entered before these operations run. */
  readonly hasCgroupNamespace: boolean;
  /** Slot of the container's root. */
  readonly root: number;
}

/** Scratch slots of one mount; free before and after. */
const CONTEXT: number = SLOT.SCRATCH;
const MOUNT: number = SLOT.SCRATCH + 1;
const TARGET: number = SLOT.SCRATCH + 2;

const OPEN_TREE_CLONE = 0x1;
const O_DIRECTORY = 0x10000;
const O_PATH = 0x200000;
/** openat2(2): RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT. */
const RESOLVE = 0x02 | 0x10;

/**
 * Operations of one cgroup mount, for the container's section, while host paths still resolve.
 * @throws UserError when this machine has no control groups to show.
 */
export function planCgroupMount(request: CgroupMountRequest): readonly Op[] {
  const { facts, at, type } = request;
  if (facts.mode === "v2" || (facts.mode === "hybrid" && type === "cgroup2"))
    return planUnified(request);
  if (facts.mode === "none" || type === "cgroup2")
    throw new UserError(
      `cannot mount control groups: this machine has ${facts.mode === "none" ? "none" : "cgroup v1 only"}`,
      {
        where: `config.json ${at}`,
        hint: facts.mode === "none" ? "remove this mount" : 'use type "cgroup"',
      },
    );
  return planHierarchies(request);
}

function planUnified(view: CgroupMountRequest): readonly Op[] {
  const { at, destination, facts, hasCgroupNamespace, paths } = view;
  const own = paths[""];
  if (own !== undefined && hasCgroupNamespace)
    return [
      { op: "fsopen", at, slot: CONTEXT, type: "cgroup2" },
      { op: "fsmount", at, slot: MOUNT, fs: CONTEXT, attrs: view.attrs },
      ...attach(view, destination),
    ];
  if (own !== undefined) return [...bind(view, own, view.attrs), ...attach(view, destination)];
  // Without a group of its own the container shares ours, which it may look at but not change.
  const shared = facts.unified === undefined ? undefined : ownDirectory(facts.unified);
  if (shared === undefined)
    throw new UserError("cannot mount control groups: the container has no group to show", {
      where: `config.json ${at}`,
      hint: "remove this mount",
    });
  return [...bind(view, shared, view.attrs | MOUNT_ATTR.RDONLY), ...attach(view, destination)];
}

/** cgroup v1: a tmpfs with one directory a hierarchy, named as on the host, and a link for each controller of a joint one. */
function planHierarchies(view: CgroupMountRequest): readonly Op[] {
  const { at, destination, facts, hasCgroupNamespace, paths, root } = view;
  const safe = view.attrs | MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV | MOUNT_ATTR.NOEXEC;
  const ops: Op[] = [
    { op: "fsopen", at, slot: CONTEXT, type: "tmpfs" },
    { op: "fsconfig_string", at, slot: CONTEXT, key: "mode", value: "755" },
    { op: "fsmount", at, slot: MOUNT, fs: CONTEXT, attrs: safe & ~MOUNT_ATTR.RDONLY },
    ...attach(view, destination),
  ];
  for (const hierarchy of facts.v1) {
    const [first = ""] = hierarchy.controllers;
    const name = basename(hierarchy.mountpoint);
    const own = paths[first];
    if (own !== undefined && hasCgroupNamespace) {
      ops.push(
        { op: "fsopen", at, slot: CONTEXT, type: "cgroup" },
        ...hierarchy.controllers.map(
          (controller): Op =>
            controller.startsWith("name=")
              ? {
                  op: "fsconfig_string",
                  at,
                  slot: CONTEXT,
                  key: "name",
                  value: controller.slice(5),
                }
              : { op: "fsconfig_flag", at, slot: CONTEXT, key: controller },
        ),
        { op: "fsmount", at, slot: MOUNT, fs: CONTEXT, attrs: safe },
      );
    } else {
      const source = own ?? ownDirectory(hierarchy);
      if (source === undefined) continue;
      ops.push(...bind(view, source, own === undefined ? safe | MOUNT_ATTR.RDONLY : safe));
    }
    ops.push(...attach(view, posix.join(destination, name)));
    for (const link of linkNames(hierarchy, name))
      ops.push({ op: "symlink_in", at, root, path: posix.join(destination, link), target: name });
  }
  if ((view.attrs & MOUNT_ATTR.RDONLY) === 0) return ops;
  // Only now: the directories and links had to be made first.
  return [
    ...ops,
    {
      op: "open",
      at,
      slot: TARGET,
      dir: root,
      path: destination,
      flags: O_PATH | O_DIRECTORY,
      mode: 0,
      resolve: RESOLVE,
    },
    change(at, TARGET, { set: MOUNT_ATTR.RDONLY }),
    { op: "close", at, slot: TARGET },
  ];
}

/** "cpu,cpuacct" is also reached as cpu and as cpuacct, as systemd and runc have it. */
function linkNames({ controllers }: CgroupHierarchy, name: string): readonly string[] {
  return controllers.filter((controller) => controller !== name && !controller.startsWith("name="));
}

/** Our own group's directory on the host, when the mount shows it. */
function ownDirectory(view: {
  readonly mountpoint: string;
  readonly root: string;
  readonly own: string;
}): string | undefined {
  const below = posix.relative(view.root, view.own);
  return below.startsWith("..") ? undefined : posix.join(view.mountpoint, below);
}

function bind({ at }: CgroupMountRequest, path: string, attrs: number): readonly Op[] {
  return [
    { op: "open_tree", at, slot: MOUNT, dir: CWD, path, flags: OPEN_TREE_CLONE },
    // Not in the host's peer group any more: what the container mounts stays inside.
    change(at, MOUNT, { set: attrs, propagation: MS.SLAVE }),
  ];
}

function attach({ at, propagation, root }: CgroupMountRequest, path: string): readonly Op[] {
  return [
    ...(propagation === undefined ? [] : [change(at, MOUNT, { propagation })]),
    {
      op: "open_target",
      at: `${at}/destination`,
      slot: TARGET,
      root,
      path,
      kind: TARGET_DIR,
      like: NONE,
      mode: 0o755,
    },
    { op: "move_mount", at, from: MOUNT, to: TARGET },
  ];
}

function change(
  at: string,
  slot: number,
  { set = 0, propagation = 0 }: { readonly set?: number; readonly propagation?: number },
): Op {
  return { op: "mount_setattr", at, slot, recursive: 0, set, clear: 0, propagation, userns: NONE };
}
