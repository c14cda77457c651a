import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Features } from "../../src/sandbox/features.ts";
import { type Config, isRoot, outcomeOf, TestBundle, TGUARD } from "../support/bundle.ts";

const printed = outcomeOf(TGUARD, ["features"]);
const features: Features = JSON.parse(printed.stdout);
const { linux } = features;

let bundle: TestBundle;
beforeEach(() => {
  bundle = new TestBundle();
});
afterEach(() => {
  const left = bundle.leftovers();
  bundle.remove();
  expect(left).toEqual([]);
});

const started = (script: string, change: (config: Config) => void): void =>
  expect(bundle.run(script, { change })).toMatchObject({ status: 0, stderr: "" });

const refused = (change: (config: Config) => void): string => {
  const { status, stderr } = bundle.run("true", { change });
  expect(status).toBe(125);
  return stderr;
};

test("the document has every part that runtime-spec 1.3 names", () => {
  expect(printed).toMatchObject({ status: 0, stderr: "" });
  expect(features).toMatchObject({ ociVersionMin: "1.0.0", ociVersionMax: "1.3.0" });
  expect(Object.keys(linux).sort()).toEqual([
    "apparmor",
    "capabilities",
    "cgroup",
    "intelRdt",
    "memoryPolicy",
    "mountExtensions",
    "namespaces",
    "netDevices",
    "seccomp",
    "selinux",
  ]);
  expect(linux.cgroup).toMatchObject({ v1: true, v2: true, rdma: true });
  expect([linux.apparmor, linux.selinux, linux.netDevices]).toEqual(
    Array(3).fill({ enabled: true }),
  );
});

describe("each thing that it lists works", () => {
  test("the versions", () => {
    for (const version of [features.ociVersionMin, features.ociVersionMax])
      started("true", (config) => {
        config.ociVersion = version;
      });
  });

  test("the hooks: an unknown kind is a key like any other, a known one is run", () => {
    // hooks.test.ts has what each does; here only that the list is that of what is run.
    for (const kind of features.hooks)
      expect(
        bundle.run("true", {
          change: (config) => {
            config.hooks = { [kind]: [{ path: "/no/such/hook" }] };
          },
        }).stderr,
        kind,
      ).toContain(`the ${kind} hook`);
  });

  test("the mount options of new filesystems", () => {
    const options = features.mountOptions.filter(
      (option) => !/^(r?bind|r?idmap)$|^ridmap$/.test(option),
    );
    started("true", (config) => {
      for (const option of options)
        config.mounts.push({
          destination: `/tmp/${option}`,
          type: "tmpfs",
          source: "tmpfs",
          options: [option],
        });
    });
  });

  test("the mount options of binds", () => {
    mkdirSync(join(bundle.base, "source"));
    started("true", (config) => {
      for (const option of features.mountOptions.filter((o) => !/idmap|tmpcopyup/.test(o)))
        config.mounts.push({
          destination: `/tmp/${option}`,
          source: join(bundle.base, "source"),
          options: ["rbind", option],
        });
    });
  });

  test("every namespace", () => {
    started("true", (config) => {
      config.linux.namespaces = linux.namespaces.map((type) => ({ type }));
      config.linux.uidMappings ??= [{ containerID: 0, hostID: 0, size: 10 }];
      config.linux.gidMappings ??= [{ containerID: 0, hostID: 0, size: 10 }];
    });
    expect(
      refused((config) => {
        config.linux.namespaces.push({ type: "new" });
      }),
    ).toContain("must be one of");
  });

  test("every capability is known; what the caller lacks is told", () => {
    const run = bundle.run("true", {
      change: (config) => {
        config.process.capabilities = {
          bounding: linux.capabilities,
          effective: linux.capabilities,
          permitted: linux.capabilities,
        };
      },
    });
    expect(run.status).toBe(0);
    expect(run.stderr).toMatch(/^$|^tguard: note: not given, for tguard does not have it itself/);
  });

  test("every seccomp action, operator, architecture and flag", () => {
    const rules = linux.seccomp.actions
      .filter((action) => action !== "SCMP_ACT_NOTIFY") // seccomp-agent.test.ts
      .flatMap((action) =>
        linux.seccomp.operators.map((op) => ({
          names: ["mincore"],
          action,
          args: [{ index: 0, value: 1, valueTwo: 1, op }],
        })),
      );
    for (const action of linux.seccomp.actions.filter((a) => a !== "SCMP_ACT_NOTIFY"))
      started("true", (config) => {
        config.linux.seccomp = {
          defaultAction: "SCMP_ACT_ALLOW",
          architectures: linux.seccomp.archs,
          flags: linux.seccomp.supportedFlags,
          syscalls: rules.filter((rule) => rule.action === action),
        };
      });
    for (const [key, value] of [
      ["defaultAction", "SCMP_ACT_NEW"],
      ["architectures", ["SCMP_ARCH_NEW"]],
      ["flags", ["SECCOMP_FILTER_FLAG_NEW"]],
    ] as const)
      expect(
        refused((config) => {
          config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", [key]: value };
        }),
      ).toContain(`/linux/seccomp/${key}`);
  });

  test("every mode and flag of memory policies is known", () => {
    for (const mode of linux.memoryPolicy.modes)
      expect(
        bundle.run("true", {
          change: (config) => {
            config.linux.memoryPolicy = {
              mode,
              ...(["MPOL_DEFAULT", "MPOL_LOCAL"].includes(mode) ? {} : { nodes: "0" }),
            };
          },
          // An older kernel lacks the newest modes, and says so by the operation.
        }).stderr,
        mode,
      ).toMatch(/^$|^tguard: setting the memory policy/);
    for (const flag of linux.memoryPolicy.flags)
      expect(
        bundle.run("true", {
          change: (config) => {
            config.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0", flags: [flag] };
          },
        }).stderr,
        flag,
      ).toMatch(/^$|^tguard: setting the memory policy/);
  });

  test.skipIf(!isRoot)("idmapped mounts (skipped for ordinary users: root's)", () => {
    mkdirSync(join(bundle.base, "source"));
    const run = bundle.run("stat -c %u /tmp/x", {
      change: (config) => {
        config.mounts.push({
          destination: "/tmp/x",
          source: join(bundle.base, "source"),
          options: ["bind"],
          uidMappings: [{ containerID: 0, hostID: 77, size: 1 }],
          gidMappings: [{ containerID: 0, hostID: 77, size: 1 }],
        });
      },
    });
    // Either it works, or the filesystem cannot and the error says that.
    if (run.status === 0) expect(run.stdout).toBe("77\n");
    else expect(run.stderr).toContain("mapping the ids of a mount");
  });

  test("the annotations", () => {
    const { potentiallyUnsafeConfigAnnotations: annotations } = features;
    for (const name of annotations.filter((n) => n !== "org.tguard.rootfs.idmap"))
      expect(
        refused((config) => {
          config.annotations = { [name]: "nonsense" };
        }),
      ).toContain(`/annotations/${name}`);
  });
});
