import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/base/error.ts";
import { readArchive } from "../../src/image/archive.ts";
import { readImageArchive } from "../../src/image/docker-archive.ts";
import { MEDIA_TYPES } from "../../src/image/image-spec.ts";
import type { ImageDocuments } from "../../src/image/layout.ts";
import {
  buildImage,
  dockerSaveOf,
  type Entry,
  inTempDir,
  json,
  layoutOf,
  sha256,
  tar,
  tarOf,
} from "../support/image-builder.ts";

const image = buildImage();
const other = buildImage({ config: { User: "other" } });
const platform = { os: "linux", architecture: "amd64" };

function read(
  bytes: Buffer,
  reference?: string,
  prefer: "oci" | "docker" = "docker",
): Promise<ImageDocuments> {
  return inTempDir((dir) => {
    const path = join(dir, "i.tar");
    writeFileSync(path, bytes);
    return readImageArchive(path, { reference, platform }, prefer);
  });
}

async function errorOf(result: Promise<unknown>): Promise<string> {
  try {
    await result;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.replaceAll(/\/\S*tguard-image-\w+\//g, "");
  }
  return "no error";
}

const saved = dockerSaveOf({ "a:1": image });

describe("docker save", () => {
  const expected = {
    configText: image.config.toString(),
    configDigest: `sha256:${sha256(image.config)}`,
    configMediaType: MEDIA_TYPES.dockerConfig,
    layers: [
      {
        digest: `sha256:${sha256(image.layer)}`,
        size: image.layer.length,
        mediaType: MEDIA_TYPES.dockerLayer,
      },
    ],
    repoTags: ["a:1"],
  };

  test.each([
    ["plain", tarOf(saved)],
    ["in gzip", gzipSync(tarOf(saved))],
    ["with ./ names", tar([...saved].map(([name, content]) => ({ name: `./${name}`, content })))],
    ["manifest.json first", tarOf(new Map([...saved].reverse()))],
  ])("%s", async (_, bytes) => {
    const { configPath, ...rest } = await read(bytes);
    expect(configPath).toMatch(/\/i\.tar$/);
    expect(rest).toEqual(expected);
  });

  test("since Docker 25: an OCI layout with manifest.json beside it", async () => {
    const files = layoutOf({ "1": image });
    const Config = `blobs/sha256/${sha256(image.config)}`;
    const Layers = [`blobs/sha256/${sha256(image.layer)}`];
    files.set("manifest.json", json([{ Config, RepoTags: ["a:1"], Layers }]));
    const { configPath: _, ...rest } = await read(tarOf(files));
    expect(rest).toEqual(expected);
    expect((await read(tarOf(files), undefined, "oci")).configMediaType).toBe(
      MEDIA_TYPES.ociConfig,
    );
  });

  test("an OCI layout alone", async () => {
    const { configMediaType, repoTags } = await read(tarOf(layoutOf({ "1": image })));
    expect({ configMediaType, repoTags }).toEqual({
      configMediaType: MEDIA_TYPES.ociConfig,
      repoTags: ["1"],
    });
  });

  test("layers that are links to an equal one", async () => {
    const entries: Entry[] = [...saved].map(([name, content]) => ({ name, content }));
    const [real] = [...saved.keys()].filter((name) => name.endsWith("layer.tar"));
    const list = (layer: string): Entry => ({
      name: "manifest.json",
      content: json([{ Config: `${sha256(image.config)}.json`, RepoTags: null, Layers: [layer] }]),
    });
    const rest = entries.filter(({ name }) => name !== "manifest.json");
    const symbolic = { name: "l/layer.tar", type: "2", link: `../${real}` };
    const hard = { name: "l/layer.tar", type: "1", link: real ?? "" };
    for (const link of [symbolic, hard])
      expect((await read(tar([...rest, link, list("l/layer.tar")]))).layers).toEqual(
        expected.layers,
      );
    const outside = { name: "l/layer.tar", type: "2", link: "../../etc/passwd" };
    expect(await errorOf(read(tar([...rest, outside, list("l/layer.tar")])))).toBe(
      'image archive i.tar lacks the layer "l/layer.tar"',
    );
    const loop = { name: "l/layer.tar", type: "2", link: "layer.tar" };
    expect(await errorOf(read(tar([...rest, loop, list("l/layer.tar")])))).toBe(
      'i.tar: "l/layer.tar" is a loop of links',
    );
  });

  const two = tarOf(dockerSaveOf({ "a:1": image, "registry.example:5000/b:latest": other }));
  test.each([
    ["a:1", image],
    ["1", image],
    ["registry.example:5000/b", other],
  ])("image %s of two", async (reference, { config }) => {
    expect((await read(two, reference)).configText).toBe(config.toString());
  });

  test("which of two is not told", async () => {
    expect(await errorOf(read(two))).toBe("i.tar holds several images");
    expect(await errorOf(read(two, "c"))).toBe('i.tar holds no image "c"');
    expect(await errorOf(read(tarOf(new Map([["manifest.json", json([])]]))))).toBe(
      "i.tar holds no image",
    );
  });

  test("a layer larger than what is kept passes through", async () => {
    const big = Buffer.alloc(9 * 1024 * 1024, "{");
    const config = json({ rootfs: { diff_ids: [`sha256:${sha256(big)}`] } });
    const { layers } = await read(tarOf(dockerSaveOf({ "": { ...image, config, layer: big } })));
    expect(layers[0]?.size).toBe(big.length);
  });
});

describe("bad archives", () => {
  const plain = tarOf(saved);
  const withList = (list: unknown): Buffer =>
    tarOf(new Map(saved).set("manifest.json", json(list)));
  const Config = `${sha256(image.config)}.json`;
  const named = (name: string): Buffer => tar([{ name, content: Buffer.from("{}") }]);
  const zstd = Buffer.concat([Buffer.from("28b52ffd", "hex"), Buffer.alloc(600)]);
  const layerName = [...saved.keys()].find((name) => name.endsWith("layer.tar")) ?? "";
  const layerHex = sha256(image.layer);
  const zeros = sha256(Buffer.alloc(9));

  test.each([
    ["empty", Buffer.alloc(0), "i.tar is not an image archive"],
    [
      "text",
      Buffer.from("FROM busybox\n".repeat(100)),
      "i.tar is not a tar archive, or is damaged",
    ],
    ["cut in a header", plain.subarray(0, 700), "i.tar is truncated"],
    ["cut in a file", plain.subarray(0, 512 * 5 + 100), "i.tar is truncated"],
    ["gzip cut", gzipSync(plain).subarray(0, 200), "i.tar is truncated"],
    ["zstd", zstd, "i.tar is compressed with zstd"],
    ["no manifest", named("hello.json"), "i.tar is not an image archive"],
    [
      "absolute name",
      named("/etc/cron.d/x"),
      'i.tar has an entry that leads out of the archive: "/etc/cron.d/x"',
    ],
    [
      "name with ..",
      named("a/../../x"),
      'i.tar has an entry that leads out of the archive: "a/../../x"',
    ],
    [
      "control characters in a name",
      named("../\u001b[2J"),
      'i.tar has an entry that leads out of the archive: "../\\u001b[2J"',
    ],
    [
      "two different manifests",
      tar([
        { name: "manifest.json", content: json([]) },
        { name: "./manifest.json", content: json([1]) },
      ]),
      'i.tar has two different entries "manifest.json"',
    ],
    [
      "a link over a file",
      tar([
        { name: "manifest.json", content: json([]) },
        { name: "manifest.json", type: "2", link: "other.json" },
      ]),
      'i.tar has two different entries "manifest.json"',
    ],
    [
      "too many entries",
      tar(Array.from({ length: 20_001 }, (_, i) => ({ name: `d${i}/`, type: "5" }))),
      "i.tar has more than 20000 entries",
    ],
    [
      "huge long-name header",
      tar([{ name: "././@LongLink", type: "L", size: 2 ** 30 }]),
      "i.tar is not a tar archive, or is damaged",
    ],
    [
      "manifest.json not JSON",
      tarOf(new Map([["manifest.json", Buffer.from("[{]")]])),
      'i.tar:manifest.json is not JSON: expected a key in double quotes, found "]"',
    ],
    [
      "manifest.json a text",
      tarOf(new Map([["manifest.json", Buffer.from("hello")]])),
      "i.tar:manifest.json is not a JSON object or array",
    ],
    [
      "manifest.json an object",
      withList({}),
      "i.tar:manifest.json must be an array, found an object",
    ],
    ["no Config", withList([{}]), 'i.tar:manifest.json /0 has no "Config"'],
    [
      "config missing",
      withList([{ Config: "x.json", Layers: [] }]),
      'image archive i.tar lacks the image config "x.json"',
    ],
    [
      "config leads out",
      withList([{ Config: "../../etc/passwd", Layers: [] }]),
      'image archive i.tar lacks the image config "../../etc/passwd"',
    ],
    [
      "layers differ in number",
      withList([{ Config, Layers: [] }]),
      "i.tar lists 0 layers, its image config 1",
    ],
    [
      "layer missing",
      withList([{ Config, Layers: ["x/layer.tar"] }]),
      'image archive i.tar lacks the layer "x/layer.tar"',
    ],
    [
      "config changed",
      tarOf(new Map(saved).set(Config, other.config)),
      `blob sha256:${sha256(image.config)} does not match its digest: its content has sha256:${sha256(other.config)}`,
    ],
    [
      "layer changed",
      tarOf(new Map(saved).set(layerName, Buffer.alloc(9))),
      `blob sha256:${layerHex} does not match its digest: its content has sha256:${zeros}`,
    ],
    [
      "before Docker 1.10",
      tarOf(new Map([["repositories", json({})]])),
      "i.tar is not an image archive",
    ],
  ])("%s", async (_, bytes, message) => {
    expect(await errorOf(read(bytes))).toBe(message);
  });

  test("a decompression bomb is stopped", async () => {
    // 1.2 GB of zeros in 1.2 MB: members of one gzip file are read one after the other.
    const member = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const header = gzipSync(tar([{ name: "bomb", size: 2 ** 32 }]).subarray(0, 512));
    expect(await errorOf(read(Buffer.concat([header, ...Array(19).fill(member)])))).toBe(
      "i.tar is a decompression bomb: it grows more than 250 times",
    );
  });

  test("a directory, a FIFO and nothing", async () => {
    const on = (make: (path: string) => void): Promise<string> =>
      errorOf(
        inTempDir((dir) => {
          make(join(dir, "x"));
          return readArchive(join(dir, "x"));
        }),
      );
    expect(await on((path) => mkdirSync(path))).toBe("x is not a file");
    expect(await on((path) => execFileSync("mkfifo", [path]))).toBe("x is not a file");
    expect(await on(() => {})).toBe("cannot open image archive x");
  });

  test("damaged archives give an error or an image, never anything else", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(plain.length)),
        async (changes, cut) => {
          const bytes = Buffer.from(plain);
          for (const [at, value] of changes) bytes[at] = value;
          const outcome = read(bytes.subarray(0, cut ?? bytes.length)).then(
            () => undefined,
            (error: unknown) => error,
          );
          const error = await outcome;
          if (error !== undefined) expect(error).toBeInstanceOf(UserError);
        },
      ),
      { numRuns: 150 },
    );
  });
});
