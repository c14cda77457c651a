import type { Span } from "../../base/text.ts";

/** An image as rules see it: its configuration, history and descriptors; no layer content. */
export interface ImageModel {
  /** The image as the user named it, `oci:DIR:tag`. */
  readonly displayName: string;
  /** File that holds the image config, as the user named it: the blob of a layout, or the archive itself. */
  readonly path: string;
  /** The image config as indented JSON, values that look secret replaced by asterisks; spans refer to it. */
  readonly text: string;
  /** Media type of the config; Docker's and OCI's allow different fields. */
  readonly configMediaType: string;
  /** `sha256:…` of the config blob: the image ID. */
  readonly configDigest: string;
  readonly platform: Platform;
  /** RFC 3339 date of the image, as its builder wrote it. */
  readonly created: string | undefined;
  /** Names that the archive or layout gives the image, `busybox:latest`; a layout may give only a tag. */
  readonly repoTags: readonly string[];
  /** RFC 3339 date of the audit: rules have no clock of their own. */
  readonly auditedAt: string;
  readonly config: ImageConfig;
  readonly history: readonly HistoryEntry[];
  /** Lowest layer first. */
  readonly layers: readonly Layer[];
  /**
   * Where to report the value at a JSON pointer (RFC 6901) of the image config: the value when it is a scalar,
   * its key when it is an object or an array, and the nearest thing above it when it is absent.
   */
  spanOf(pointer: string): Span;
  /** Where code units `start` to `end` of the string value at a JSON pointer stand. */
  spanInString(pointer: string, start: number, end: number): Span;
}

/** image-spec, config.md: `os`, `architecture`, `variant`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** The object `config` of the image config (image-spec, config.md#properties, and Docker's additions). */
export interface ImageConfig {
  /** Empty when the image names no user. */
  readonly user: string;
  readonly env: readonly EnvVariable[];
  readonly exposedPorts: readonly ExposedPort[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workingDir: string;
  readonly volumes: readonly { readonly path: string; readonly pointer: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string | undefined;
  /** Docker's field; OCI configs need not have it. */
  readonly healthcheck: Healthcheck | undefined;
  /** Docker's field: the shell of shell-form instructions. */
  readonly shell: readonly string[];
}

export interface EnvVariable {
  readonly name: string;
  readonly value: string;
  /** JSON pointer of the string `NAME=value`. */
  readonly pointer: string;
}

/** One key of `ExposedPorts`, `8000-8010/tcp`. */
export interface ExposedPort {
  readonly first: number;
  /** Same as `first` unless the key is a range. */
  readonly last: number;
  readonly protocol: string;
  readonly pointer: string;
}

/** Docker's HEALTHCHECK; durations in nanoseconds. */
export interface Healthcheck {
  /** `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`. */
  readonly test: readonly string[];
  readonly interval?: number;
  readonly timeout?: number;
  readonly startPeriod?: number;
  readonly retries?: number;
}

/** One entry of `history`, its `created_by` taken apart. */
export interface HistoryEntry {
  /** JSON pointer of `created_by`, or of the entry when it has none. */
  readonly pointer: string;
  readonly created: string | undefined;
  readonly createdBy: string;
  readonly comment: string | undefined;
  readonly isEmptyLayer: boolean;
  readonly step: HistoryStep;
}

/** What a builder wrote into `created_by`. */
export interface HistoryStep {
  /** Upper-case Dockerfile instruction, or `undefined` when the text has none of the known forms. */
  readonly instruction: string | undefined;
  /** Rest of the text after the instruction and the build arguments; offset of it in `createdBy`. */
  readonly arguments: string;
  readonly argumentsStart: number;
  /** Build arguments that a builder lists before a RUN: `|1 NAME=value /bin/sh -c …`. */
  readonly buildArguments: readonly {
    readonly name: string;
    readonly value: string;
    /** Offset of the name in `createdBy`. */
    readonly start: number;
  }[];
}

export interface Layer {
  /** Digest of the blob; in a Docker archive the digest of the uncompressed layer (its diff ID). */
  readonly digest: string;
  /** Bytes of the blob. */
  readonly size: number;
  readonly mediaType: string;
}
