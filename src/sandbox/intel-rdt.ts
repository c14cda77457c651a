import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/error.ts";
import type { IntelRdt, RuntimeConfig } from "../oci/runtime-config.ts";
import type { Op } from "./ops.ts";

/** Where the resctrl filesystem is by custom; Documentation/filesystems/resctrl.rst knows no other place. */
export const RESCTRL_ROOT = "/sys/fs/resctrl";

/** What the plan has to know of the resctrl filesystem. */
export interface RdtFacts {
  readonly root: string;
  readonly isMounted: boolean;
  /** The `schemata` file of the class that config.json names; undefined when there is no such class. */
  readonly schemata: string | undefined;
}

/** Look at the class of service that a configuration asks for; nothing is read when it asks for none. */
export function readRdtFacts(
  config: RuntimeConfig,
  id: string,
  root: string = RESCTRL_ROOT,
): RdtFacts | undefined {
  const rdt = config.linux?.intelRdt;
  if (rdt === undefined) return undefined;
  const file = join(classDir(root, rdt, id), "schemata");
  return {
    root,
    isMounted: existsSync(join(root, "schemata")),
    schemata: existsSync(file) ? readFileSync(file, "utf8") : undefined,
  };
}

/** Operations on resctrl, and the directories that go with the container. */
export interface RdtOps {
  readonly host: readonly Op[];
  /** The process that will be the container's enters its groups; its children are born there. */
  readonly join: readonly Op[];
  readonly cleanup: readonly Op[];
  /** Innermost first. */
  readonly directories: readonly string[];
}

const NONE: RdtOps = { host: [], join: [], cleanup: [], directories: [] };
const POINTER = "/linux/intelRdt";

/**
 * Plan `linux.intelRdt` (config-linux.md#intelrdt): a class without `closID` is the container's own and goes with it; a named
 * one is made if there is something to write to it, and stays.
 * @throws UserError when there is no resctrl, no such class, or one that says something else.
 */
export function planRdt(config: RuntimeConfig, id: string, facts: RdtFacts | undefined): RdtOps {
  const rdt = config.linux?.intelRdt;
  if (rdt === undefined || facts === undefined) return NONE;
  if (!facts.isMounted)
    throw new UserError("Intel RDT is asked for, and this machine has no resctrl filesystem", {
      where: `config.json ${POINTER}`,
      cause: new Error(
        `${facts.root}/schemata does not exist: neither processor nor kernel have RDT, or it is not mounted`,
      ),
      hint: `mount -t resctrl resctrl ${facts.root}, or remove the entry`,
    });
  const dir = classDir(facts.root, rdt, id);
  const lines = schemataLines(rdt);
  const exists = facts.schemata !== undefined;
  if (!exists && rdt.closID !== undefined && lines.length === 0)
    throw new UserError(`there is no class of service "${rdt.closID}"`, {
      where: `config.json ${POINTER}/closID`,
      cause: new Error("without a schema an existing class is meant"),
      hint: `make ${dir}, or give schemata`,
    });
  if (exists && rdt.closID === undefined)
    throw new UserError(`the class of service ${dir} exists already`, {
      where: `config.json ${POINTER}`,
      hint: "use another id, or name the class with closID",
    });
  if (exists) requireSame(rdt, facts.schemata ?? "");
  const monitoring = rdt.enableMonitoring === true ? join(dir, "mon_groups", id) : undefined;
  const own = [
    ...(monitoring === undefined ? [] : [monitoring]),
    ...(rdt.closID === undefined ? [dir] : []),
  ];
  return {
    host: [
      ...(exists ? [] : [mkdir(dir, `${POINTER}/closID`)]),
      ...lines.map(({ at, line }): Op => write(join(dir, "schemata"), `${line}\n`, at)),
      ...(monitoring === undefined ? [] : [mkdir(monitoring, `${POINTER}/enableMonitoring`)]),
    ],
    // "0" is the process that writes (rdtgroup_tasks_write).
    join: [dir, ...(monitoring === undefined ? [] : [monitoring])].map(
      (group): Op => write(join(group, "tasks"), "0", POINTER),
    ),
    cleanup: own.map((path) => ({ op: "rmdir", at: POINTER, path, flags: 0 })),
    directories: own,
  };
}

/** "/" is the default class, which everything belongs to from the start. */
function classDir(root: string, rdt: IntelRdt, id: string): string {
  const name = rdt.closID ?? id;
  if (name === "/") return root;
  if (name === "" || name === "." || name === ".." || /[/\n]/.test(name))
    throw new UserError(`"${name}" is no name of a class of service`, {
      where: `config.json ${POINTER}/closID`,
      hint: 'use a name without "/"',
    });
  return join(root, name);
}

/** What is written, in the order that the specification demands. */
function schemataLines(rdt: IntelRdt): readonly { readonly at: string; readonly line: string }[] {
  const named = (key: "l3CacheSchema" | "memBwSchema"): { at: string; line: string }[] => {
    const line = rdt[key] ?? "";
    return line === "" ? [] : [{ at: `${POINTER}/${key}`, line }];
  };
  return [
    ...named("l3CacheSchema"),
    ...named("memBwSchema"),
    ...(rdt.schemata ?? []).map((line, i) => ({ at: `${POINTER}/schemata/${i}`, line })),
  ];
}

/** A class that exists is others' too: its l3CacheSchema and memBwSchema are compared, not changed. */
function requireSame(rdt: IntelRdt, schemata: string): void {
  const existing = parseSchemata(schemata);
  for (const key of ["l3CacheSchema", "memBwSchema"] as const)
    for (const [resource, domains] of parseSchemata(rdt[key] ?? ""))
      for (const [domain, value] of domains) {
        const found = existing.get(resource)?.get(domain);
        if (found === undefined || !isSameValue(resource, found, value))
          throw new UserError(
            `the class of service "${rdt.closID}" has ${resource}:${domain}=${found ?? "nothing"}, not ${value}`,
            {
              where: `config.json ${POINTER}/${key}`,
              cause: new Error("an existing class is used as it is"),
              hint: "give the value that it has, or use another closID",
            },
          );
      }
}

/** Bit masks are hexadecimal, bandwidth is decimal. */
function isSameValue(resource: string, found: string, wanted: string): boolean {
  const base = resource.startsWith("MB") ? 10 : 16;
  return Number.parseInt(found, base) === Number.parseInt(wanted, base);
}

/** Lines such as `  L3:0=7f0;1=1f` by resource and domain. */
export function parseSchemata(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const resources = new Map<string, Map<string, string>>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    const domains = new Map<string, string>();
    for (const part of line.slice(colon + 1).split(";")) {
      const [domain = "", value = ""] = part.split("=").map((word) => word.trim());
      if (domain !== "") domains.set(domain, value);
    }
    resources.set(line.slice(0, colon).trim(), domains);
  }
  return resources;
}

const mkdir = (path: string, at: string): Op => ({ op: "mkdir", at, path, mode: 0o755, flags: 0 });
const write = (path: string, data: string, at: string): Op => ({
  op: "write_file",
  at,
  path,
  data: new TextEncoder().encode(data),
  flags: 0,
});
