import type { BuildContext } from "./build-context.ts";
import { checkFlags, refuse, restWord } from "./build-context.ts";
import type { ExposedPort, ExposeInstruction, UserInstruction, Word } from "./model.ts";
import { splitBlanks } from "./split.ts";
import { expandedWord } from "./word.ts";

const PORT = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(\w+))?$/;

/** A variable with more ports than this counts as unknown: a short line must not grow without bound. */
const MAX_PORTS = 8;

/** Read EXPOSE; a variable may hold several ports. */
export function readExpose(context: BuildContext): ExposeInstruction {
  const { logical, rest, base } = context;
  checkFlags(context, {});
  const words = splitBlanks(logical.text, rest.start, rest.end).map(({ start, end }) =>
    expandedWord(context, start, end),
  );
  if (words.length === 0) refuse(context, "EXPOSE requires at least one argument");
  return { ...base, kind: "expose", ports: words.flatMap(readPorts) };
}

function readPorts(word: Word): ExposedPort[] {
  const values = (word.value ?? "").split(/\s+/).filter((value) => value !== "");
  if (values.length === 0 || values.length > MAX_PORTS) {
    const protocol = /\/(\w+)$/.exec(word.text)?.[1]?.toLowerCase() ?? "tcp";
    return [{ word, from: undefined, to: undefined, protocol }];
  }
  return values.map((value): ExposedPort => {
    const match = PORT.exec(value);
    const from = match === null ? undefined : Number(match[1]);
    const to = match?.[2] === undefined ? from : Number(match[2]);
    const protocol = value.includes("/") ? value.slice(value.indexOf("/") + 1) : "tcp";
    const isPort = from !== undefined && to !== undefined && from <= to && to <= 65535;
    return {
      word,
      from: isPort ? from : undefined,
      to: isPort ? to : undefined,
      protocol: protocol.toLowerCase(),
    };
  });
}

/** Read USER; of `name:$GID` the name is known though the whole is not. */
export function readUser(context: BuildContext): UserInstruction {
  checkFlags(context, {});
  if (context.rest.end <= context.rest.start) refuse(context, "USER requires exactly one argument");
  const word = restWord(context, "expand");
  const whole = word.value ?? word.text;
  const colon = whole.replaceAll(/\$\{[^}]*\}/g, (found) => "_".repeat(found.length)).indexOf(":");
  const user = colon === -1 ? whole : whole.slice(0, colon);
  const group = colon === -1 ? undefined : whole.slice(colon + 1);
  const known = (part: string | undefined): string | undefined =>
    word.value !== undefined || part?.includes("$") === false ? part : undefined;
  return {
    ...context.base,
    kind: "user",
    word,
    user: known(user),
    group: known(group),
    hasGroup: colon !== -1,
  };
}
