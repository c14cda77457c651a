import { posix } from "node:path";
import type { Span } from "../../base/text.ts";
import type { ComposeFile, ComposeNode, ComposeService } from "./model.ts";
import { entryAt, isKnown, isTrue, scalarAt } from "./query.ts";

/** One mount of a service. */
export interface ServiceMount {
  /** Host path or name of a volume as written, variables replaced; `undefined`: an anonymous volume. */
  readonly source: string | undefined;
  /**
   * The host path that is mounted: absolute, without `..`, `/var/run` as `/run`. `undefined` when nothing of the host is,
   * or nobody can know which: it is relative, below a home folder, or in a variable.
   */
  readonly hostPath: string | undefined;
  readonly target: string;
  readonly isReadonly: boolean;
  /** Options of the short syntax, or the `bind.propagation` of the long one. */
  readonly options: readonly string[];
  /** The source, or the whole short form. */
  readonly span: Span;
  /** Where the propagation stands. */
  readonly optionSpan: Span;
}

/** The mounts of a service in short (`SOURCE:TARGET[:OPTIONS]`) and long syntax, in order. */
export function mountsOf(file: ComposeFile, service: ComposeService): readonly ServiceMount[] {
  const volumes = entryAt(service, "volumes")?.value;
  if (volumes?.kind !== "list") return [];
  return volumes.items.flatMap((item) => {
    const mount = mountOf(item);
    if (mount?.source === undefined) return mount ?? [];
    const device = isName(mount.source) ? deviceOf(file, mount.source) : mount.source;
    return [{ ...mount, hostPath: device === undefined ? undefined : hostPath(device) }];
  });
}

function mountOf(item: ComposeNode): ServiceMount | undefined {
  if (item.kind === "list") return undefined;
  if (item.kind === "map") {
    const source = scalarAt(item, "source");
    const type = scalarAt(item, "type")?.text;
    const propagation = scalarAt(item, "bind", "propagation");
    return {
      source: type === "bind" || type === "volume" || type === undefined ? source?.text : undefined,
      hostPath: undefined,
      target: scalarAt(item, "target")?.text ?? "",
      isReadonly: isTrue(scalarAt(item, "read_only")),
      options: propagation === undefined ? [] : [propagation.text],
      span: source?.span ?? item.span,
      optionSpan: propagation?.span ?? item.span,
    };
  }
  if (item.isNull) return undefined;
  const { span } = item;
  // A drive letter of Windows is no part of its own.
  const parts = item.text.match(/^[A-Za-z]:[\\/][^:]*|[^:]+/g) ?? [];
  const [source, target, options = ""] = parts;
  const list = options.split(",");
  return {
    source: target === undefined ? undefined : source,
    hostPath: undefined,
    target: target ?? source ?? "",
    isReadonly: list.includes("ro"),
    options: list,
    span,
    optionSpan: span,
  };
}

/** compose-spec, 05-services.md: a source that begins with `.`, `~` or `/` is a path, others name a volume. */
const isName = (source: string): boolean => /^[A-Za-z0-9]/.test(source) && !/[\\/]/.test(source);

/** The host path behind a named volume of the local driver that binds one. */
function deviceOf({ documents }: ComposeFile, name: string): string | undefined {
  for (const document of documents) {
    const device = scalarAt(document, "volumes", name, "driver_opts", "device");
    // An NFS export, `:/path`, is another machine's.
    if (device !== undefined) return device.text.startsWith(":") ? undefined : device.text;
  }
  return undefined;
}

function hostPath(source: string): string | undefined {
  if (!source.startsWith("/") || !isKnown(source)) return undefined;
  const path = posix.normalize(source);
  const trimmed = path.length > 1 ? path.replace(/\/$/, "") : path;
  return trimmed.replace(/^\/var\/run(?=\/|$)/, "/run");
}
