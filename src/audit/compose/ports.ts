import type { Span } from "../../base/text.ts";
import type { ComposeNode, ComposeService } from "./model.ts";
import { entryAt, isKnown, scalarAt } from "./query.ts";

/** One entry of `ports`. */
export interface PublishedPort {
  /** `undefined`: none is given; `unknownMark` in it when a variable hides it. */
  readonly hostIp: string | undefined;
  /** Host port or range as written; `undefined`: the engine picks one. */
  readonly published: string | undefined;
  readonly target: string;
  /** As written, for messages. */
  readonly written: string;
  /** True for the short syntax with no variable or escape in it: what is behind the quote is `written`. */
  readonly isShort: boolean;
  readonly span: Span;
}

/** The ports of a service in short (`[HOST:]CONTAINER[/PROTOCOL]`) and long syntax, in order. */
export function portsOf(service: ComposeService): readonly PublishedPort[] {
  const ports = entryAt(service, "ports")?.value;
  return ports?.kind === "list" ? ports.items.flatMap(portOf) : [];
}

function portOf(item: ComposeNode): readonly PublishedPort[] {
  if (item.kind === "list") return [];
  if (item.kind === "scalar") {
    const { isNull, raw, text, span } = item;
    if (isNull) return [];
    return [{ ...cutShort(text), written: raw, isShort: raw === text, span }];
  }
  const hostIp = scalarAt(item, "host_ip")?.text;
  const published = scalarAt(item, "published");
  const target = scalarAt(item, "target");
  const span = published?.span ?? target?.span ?? item.span;
  const written = published?.raw ?? target?.raw ?? "";
  return [
    {
      hostIp: hostIp || undefined,
      published: published?.text,
      target: target?.text ?? "",
      ...{ written, isShort: false, span },
    },
  ];
}

/** go-connections, nat/nat.go splitParts: the last part is the container's, the one before it the host's, the rest an address. */
function cutShort(text: string): Pick<PublishedPort, "hostIp" | "published" | "target"> {
  const parts = text.replace(/\/[^/]*$/, "").split(":");
  const target = parts.pop() ?? "";
  const published = parts.pop();
  const address = parts.join(":").replace(/^\[(.*)\]$/, "$1");
  return { hostIp: address || undefined, published: published || undefined, target };
}

/** The first and last host port; `undefined` when none is fixed or a variable hides it. */
export function hostPorts({ published }: PublishedPort): readonly [number, number] | undefined {
  if (published === undefined || !isKnown(published)) return undefined;
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(published);
  return match === null ? undefined : [Number(match[1]), Number(match[2] ?? match[1])];
}
