import type { Hook, HookKind, Hooks } from "../oci/runtime-config.ts";
import type { OciState } from "../oci/state.ts";
import { OCI_VERSION } from "../oci/version.ts";

/** Every kind, in the order in which they run. */
export const HOOK_KINDS: readonly HookKind[] = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
];

/** Hooks of the runtime's own namespaces that run while the container is made; `prestart` is deprecated and goes first. */
export const HOST_HOOKS: readonly HookKind[] = ["prestart", "createRuntime"];

/** The hooks of a configuration that has any of them; an empty object otherwise. */
export function ownHooks(hooks: Hooks | undefined): { readonly hooks?: Hooks } {
  const isEmpty = Object.values(hooks ?? {}).every((list) => (list ?? []).length === 0);
  return isEmpty || hooks === undefined ? {} : { hooks };
}

/** The hooks of one kind; none is an empty list. */
export function listOf(hooks: Hooks | undefined, kind: HookKind): readonly Hook[] {
  return hooks?.[kind] ?? [];
}

/** What a hook is started with; without `args` its own path, as execve(2) wants at least that. */
export function argumentsOf(hook: Hook): readonly string[] {
  return hook.args === undefined || hook.args.length === 0 ? [hook.path] : hook.args;
}

/** The state for a container that is recorded. */
export function hookState(
  container: {
    readonly id: string;
    readonly bundle: string;
    readonly annotations: Readonly<Record<string, string>>;
  },
  status: OciState["status"],
  pid: number | undefined,
): OciState {
  const { id, bundle, annotations } = container;
  return {
    ociVersion: OCI_VERSION,
    id,
    status,
    ...(pid === undefined ? {} : { pid }),
    bundle,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}
