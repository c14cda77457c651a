/**
 * The documents of an image (image-spec 1.1: descriptor.md, image-index.md, manifest.md, config.md; and the Docker
 * schema 2 forms of them): types, and readers that check what they read. Every count is bounded.
 */
import { UserError } from "../base/error.ts";
import { JsonCursor, type JsonSource } from "../base/json-source.ts";
import { quote } from "../oci/violation.ts";
import { parseDigest } from "./digest.ts";

/** The media types that tguard understands. */
export const MEDIA_TYPES = {
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar",
} as const;

const INDEXES: readonly string[] = [MEDIA_TYPES.ociIndex, MEDIA_TYPES.dockerIndex];
const MANIFESTS: readonly string[] = [MEDIA_TYPES.ociManifest, MEDIA_TYPES.dockerManifest];
const CONFIGS: readonly string[] = [MEDIA_TYPES.ociConfig, MEDIA_TYPES.dockerConfig];

// The overlay file system takes 500 lower layers, Docker 127; no real index lists hundreds of platforms.
const MAX_LAYERS = 1000;
const MAX_MANIFESTS = 1000;
const MAX_HISTORY = 10_000;
const MAX_ITEMS = 10_000;

/** True for an image index or Docker manifest list. */
export function isIndex(mediaType: string): boolean {
  return INDEXES.includes(mediaType);
}

/** True for an image manifest, OCI or Docker schema 2. */
export function isManifest(mediaType: string): boolean {
  return MANIFESTS.includes(mediaType);
}

/** A reference to a blob; its digest is one that `parseDigest` takes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  /** Set when the blob may be absent and is fetched from elsewhere. */
  readonly isForeign: boolean;
}

/** image-index.md#image-index-property-descriptions, and the same words in the config. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** `linux/arm/v7`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

export interface Index {
  readonly manifests: readonly Descriptor[];
}

export interface Manifest {
  readonly config: Descriptor;
  /** Lowest first. */
  readonly layers: readonly Descriptor[];
}

/** The image config: the container's defaults, the layers' diff IDs, and how they came to be. */
export interface ImageConfigFile {
  readonly platform: Platform;
  readonly created: string | undefined;
  readonly config: ContainerConfig;
  readonly diffIds: readonly string[];
  readonly history: readonly {
    readonly created: string | undefined;
    readonly createdBy: string | undefined;
    readonly comment: string | undefined;
    readonly isEmptyLayer: boolean;
  }[];
}

/** config.md `config`; `healthcheck` and `shell` are Docker's. Absent lists are empty, absent strings too. */
export interface ContainerConfig {
  readonly user: string;
  readonly env: readonly string[];
  readonly exposedPorts: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workingDir: string;
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string | undefined;
  readonly healthcheck:
    | {
        readonly test: readonly string[];
        readonly interval?: number;
        readonly timeout?: number;
        readonly startPeriod?: number;
        readonly retries?: number;
      }
    | undefined;
  readonly shell: readonly string[];
}

/** @throws UserError when the document is not an index, or lists more than 1000 manifests. */
export function parseIndex(source: JsonSource): Index {
  const root = new JsonCursor(source);
  checkVersion(root);
  const manifests = bounded(root.need("manifests"), MAX_MANIFESTS).map(parseDescriptor);
  return { manifests };
}

/** @throws UserError when the document is not the manifest of a container image, or lists more than 1000 layers. */
export function parseManifest(source: JsonSource): Manifest {
  const root = new JsonCursor(source);
  checkVersion(root);
  const config = parseDescriptor(root.need("config"));
  if (!CONFIGS.includes(config.mediaType))
    root
      .need("config")
      .fail(`has media type ${quote(config.mediaType)}: this is not a container image`);
  const layers = bounded(root.need("layers"), MAX_LAYERS).map(parseDescriptor);
  return { config, layers };
}

/** @throws UserError when the document is not an image config or a field has the wrong type. */
export function parseImageConfig(source: JsonSource): ImageConfigFile {
  const root = new JsonCursor(source);
  const rootfs = root.get("rootfs") ?? root.fail('has no "rootfs": this is not an image config');
  const diffIds = bounded(rootfs.need("diff_ids"), MAX_LAYERS).map((id) => {
    const text = id.string();
    return parseDigest(text) === undefined ? id.fail("is not a sha256 or sha512 digest") : text;
  });
  const history = root.get("history");
  return {
    platform: {
      os: root.get("os")?.string() ?? "unknown",
      architecture: root.get("architecture")?.string() ?? "unknown",
      ...optional("variant", root.get("variant")?.string()),
    },
    created: root.get("created")?.string(),
    config: parseContainerConfig(root.get("config")),
    diffIds,
    history:
      history === undefined
        ? []
        : bounded(history, MAX_HISTORY).map((entry) => ({
            created: entry.get("created")?.string(),
            createdBy: entry.get("created_by")?.string(),
            comment: entry.get("comment")?.string(),
            isEmptyLayer: entry.get("empty_layer")?.boolean() ?? false,
          })),
  };
}

function parseContainerConfig(at: JsonCursor | undefined): ContainerConfig {
  const strings = (key: string): readonly string[] => {
    const list = at?.get(key);
    return list === undefined ? [] : bounded(list, MAX_ITEMS).map((item) => item.string());
  };
  const keys = (key: string): readonly string[] =>
    at
      ?.get(key)
      ?.entries()
      .map(([name]) => name) ?? [];
  const labels = at?.get("Labels")?.entries() ?? [];
  const health = at?.get("Healthcheck");
  return {
    user: at?.get("User")?.string() ?? "",
    env: strings("Env"),
    exposedPorts: keys("ExposedPorts"),
    entrypoint: strings("Entrypoint"),
    cmd: strings("Cmd"),
    workingDir: at?.get("WorkingDir")?.string() ?? "",
    volumes: keys("Volumes"),
    labels: Object.fromEntries(labels.map(([name, value]) => [name, value.string()])),
    stopSignal: at?.get("StopSignal")?.string(),
    healthcheck:
      health === undefined
        ? undefined
        : {
            test: health.get("Test")?.strings() ?? [],
            ...optional("interval", health.get("Interval")?.integer()),
            ...optional("timeout", health.get("Timeout")?.integer()),
            ...optional("startPeriod", health.get("StartPeriod")?.integer()),
            ...optional("retries", health.get("Retries")?.integer()),
          },
    shell: strings("Shell"),
  };
}

function parseDescriptor(at: JsonCursor): Descriptor {
  const digest = at.need("digest");
  // Before the digest becomes part of a path: nothing but a registered algorithm and hexadecimal digits passes.
  if (parseDigest(digest.string()) === undefined) digest.fail("is not a sha256 or sha512 digest");
  const size = at.need("size");
  if (size.integer() < 0) size.fail("is negative");
  const platform = at.get("platform");
  const mediaType = at.get("mediaType")?.string() ?? "";
  const annotations = at.get("annotations")?.entries() ?? [];
  return {
    mediaType,
    digest: digest.string(),
    size: size.integer(),
    annotations: Object.fromEntries(annotations.map(([key, value]) => [key, value.string()])),
    ...optional("platform", platform === undefined ? undefined : parsePlatform(platform)),
    isForeign:
      (at.get("urls")?.strings().length ?? 0) > 0 ||
      mediaType.includes(".foreign.") ||
      mediaType.includes(".nondistributable."),
  };
}

function parsePlatform(at: JsonCursor): Platform {
  return {
    os: at.get("os")?.string() ?? "unknown",
    architecture: at.get("architecture")?.string() ?? "unknown",
    ...optional("variant", at.get("variant")?.string()),
  };
}

/** Manifests and indexes share `schemaVersion`; 1 is the old signed Docker form with everything elsewhere. */
function checkVersion(root: JsonCursor): void {
  const version = root.get("schemaVersion");
  if (version !== undefined && version.integer() !== 2)
    throw new UserError(`${root.source.name} has schema version ${version.integer()}`, {
      where: root.source.name,
      hint: "pull and save the image again with a current tool; only version 2 is read",
    });
}

function bounded(at: JsonCursor, limit: number): readonly JsonCursor[] {
  const items = at.items();
  return items.length > limit
    ? at.fail(`has ${items.length} entries, at most ${limit} are read`)
    : items;
}

/** A property that is left out, not `undefined`, when there is no value (exactOptionalPropertyTypes). */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
