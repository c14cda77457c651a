import type { Span } from "../../base/text.ts";
import type { RuntimeConfig } from "../../oci/runtime-config.ts";

/** A bundle as rules see it: the checked config.json and where each value of it stands. */
export interface BundleModel {
  /** The bundle directory as the user named it. */
  readonly displayName: string;
  /** config.json as the user named it, `DIR/config.json`: the artifact that spans refer to. */
  readonly path: string;
  /** Absolute bundle directory; relative mount sources are resolved against it (runtime-spec, config.md#mounts). */
  readonly directory: string;
  /** Text of config.json as it is on disk. */
  readonly text: string;
  readonly config: RuntimeConfig;
  /** False when the config is for another platform alone (runtime-spec, config.md#platform-specific-configuration). */
  readonly isLinux: boolean;
  /**
   * Where to report the value at a JSON pointer (RFC 6901): the value when it is a scalar, its key when it is
   * an object or an array, and the nearest thing above it when it is absent.
   */
  spanOf(pointer: string): Span;
}
