import type { Seccomp } from "../oci/runtime-config.ts";

/** The profiles that tguard brings along, profiles/seccomp/*.json. */
export type BuiltinProfile = "default" | "compat" | "strict";

/** Read a profile that is part of the program: OCI seccomp sections for x86-64 and aarch64. */
export async function loadBuiltinProfile(name: BuiltinProfile): Promise<Seccomp> {
  switch (name) {
    case "default":
      return (await import("../../profiles/seccomp/default.json", { with: { type: "json" } }))
        .default;
    case "compat":
      return (await import("../../profiles/seccomp/compat.json", { with: { type: "json" } }))
        .default;
    case "strict":
      return (await import("../../profiles/seccomp/strict.json", { with: { type: "json" } }))
        .default;
  }
}
