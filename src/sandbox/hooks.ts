import type { RuntimeConfig } from "../oci/runtime-config.ts";
import type { OciState } from "../oci/state.ts";
import { argumentsOf, HOST_HOOKS, hookState, listOf } from "./hook-state.ts";
import { HOOK_CONFINED, NONE, type Op } from "./ops.ts";
import { SLOT } from "./slots.ts";

/** What hooks want of a launch plan. */
export interface HookOps {
  /** In the container's process, when the mounts are made and the root is not entered yet. */
  readonly beforePivot: readonly Op[];
  /** When everything else is done, as the container's own user. */
  readonly beforeExec: readonly Op[];
}

/** True when hooks run before the root is entered: they look for it at its path on the host. */
export function hasHooksBeforePivot({ hooks = {} }: RuntimeConfig): boolean {
  return [...HOST_HOOKS, "createContainer" as const].some((kind) => listOf(hooks, kind).length > 0);
}

/** What identifies the container to its hooks. */
export interface HookSubject {
  readonly id: string;
  readonly bundleDir: string;
  readonly config: RuntimeConfig;
}

/** Plan the hooks that init runs, and the wait for those that TypeScript runs (config.md#posix-platform-hooks). */
export function planHooks(subject: HookSubject): HookOps {
  const { hooks = {} } = subject.config;
  const first = HOST_HOOKS.find((kind) => listOf(hooks, kind).length > 0);
  return {
    beforePivot: [
      ...(first === undefined ? [] : [{ op: "await_hooks", at: `/hooks/${first}` } as const]),
      ...inContainer(subject, "createContainer"),
    ],
    beforeExec: inContainer(subject, "startContainer"),
  };
}

function inContainer(
  subject: HookSubject,
  kind: "createContainer" | "startContainer",
): readonly Op[] {
  const isCreate = kind === "createContainer";
  // The process id is known to init alone: the text is cut where it belongs.
  const [before = "", after = ""] = JSON.stringify(
    stateFor(subject, isCreate ? "creating" : "created", -1),
  ).split('"pid":-1');
  return listOf(subject.config.hooks, kind).map((hook, i) => ({
    op: "exec_hook",
    at: `/hooks/${kind}/${i}`,
    path: hook.path,
    argv: argumentsOf(hook),
    envp: hook.env ?? [],
    dir: isCreate ? SLOT.ROOT : NONE,
    timeout_ms: (hook.timeout ?? 0) * 1000,
    before: `${before}"pid":`,
    after,
    // The file is the image's: it gets no more than the container's own program.
    flags: isCreate ? 0 : HOOK_CONFINED,
  }));
}

/** The state that hooks read (runtime.md#state); a stopped container has no process any more. */
function stateFor(
  { id, bundleDir, config }: HookSubject,
  status: OciState["status"],
  pid: number,
): OciState {
  return hookState({ id, bundle: bundleDir, annotations: config.annotations ?? {} }, status, pid);
}
