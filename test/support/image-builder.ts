import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MEDIA_TYPES } from "../../src/image/image-spec.ts";

/** Files of a layout or archive by path, in the order that an archive stores them. */
export type Files = Map<string, Buffer>;

export interface BuiltImage {
  readonly config: Buffer;
  readonly layer: Buffer;
  readonly manifest: Buffer;
}

export interface Entry {
  readonly name: string;
  readonly content?: Buffer;
  /** ustar type flag: `0` file, `1` hard link, `2` symbolic link, `5` directory. */
  readonly type?: string;
  readonly link?: string;
  /** A size to claim in place of the true one. */
  readonly size?: number;
}

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

export const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export const descriptor = (bytes: Buffer, mediaType: string, more: object = {}): object => ({
  mediaType,
  digest: `sha256:${sha256(bytes)}`,
  size: bytes.length,
  ...more,
});

/** A tar file (ustar, POSIX.1-1988): dates and owners are zero, so that equal input gives equal bytes. */
export function tar(entries: readonly Entry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, content = Buffer.alloc(0), type = "0", link = "", size } of entries) {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write(type === "5" ? "0000755\0" : "0000644\0", 100);
    header.write("0000000\0".repeat(2), 108);
    header.write(`${(size ?? content.length).toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        ", 148);
    header.write(type, 156);
    header.write(link, 157, 100);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((a, b) => a + b, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    blocks.push(header, content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A tar file of `files`. */
export const tarOf = (files: Files): Buffer =>
  tar([...files].map(([name, content]) => ({ name, content })));

/** An image with one tiny layer; `overrides` change the image config. */
export function buildImage(
  overrides: Record<string, unknown> = {},
  configMediaType: string = MEDIA_TYPES.ociConfig,
): BuiltImage {
  const layer = tar([
    { name: "etc/", type: "5" },
    { name: "etc/passwd", content: Buffer.from("root:x:0:0:root:/root:/bin/sh\n") },
  ]);
  const config = json({
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
    ...overrides,
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    config: descriptor(config, configMediaType),
    layers: [descriptor(layer, "application/vnd.oci.image.layer.v1.tar")],
  });
  return { config, layer, manifest };
}

/** Add blobs to `files` under their digests. */
export function addBlobs(files: Files, ...blobs: readonly Buffer[]): void {
  for (const blob of blobs) files.set(`blobs/sha256/${sha256(blob)}`, blob);
}

/** An OCI layout of images by tag; an empty tag gives an entry without name. */
export function layoutOf(images: Readonly<Record<string, BuiltImage>>): Files {
  const manifests = Object.entries(images).map(([tag, { manifest }]) =>
    descriptor(manifest, MEDIA_TYPES.ociManifest, {
      ...(tag !== "" && { annotations: { "org.opencontainers.image.ref.name": tag } }),
    }),
  );
  const files: Files = new Map([
    ["oci-layout", json({ imageLayoutVersion: "1.0.0" })],
    ["index.json", json({ schemaVersion: 2, manifests })],
  ]);
  for (const { config, layer, manifest } of Object.values(images))
    addBlobs(files, config, layer, manifest);
  return files;
}

/** The files of a `docker save` before Docker 25. */
export function dockerSaveOf(images: Readonly<Record<string, BuiltImage>>): Files {
  const files: Files = new Map();
  const list = Object.entries(images).map(([tag, { config, layer }]) => {
    const Config = `${sha256(config)}.json`;
    const folder = sha256(Buffer.from(tag));
    files.set(`${folder}/VERSION`, Buffer.from("1.0"));
    files.set(`${folder}/layer.tar`, layer);
    files.set(Config, config);
    return { Config, RepoTags: tag === "" ? null : [tag], Layers: [`${folder}/layer.tar`] };
  });
  files.set("manifest.json", json(list));
  return files;
}

/** Write files below `dir`. */
export function writeFiles(dir: string, files: Files): void {
  for (const [name, content] of files) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
}

/** Run `use` with a new directory, and remove it afterwards. */
export async function inTempDir<T>(use: (dir: string) => Promise<T> | T): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "tguard-image-"));
  try {
    return await use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The images of fixtures/images, by path below it; scripts/gen-image-fixtures.ts writes them. */
export function fixtureFiles(): Files {
  const safe = buildImage({
    // Reproducible builds have no date.
    created: "1970-01-01T00:00:00Z",
    config: {
      User: "65532:65532",
      Env: ["PATH=/usr/bin:/bin", "TOKEN_FILE=/run/secrets/token"],
      Entrypoint: ["/bin/app"],
      WorkingDir: "/app",
      Labels: { "org.opencontainers.image.title": "safe" },
    },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "COPY app /bin/app # buildkit" }],
  });
  const unsafe = buildImage({
    created: "2024-03-02T10:00:00Z",
    config: {
      User: "0:0",
      Env: ["PATH=/usr/bin:/bin", "API_TOKEN=fixture-not-real"],
      ExposedPorts: { "22/tcp": {}, "8080/tcp": {} },
      Cmd: ["/bin/sh"],
      WorkingDir: "/",
      Volumes: { "/sys/fs": {} },
    },
    history: [
      {
        created: "2024-02-01T00:00:00Z",
        created_by: "/bin/sh -c #(nop) ADD file:0123456789ab in / ",
      },
      { created: "2024-03-02T10:00:00Z", created_by: "ARG NPM_TOKEN", empty_layer: true },
      {
        created: "2024-03-02T10:00:00Z",
        created_by: "RUN |1 NPM_TOKEN=fixture-not-real /bin/sh -c npm ci # buildkit",
        empty_layer: true,
      },
    ],
  });
  const fixtures: Files = new Map();
  for (const [name, files] of [
    ["safe-layout", layoutOf({ "1.0": safe })],
    ["unsafe-layout", layoutOf({ latest: unsafe })],
  ] as const)
    for (const [path, content] of files) fixtures.set(`${name}/${path}`, content);
  fixtures.set("unsafe.docker.tar", tarOf(dockerSaveOf({ "example/unsafe:latest": unsafe })));
  fixtures.set("safe.oci.tar", tarOf(layoutOf({ "1.0": safe })));
  return fixtures;
}
