import { describe, expect, test } from "vitest";
import { parseJsonSource } from "../../src/base/json-source.ts";
import {
  formatPlatform,
  MEDIA_TYPES,
  parseImageConfig,
  parseIndex,
  parseManifest,
} from "../../src/image/image-spec.ts";

const HEX = "ab".repeat(32);
const blob = { mediaType: MEDIA_TYPES.ociConfig, digest: `sha256:${HEX}`, size: 2 };
const source = (value: unknown): ReturnType<typeof parseJsonSource> =>
  parseJsonSource(JSON.stringify(value), { name: "f" });
const rootfs = { type: "layers", diff_ids: [`sha256:${HEX}`] };

test("an index is read with platforms and annotations", () => {
  const platform = { os: "linux", architecture: "arm", variant: "v7" };
  const { manifests } = parseIndex(
    source({ schemaVersion: 2, manifests: [{ ...blob, platform, annotations: { a: "b" } }] }),
  );
  expect(manifests).toEqual([{ ...blob, platform, annotations: { a: "b" }, isForeign: false }]);
  expect(formatPlatform(platform)).toBe("linux/arm/v7");
});

test.each([
  [{ ...blob, urls: ["https://registry.example/x"] }],
  [{ ...blob, mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" }],
  [{ ...blob, mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar" }],
])("%j may be absent", (layer) => {
  const manifest = parseManifest(source({ schemaVersion: 2, config: blob, layers: [layer] }));
  expect(manifest.layers[0]?.isForeign).toBe(true);
});

test("an image config is read whole, null counting as absent", () => {
  const config = parseImageConfig(
    source({
      created: "2024-01-02T03:04:05Z",
      os: "linux",
      architecture: "arm64",
      variant: "v8",
      rootfs,
      config: {
        User: "app",
        Env: ["A=b"],
        ExposedPorts: { "80/tcp": {} },
        Volumes: { "/data": {} },
        Entrypoint: null,
        Cmd: ["x"],
        WorkingDir: "/w",
        Labels: { l: "1" },
        StopSignal: "SIGINT",
        Healthcheck: { Test: ["CMD", "x"], Interval: 30_000_000_000, Retries: 3 },
        Shell: ["/bin/ash", "-c"],
      },
      history: [{ created_by: "x", empty_layer: true }, {}],
    }),
  );
  expect(config).toEqual({
    created: "2024-01-02T03:04:05Z",
    platform: { os: "linux", architecture: "arm64", variant: "v8" },
    diffIds: rootfs.diff_ids,
    config: {
      user: "app",
      env: ["A=b"],
      exposedPorts: ["80/tcp"],
      volumes: ["/data"],
      entrypoint: [],
      cmd: ["x"],
      workingDir: "/w",
      labels: { l: "1" },
      stopSignal: "SIGINT",
      healthcheck: { test: ["CMD", "x"], interval: 30_000_000_000, retries: 3 },
      shell: ["/bin/ash", "-c"],
    },
    history: [
      { created: undefined, createdBy: "x", comment: undefined, isEmptyLayer: true },
      { created: undefined, createdBy: undefined, comment: undefined, isEmptyLayer: false },
    ],
  });
});

describe("what is wrong is told with its place", () => {
  test.each([
    ["index", [], "f must be an object, found an array"],
    ["index", {}, 'f has no "manifests"'],
    ["index", { schemaVersion: 1, manifests: [] }, "f has schema version 1"],
    [
      "index",
      { manifests: [{ ...blob, digest: "sha256:../x" }] },
      "f /manifests/0/digest is not a sha256 or sha512 digest",
    ],
    ["index", { manifests: [{ ...blob, size: -1 }] }, "f /manifests/0/size is negative"],
    [
      "index",
      { manifests: [{ ...blob, size: 1.5 }] },
      "f /manifests/0/size must be an integer, found 1.5",
    ],
    [
      "index",
      { manifests: [{ ...blob, size: "1" }] },
      'f /manifests/0/size must be an integer, found the string "1"',
    ],
    [
      "index",
      { manifests: Array(1001).fill(blob) },
      "f /manifests has 1001 entries, at most 1000 are read",
    ],
    ["manifest", { layers: [] }, 'f has no "config"'],
    ["manifest", { config: blob }, 'f has no "layers"'],
    [
      "manifest",
      { config: { ...blob, mediaType: "application/vnd.oci.empty.v1+json" }, layers: [] },
      'f /config has media type "application/vnd.oci.empty.v1+json": this is not a container image',
    ],
    [
      "manifest",
      { config: blob, layers: Array(1001).fill(blob) },
      "f /layers has 1001 entries, at most 1000 are read",
    ],
    ["config", {}, 'f has no "rootfs": this is not an image config'],
    [
      "config",
      { rootfs: { diff_ids: ["x"] } },
      "f /rootfs/diff_ids/0 is not a sha256 or sha512 digest",
    ],
    [
      "config",
      { rootfs, config: { Env: "A=b" } },
      'f /config/Env must be an array, found the string "A=b"',
    ],
    ["config", { rootfs, config: { Env: [1] } }, "f /config/Env/0 must be a string, found 1"],
    ["config", { rootfs, config: { User: 0 } }, "f /config/User must be a string, found 0"],
    [
      "config",
      { rootfs, config: { ExposedPorts: ["80"] } },
      "f /config/ExposedPorts must be an object, found an array",
    ],
    ["config", { rootfs, history: [1] }, "f /history/0 must be an object, found 1"],
  ] as const)("%s %#", (kind, value, message) => {
    const parse = { index: parseIndex, manifest: parseManifest, config: parseImageConfig }[kind];
    expect(() => parse(source(value))).toThrow(message);
  });
});
