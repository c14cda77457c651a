import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/base/error.ts";
import { MEDIA_TYPES, type Platform } from "../../src/image/image-spec.ts";
import {
  hostPlatform,
  type ImageDocuments,
  openLayoutDirectory,
  readLayout,
} from "../../src/image/layout.ts";
import {
  addBlobs,
  buildImage,
  descriptor,
  type Files,
  inTempDir,
  json,
  layoutOf,
  sha256,
  writeFiles,
} from "../support/image-builder.ts";

const AMD64: Platform = { os: "linux", architecture: "amd64" };
const image = buildImage();
const other = buildImage({ config: { User: "other" } });
const blobOf = (bytes: Buffer): string => `blobs/sha256/${sha256(bytes)}`;

/** Read the layout of `files`, which `change` may damage on disk first. */
function read(
  files: Files,
  reference?: string,
  change: (dir: string) => void = () => {},
  platform: Platform = AMD64,
): Promise<ImageDocuments> {
  return inTempDir(async (dir) => {
    writeFiles(dir, files);
    change(dir);
    return readLayout(await openLayoutDirectory(dir), { reference, platform });
  });
}

async function errorOf(result: Promise<unknown>): Promise<string> {
  try {
    await result;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = error.hint === undefined ? "" : ` | ${error.hint}`;
    return `${error.message}${hint}`.replaceAll(/\S*tguard-image-\w+/g, "DIR");
  }
  return "no error";
}

test("the only image is read, its blobs checked", async () => {
  const { configPath, ...rest } = await read(layoutOf({ "1.0": image }));
  expect(configPath).toMatch(new RegExp(`/${blobOf(image.config)}$`));
  expect(rest).toEqual({
    configText: image.config.toString(),
    configDigest: `sha256:${sha256(image.config)}`,
    configMediaType: MEDIA_TYPES.ociConfig,
    layers: [
      {
        digest: `sha256:${sha256(image.layer)}`,
        size: image.layer.length,
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        annotations: {},
        isForeign: false,
      },
    ],
    repoTags: ["1.0"],
  });
});

describe("which image", () => {
  const two = layoutOf({ "registry.example/a:1": image, b: other });
  test.each([
    ["registry.example/a:1", image],
    ["1", image],
    ["b", other],
    [`sha256:${sha256(other.manifest)}`, other],
  ])("reference %s", async (reference, expected) => {
    expect((await read(two, reference)).configText).toBe(expected.config.toString());
  });

  test.each([
    [undefined, 'DIR holds several images | add ":NAME"; it holds "registry.example/a:1", "b"'],
    ["c", 'DIR holds no image "c" | it holds "registry.example/a:1", "b"'],
  ])("reference %s leaves it open", async (reference, message) => {
    expect(await errorOf(read(two, reference))).toBe(message);
  });

  test("two names of one image are one image", async () => {
    const { repoTags } = await read(layoutOf({ a: image, b: image }));
    expect(repoTags).toEqual(["a", "b"]);
  });

  test("a layout without image says so", async () => {
    expect(await errorOf(read(layoutOf({})))).toBe("DIR holds no image");
  });

  const arm = buildImage({ architecture: "arm64" });
  const attestation = json({ attestation: true });
  const nested = (platforms: readonly [typeof image, Platform][], depth = 1): Files => {
    let level = json({
      schemaVersion: 2,
      manifests: [
        ...platforms.map(([{ manifest }, platform]) =>
          descriptor(manifest, MEDIA_TYPES.ociManifest, { platform }),
        ),
        descriptor(attestation, MEDIA_TYPES.ociManifest, {
          platform: { os: "unknown", architecture: "unknown" },
          annotations: { "vnd.docker.reference.type": "attestation-manifest" },
        }),
      ],
    });
    const files = layoutOf({});
    addBlobs(files, attestation);
    for (const [{ config, layer, manifest }] of platforms) addBlobs(files, config, layer, manifest);
    for (let i = 0; i < depth; i++) {
      addBlobs(files, level);
      const annotations = { "org.opencontainers.image.ref.name": "multi" };
      level = json({
        schemaVersion: 2,
        manifests: [descriptor(level, MEDIA_TYPES.ociIndex, { annotations })],
      });
    }
    return files.set("index.json", level);
  };
  const both = nested([
    [arm, { os: "linux", architecture: "arm64" }],
    [image, AMD64],
  ]);

  test.each([
    ["amd64", image],
    ["arm64", arm],
  ])("the platform linux/%s of an index", async (architecture, expected) => {
    const platform = { os: "linux", architecture };
    const { configText, repoTags } = await read(both, "multi", undefined, platform);
    expect(configText).toBe(expected.config.toString());
    expect(repoTags).toEqual(["multi"]);
  });

  test("a platform that is not there", async () => {
    const platform = { os: "linux", architecture: "s390x" };
    expect(await errorOf(read(both, "multi", undefined, platform))).toBe(
      'DIR has no image for linux/s390x | it has "linux/arm64", "linux/amd64"',
    );
  });

  test("an only image of another platform is read", async () => {
    const one = nested([[arm, { os: "linux", architecture: "arm64" }]]);
    expect((await read(one)).configText).toBe(arm.config.toString());
  });

  test("indexes may nest four deep and no deeper", async () => {
    expect((await read(nested([[image, AMD64]], 4))).repoTags).toEqual(["multi"]);
    expect(await errorOf(read(nested([[image, AMD64]], 5)))).toBe(
      "DIR nests image indexes deeper than 4",
    );
  });

  test("the host's platform is in Go's words", () => {
    expect(hostPlatform().os).toBe("linux");
    expect(hostPlatform().architecture).not.toMatch(/x64|ia32/);
  });
});

describe("bad layouts", () => {
  const good = layoutOf({ "1.0": image });
  const damage = "copy the image again; it is damaged or was changed";
  const configBlob = blobOf(image.config);
  const layerBlob = blobOf(image.layer);
  test.each<[string, (dir: string) => void, string]>([
    [
      "index.json missing",
      (dir) => rmSync(join(dir, "index.json")),
      "DIR is not an OCI image layout: it has no index.json | name the directory that holds index.json, or an archive of it",
    ],
    [
      "oci-layout missing",
      (dir) => rmSync(join(dir, "oci-layout")),
      "DIR is not an OCI image layout: it has no oci-layout | name the directory that holds index.json, or an archive of it",
    ],
    [
      "other version",
      (dir) => writeFileSync(join(dir, "oci-layout"), '{"imageLayoutVersion": "2.0.0"}'),
      'DIR has image layout version "2.0.0" | version "1.0.0" is read',
    ],
    [
      "index.json not JSON",
      (dir) => writeFileSync(join(dir, "index.json"), '{"manifests": [}'),
      'DIR/index.json is not JSON: expected a value, found "}"',
    ],
    [
      "index.json not UTF-8",
      (dir) => writeFileSync(join(dir, "index.json"), Buffer.from([0x7b, 0xff, 0x7d])),
      "DIR/index.json is not UTF-8",
    ],
    [
      "index.json nested deep",
      (dir) => writeFileSync(join(dir, "index.json"), "[".repeat(100_000)),
      "DIR/index.json is not JSON: nested deeper than 200",
    ],
    [
      "index.json huge",
      (dir) => truncateSync(join(dir, "index.json"), 300 * 1024 * 1024),
      "DIR/index.json is too large: 314572800 bytes, at most 4194304 | an index, manifest or image config of this size is damaged or hostile",
    ],
    [
      "index.json a directory",
      (dir) => {
        rmSync(join(dir, "index.json"));
        mkdirSync(join(dir, "index.json"));
      },
      "DIR/index.json is not a regular file",
    ],
    [
      "config missing",
      (dir) => rmSync(join(dir, configBlob)),
      `image DIR lacks the blob ${configBlob} | copy the whole image again; a part of it is missing`,
    ],
    [
      "layer missing",
      (dir) => rmSync(join(dir, layerBlob)),
      `image DIR lacks the blob ${layerBlob} | copy the whole image again; a part of it is missing`,
    ],
    [
      "config changed, size kept",
      (dir) =>
        writeFileSync(join(dir, configBlob), image.config.toString().replace("linux", "LINUX")),
      `blob sha256:${sha256(image.config)} does not match its digest: its content has sha256:${sha256(Buffer.from(image.config.toString().replace("linux", "LINUX")))} | ${damage}`,
    ],
    [
      "layer changed, size kept",
      (dir) => writeFileSync(join(dir, layerBlob), Buffer.alloc(image.layer.length)),
      `blob sha256:${sha256(image.layer)} does not match its digest: its content has sha256:${sha256(Buffer.alloc(image.layer.length))} | ${damage}`,
    ],
    [
      "layer cut",
      (dir) => truncateSync(join(dir, layerBlob), 100),
      `blob sha256:${sha256(image.layer)} has 100 bytes, its descriptor says ${image.layer.length} | ${damage}`,
    ],
    [
      "config a link out of the layout",
      (dir) => {
        rmSync(join(dir, configBlob));
        symlinkSync("/etc/passwd", join(dir, configBlob));
      },
      `DIR/${configBlob} leads out of the image layout | copy the blobs into the layout; links out of it are not followed`,
    ],
    [
      "blobs a link out of the layout",
      (dir) => {
        rmSync(join(dir, "blobs"), { recursive: true });
        symlinkSync("/etc", join(dir, "blobs"));
      },
      // What the link leads to has no such file, and that is all that may be learnt of it.
      `image DIR lacks the blob ${blobOf(image.manifest)} | copy the whole image again; a part of it is missing`,
    ],
    [
      "config a dangling link",
      (dir) => {
        rmSync(join(dir, configBlob));
        symlinkSync("nowhere", join(dir, configBlob));
      },
      `DIR/${configBlob} is a symbolic link to nothing`,
    ],
    [
      "config a FIFO",
      (dir) => {
        rmSync(join(dir, configBlob));
        execFileSync("mkfifo", [join(dir, configBlob)]);
      },
      `DIR/${configBlob} is not a regular file`,
    ],
  ])("%s", async (_, change, message) => {
    expect(await errorOf(read(good, undefined, change))).toBe(message);
  });

  test("a link inside the layout is followed", async () => {
    const { configText } = await read(good, undefined, (dir) => {
      writeFileSync(join(dir, "elsewhere"), image.config);
      rmSync(join(dir, configBlob));
      symlinkSync("../../elsewhere", join(dir, configBlob));
    });
    expect(configText).toBe(image.config.toString());
  });

  test("a descriptor that lies about the size of a document", async () => {
    const files = layoutOf({});
    addBlobs(files, image.manifest, image.config, image.layer);
    const lie = (size: number): Files =>
      new Map(files).set(
        "index.json",
        json({
          schemaVersion: 2,
          manifests: [descriptor(image.manifest, MEDIA_TYPES.ociManifest, { size })],
        }),
      );
    expect(await errorOf(read(lie(7)))).toBe(
      `blob sha256:${sha256(image.manifest)} has ${image.manifest.length} bytes, its descriptor says 7 | ${damage}`,
    );
    expect(await errorOf(read(lie(2 ** 40)))).toMatch(/is too large: 1099511627776 bytes/);
  });

  test("not a directory, and nothing", async () => {
    expect(await errorOf(inTempDir((dir) => openLayoutDirectory(join(dir, "none"))))).toBe(
      "cannot open image layout DIR/none | name a directory that holds an OCI image layout",
    );
    const onFile = inTempDir((dir) => {
      writeFileSync(join(dir, "file"), "");
      return openLayoutDirectory(join(dir, "file"));
    });
    expect(await errorOf(onFile)).toBe(
      "DIR/file is not a directory | an archive is named oci-archive:FILE or docker-archive:FILE",
    );
  });
});
