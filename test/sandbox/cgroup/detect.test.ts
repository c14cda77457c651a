import { describe, expect, test } from "vitest";
import {
  hugepageName,
  parseCgroupMounts,
  parseKernelControllers,
  parseOwnGroups,
  placeHierarchies,
  readCgroupFacts,
} from "../../../src/sandbox/cgroup/detect.ts";

const place = (mountinfo: string, own: string): ReturnType<typeof placeHierarchies> =>
  placeHierarchies(parseCgroupMounts(mountinfo), parseOwnGroups(own));

describe("mountinfo and /proc/self/cgroup", () => {
  test("v1 with joint controllers and a named hierarchy", () => {
    const mountinfo = `
22 28 0:21 / /proc rw,nosuid - proc proc rw
25 24 0:22 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755
26 25 0:23 / /sys/fs/cgroup/systemd rw shared:10 - cgroup cgroup rw,xattr,name=systemd
27 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw shared:11 - cgroup cgroup rw,cpu,cpuacct
`;
    expect(
      place(mountinfo, "2:cpu,cpuacct:/user.slice\n1:name=systemd:/user.slice/a.scope\n"),
    ).toEqual({
      v1: [
        {
          controllers: ["name=systemd"],
          mountpoint: "/sys/fs/cgroup/systemd",
          root: "/",
          own: "/user.slice/a.scope",
        },
        {
          controllers: ["cpu", "cpuacct"],
          mountpoint: "/sys/fs/cgroup/cpu,cpuacct",
          root: "/",
          own: "/user.slice",
        },
      ],
    });
  });

  test("v2, with a left-over named hierarchy", () => {
    const mountinfo = `
30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate
31 30 0:27 / /run/old rw - cgroup cgroup rw,name=systemd
`;
    expect(place(mountinfo, "1:name=systemd:/\n0::/user.slice\n")).toEqual({
      v1: [],
      unified: { mountpoint: "/sys/fs/cgroup", root: "/", own: "/user.slice" },
    });
  });

  test("of two views of a hierarchy the one that shows our own group counts", () => {
    const mountinfo = `
40 39 0:30 /other /mnt/a\\040b rw - cgroup cgroup rw,pids
41 39 0:30 /docker/x /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
42 39 0:30 /docker /mnt/c rw - cgroup cgroup rw,pids
`;
    expect(place(mountinfo, "1:pids:/docker/x\n").v1).toEqual([
      { controllers: ["pids"], mountpoint: "/mnt/c", root: "/docker", own: "/docker/x" },
    ]);
    expect(place(mountinfo, "1:pids:/other/y\n").v1[0]?.mountpoint).toBe("/mnt/a b");
  });

  test("nothing mounted", () => {
    expect(place("22 28 0:21 / /proc rw - proc proc rw\n", "0::/\n")).toEqual({ v1: [] });
  });

  test("a group with a colon in its name", () => {
    expect(parseOwnGroups("0::/system.slice:docker:abc\n").get("")).toBe(
      "/system.slice:docker:abc",
    );
  });

  test("/proc/cgroups names what is enabled", () => {
    const text =
      "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t5\t1\nhugetlb\t0\t1\t0\nblkio\t0\t1\t1\n";
    expect(parseKernelControllers(text)).toEqual(["cpu", "blkio"]);
  });

  test.each([
    ["hugepages-2048kB", "2MB"],
    ["hugepages-1048576kB", "1GB"],
    ["hugepages-64kB", "64KB"],
    ["other", undefined],
  ])("huge pages %s are %s", (directory, name) => {
    expect(hugepageName(directory)).toBe(name);
  });
});

test("this machine's facts hang together", () => {
  const facts = readCgroupFacts({
    resources: { hugepageLimits: [{ pageSize: "2MB", limit: 0 }], blockIO: { weight: 10 } },
  });
  expect(facts.mode).toBe(
    facts.v1.length > 0 ? (facts.unified ? "hybrid" : "v1") : facts.unified ? "v2" : "none",
  );
  for (const { controllers, own } of facts.v1) {
    expect(controllers).not.toEqual([]);
    expect(own).toMatch(/^\//);
  }
  const names = facts.v1.flatMap(({ controllers }) => controllers);
  expect(new Set(names).size).toBe(names.length);
});
