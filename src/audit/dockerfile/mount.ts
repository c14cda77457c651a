import type { BuildContext } from "./build-context.ts";
import { readSource, refuse } from "./build-context.ts";
import { sourceSpan } from "./logical.ts";
import type { Flag, Mount, MountOption } from "./model.ts";
import { expandedWord } from "./word.ts";

// Options of RUN --mount: https://docs.docker.com/reference/dockerfile/#run---mount,
// frontend/dockerfile/instructions/commands_runmount.go.
const TYPES = new Set(["bind", "cache", "tmpfs", "secret", "ssh"]);
const KEYS = new Set([
  ...[
    "type",
    "from",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "readonly",
    "ro",
    "readwrite",
  ],
  ...["rw", "id", "sharing", "size", "mode", "uid", "gid", "required", "env"],
]);

/** Read one `--mount=`. */
export function readMount(context: BuildContext, flag: Flag): Mount {
  const options = readOptions(context, flag);
  const find = (...keys: string[]): MountOption | undefined =>
    options.findLast((option) => keys.includes(option.key));
  const isSet = (...keys: string[]): boolean => {
    const option = find(...keys);
    return option !== undefined && option.value?.value?.toLowerCase() !== "false";
  };
  const type = find("type")?.value;
  if (type?.value !== undefined && !TYPES.has(type.value.toLowerCase()))
    refuse(context, `unsupported mount type "${type.value}"`, type.span);
  for (const { key, span } of options)
    if (!KEYS.has(key)) refuse(context, `unexpected key '${key}' in mount`, span);
  const from = find("from")?.value;
  return {
    flag,
    type: type === undefined ? "bind" : (type.value ?? type.text).toLowerCase(),
    target: find("target", "dst", "destination")?.value,
    source: find("source", "src")?.value,
    from: from === undefined ? undefined : readSource(context, from),
    id: find("id")?.value,
    env: find("env")?.value,
    isReadonly: isSet("readonly", "ro"),
    isRequired: isSet("required"),
    sharing: find("sharing")?.value?.value,
    mode: find("mode")?.value?.value,
    uid: find("uid")?.value?.value,
    gid: find("gid")?.value?.value,
    options,
    span: flag.span,
  };
}

/** Cut the value at commas outside of quotes; BuildKit reads it as one CSV record. */
function readOptions(context: BuildContext, { value }: Flag): MountOption[] {
  if (value === undefined) return [];
  const { raw, at } = value;
  const options: MountOption[] = [];
  let quote = "";
  let start = 0;
  for (let i = 0; i <= raw.length; i++) {
    const char = raw.charAt(i);
    if (quote !== "" && i < raw.length) {
      if (char === quote) quote = "";
      continue;
    }
    if (char === '"' || char === "'") quote = char;
    if (i < raw.length && char !== ",") continue;
    if (i > start) options.push(readOption(context, at + start, at + i));
    start = i + 1;
  }
  return options;
}

function readOption(context: BuildContext, start: number, end: number): MountOption {
  const { logical } = context;
  const written = logical.text.slice(start, end);
  // `"source=a,b"` and `--mount="type=cache,…"`: a quote before the key belongs to the whole.
  const lead = /^["']+/.exec(written)?.[0].length ?? 0;
  const trail = lead > 0 ? (/["']+$/.exec(written)?.[0].length ?? 0) : 0;
  const from = start + lead;
  const to = Math.max(from, end - trail);
  const equals = logical.text.indexOf("=", from);
  const hasValue = equals !== -1 && equals < to;
  return {
    key: logical.text.slice(from, hasValue ? equals : to).toLowerCase(),
    value: hasValue ? expandedWord(context, equals + 1, to) : undefined,
    span: sourceSpan(logical, start, end),
  };
}
