import { describe, expect, test } from "vitest";
import { formatJson, type Json, readStats } from "../../../src/sandbox/cgroup/stats.ts";

function stats(paths: Record<string, string>, files: Record<string, string>): Json {
  const reader = {
    read: (path: string) => files[path],
    list: (dir: string) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${dir}/`))
        .map((path) => path.slice(dir.length + 1)),
  };
  return JSON.parse(formatJson(readStats(paths, reader)));
}

test("numbers of 64 bits are printed digit by digit", () => {
  expect(formatJson({ a: 9223372036854771712n, b: undefined, c: [1, "x"], d: null })).toBe(
    '{"a":9223372036854771712,"c":[1,"x"],"d":null}',
  );
});

describe("v1, as runc 1.1 prints it", () => {
  const paths = { cpu: "/c", cpuacct: "/a", memory: "/m", pids: "/p", blkio: "/b", hugetlb: "/h" };
  const read = stats(paths, {
    "/a/cpuacct.usage": "39549036\n",
    "/a/cpuacct.usage_percpu": "26782757 12766279 \n",
    "/a/cpuacct.usage_all": "cpu user system\n0 12000000 13000000\n1 8000000 9000000\n",
    "/a/cpuacct.stat": "user 1\nsystem 2\n",
    "/c/cpu.stat": "nr_periods 3\nnr_throttled 2\nthrottled_time 100\n",
    "/m/memory.usage_in_bytes": "512000\n",
    "/m/memory.max_usage_in_bytes": "2666496\n",
    "/m/memory.limit_in_bytes": "33554432\n",
    "/m/memory.failcnt": "4\n",
    "/m/memory.stat": "cache 4096\nrss 57344\n",
    "/p/pids.current": "1\n",
    "/p/pids.max": "20\n",
    "/b/blkio.throttle.io_serviced_recursive": "8:0 Read 5\n8:0 Write 0\nTotal 5\n",
    "/h/hugetlb.2MB.usage_in_bytes": "0\n",
    "/h/hugetlb.2MB.max_usage_in_bytes": "2097152\n",
    "/h/hugetlb.2MB.failcnt": "1\n",
  }) as Record<string, unknown>;

  test("all of it", () => {
    expect(read["cpu"]).toEqual({
      usage: {
        total: 39549036,
        percpu: [26782757, 12766279],
        percpu_kernel: [13000000, 9000000],
        percpu_user: [12000000, 8000000],
        kernel: 20000000,
        user: 10000000,
      },
      throttling: { periods: 3, throttledPeriods: 2, throttledTime: 100 },
    });
    expect(read["memory"]).toEqual({
      cache: 4096,
      usage: { limit: 33554432, usage: 512000, max: 2666496, failcnt: 4 },
      swap: { limit: 0, failcnt: 0 },
      kernel: { limit: 0, failcnt: 0 },
      kernelTCP: { limit: 0, failcnt: 0 },
      raw: { cache: 4096, rss: 57344 },
    });
    expect(read["pids"]).toEqual({ current: 1, limit: 20 });
    expect(read["blkio"]).toEqual({
      ioServicedRecursive: [
        { major: 8, op: "Read", value: 5 },
        { major: 8, op: "Write" },
      ],
    });
    expect(read["hugetlb"]).toEqual({ "2MB": { max: 2097152, failcnt: 1 } });
    expect(read["intel_rdt"]).toEqual({});
    expect(read["network_interfaces"]).toBeNull();
  });
});

describe("v2", () => {
  const read = stats(
    { "": "/u" },
    {
      "/u/cpu.stat":
        "usage_usec 100\nuser_usec 60\nsystem_usec 40\nnr_periods 5\nthrottled_usec 7\n",
      "/u/memory.current": "1000\n",
      "/u/memory.max": "4000\n",
      "/u/memory.swap.current": "10\n",
      "/u/memory.swap.max": "max\n",
      "/u/memory.stat": "anon 1\nfile 2\n",
      "/u/memory.pressure":
        "some avg10=0.10 avg60=0.00 avg300=0.00 total=5\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=4\n",
      "/u/pids.current": "2\n",
      "/u/pids.max": "max\n",
      "/u/io.stat": "8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n",
    },
  ) as Record<string, unknown>;

  test("in v1's names", () => {
    expect(read["cpu"]).toEqual({
      usage: { total: 100000, kernel: 40000, user: 60000 },
      throttling: { periods: 5, throttledTime: 7000 },
    });
    expect(read["memory"]).toEqual({
      cache: 2,
      usage: { limit: 4000, usage: 1000, failcnt: 0 },
      swap: { limit: 18446744073709552000, usage: 1010, failcnt: 0 },
      kernel: { limit: 0, failcnt: 0 },
      kernelTCP: { limit: 0, failcnt: 0 },
      raw: { anon: 1, file: 2 },
      psi: {
        some: { avg10: 0.1, avg60: 0, avg300: 0, total: 5 },
        full: { avg10: 0, avg60: 0, avg300: 0, total: 4 },
      },
    });
    expect(read["pids"]).toEqual({ current: 2 });
    expect(read["blkio"]).toEqual({
      ioServiceBytesRecursive: [
        { major: 8, minor: 16, op: "Read", value: 1 },
        { major: 8, minor: 16, op: "Write", value: 2 },
      ],
      ioServicedRecursive: [
        { major: 8, minor: 16, op: "Read", value: 3 },
        { major: 8, minor: 16, op: "Write", value: 4 },
      ],
    });
  });
});
