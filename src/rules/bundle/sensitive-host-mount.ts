import { type BindMount, bindMounts, isEngineSocket, isWithin } from "../../audit/bundle/mounts.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { quote } from "../../oci/violation.ts";

/** Reported with all that is below them. */
const TREES = [
  ..."/boot /dev /etc /proc /root /run /sys".split(" "),
  ..."/var/lib/containerd /var/lib/containers /var/lib/docker /var/lib/kubelet".split(" "),
];
/** Reported with all that is below them when they are writable: anybody may read what is there. */
const PROGRAMS = "/bin /lib /lib32 /lib64 /libx32 /sbin /usr".split(" ");
/** Reported alone: below them are the data of one user or service. */
const EXACT = ["/", "/home", "/var", "/var/lib"];

/** Harmless when read-only: what a container needs to resolve names, tell the time and trust certificates. */
const READABLE = [
  ..."/etc/hostname /etc/hosts /etc/localtime /etc/resolv.conf /etc/timezone".split(" "),
  ..."/etc/ca-certificates /etc/pki/ca-trust /etc/pki/tls/certs /etc/ssl/certs".split(" "),
];
/** Devices without a state that could be read or changed: runtime-spec, config-linux.md#default-devices. */
const DEVICES: ReadonlySet<string> = new Set(
  "null zero full random urandom tty".split(" ").map((name) => `/dev/${name}`),
);

/** Files that an engine makes for one container below its own state, and binds into it. */
const MADE_BY_ENGINE =
  /^\/(?:run\/(?:containers|containerd|user\/\d+\/containers|libpod)|var\/lib\/(?:containers|docker\/containers|containerd|kubelet))\/.*\/(?:resolv\.conf|hosts|hostname|etc-hosts|\.containerenv|secrets|shm)$/;

const rule: Rule<"bundle"> = defineRule({
  meta: {
    id: "RT1006",
    name: "sensitive-host-mount",
    target: "bundle",
    severity: "high",
    confidence: "high",
    summary: "Sensitive directory of the host is mounted",
    why: "A writable `/etc`, `/root`, `/usr` or `/boot` is a way to run code on the host; `/proc`, `/sys` and `/dev` are the kernel's switches. Read-only, they still hand out password hashes, keys, tokens and the other containers' files.",
    howToFix:
      "Mount the one file or directory that the program needs, read-only, from a place made for it such as `/srv/app`.",
    bad: '{"mounts": [{"destination": "/host", "type": "bind", "source": "/", "options": ["rbind", "ro"]}]}\n',
    good: '{"mounts": [{"destination": "/data", "type": "bind", "source": "/srv/app", "options": ["rbind", "ro"]}]}\n',
    since: "0.1.0",
    aliases: ["docker-bench:5.6", "kics:1c1325ff-831d-43a1-973e-839ae57dfcc0"],
    cwe: ["CWE-668"],
    benchmarks: ["CIS-Docker-5.6", "NIST-800-190-4.5.5"],
    references: [
      "https://csrc.nist.gov/pubs/sp/800/190/final",
      "https://github.com/opencontainers/runtime-spec/blob/main/config.md#mounts",
    ],
  },

  check(model, report) {
    for (const bind of bindMounts(model)) {
      if (bind.isInBundle || !isSensitive(bind) || isUsual(bind)) continue;
      const how = bind.isReadonly ? "read-only" : "writable";
      report(
        model.spanOf(bind.pointer),
        `${quote(bind.mount.source ?? "")} of the host is mounted ${how}`,
      );
    }
  },
});

function isSensitive({ source, isReadonly }: BindMount): boolean {
  return (
    EXACT.includes(source) ||
    TREES.some((tree) => isWithin(source, tree)) ||
    (!isReadonly && PROGRAMS.some((tree) => isWithin(source, tree)))
  );
}

function isUsual({ source, mount, isReadonly }: BindMount): boolean {
  // engine-socket-mount reports it, as something worse.
  if (isEngineSocket(source)) return true;
  if (DEVICES.has(source) || MADE_BY_ENGINE.test(source)) return true;
  if (!isReadonly) return false;
  // Without its own network namespace's owner, a rootless container can get sysfs only this way.
  const isOwnSysfs = isWithin(source, "/sys") && mount.destination === source;
  return isOwnSysfs || READABLE.some((path) => isWithin(source, path));
}

export default rule;
