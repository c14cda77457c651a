import type { Span } from "../../base/text.ts";
import type { Severity } from "../finding.ts";
import type { ComposeScalar, ComposeService } from "./model.ts";
import { isKnown, isTrue, itemsAt, scalarAt, settingsAt } from "./query.ts";
import { securityOptions } from "./security.ts";

/** A setting that gives a service something of the host or of another service. */
export interface Weakness {
  readonly at: Span;
  /** The end of a sentence about the service. */
  readonly fact: string;
  /** When it is less bad than the others. */
  readonly severity?: Severity;
}

/** Sysctls that a container may set without touching others: the safe set of Kubernetes. */
const safeSysctls: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

/** Runtimes that isolate as runc does, or better. */
const knownRuntimes =
  /^(?:runc|crun|youki|tguard|nvidia|runsc(?:-.*)?|kata(?:-.*)?|sysbox-runc|io\.containerd\..*)$/;

/** Settings beside the well-known ones that weaken the isolation of a service. */
export function weaknesses(service: ComposeService): readonly Weakness[] {
  return [
    ...weakScalars(service),
    ...securityOptions(service)
      .filter(({ name, value }) => name === "systempaths" && value === "unconfined")
      .map(({ span }) => ({ at: span, fact: "has the kernel's files unmasked" })),
    ...itemsAt(service, "group_add").flatMap(weakGroup),
    ...itemsAt(service, "device_cgroup_rules")
      .filter(({ text }) => /^a\b/.test(text.trim()) || text.includes("*"))
      .map(({ span }) => ({ at: span, fact: "may use devices by wildcard" })),
    ...settingsAt(service, "sysctls")
      .filter(({ name }) => !safeSysctls.has(name) && isKnown(name))
      .map(({ name, at }) => ({
        at,
        fact: `sets "${name}", which is not known to be safe`,
        severity: "low" as const,
      })),
  ];
}

function* weakScalars(service: ComposeService): Generator<Weakness> {
  const cgroup = scalarAt(service, "cgroup");
  if (cgroup?.text === "host")
    yield { at: cgroup.span, fact: "is in the control group namespace of the host" };
  const pid = scalarAt(service, "pid");
  if (pid !== undefined && /^(?:service|container):/.test(pid.text))
    yield { at: pid.span, fact: "is in the process namespace of another", severity: "medium" };
  const oom = scalarAt(service, "oom_kill_disable");
  if (oom !== undefined && isTrue(oom))
    yield { at: oom.span, fact: "is never ended when memory runs out", severity: "medium" };
  const runtime = scalarAt(service, "runtime");
  if (runtime !== undefined && isKnown(runtime.text) && !knownRuntimes.test(runtime.text))
    yield { at: runtime.span, fact: `runs under runtime "${runtime.text}"`, severity: "low" };
}

function weakGroup({ text, span }: ComposeScalar): readonly Weakness[] {
  if (text === "docker") return [{ at: span, fact: 'is in group "docker"' }];
  if (text === "0" || text === "root")
    return [{ at: span, fact: `is in group "${text}"`, severity: "medium" }];
  return [];
}
