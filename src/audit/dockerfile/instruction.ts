import type { BuildContext, FlagTable } from "./build-context.ts";
import { checkFlags, flagValue, jsonWords, readFlags, refuse, restWord } from "./build-context.ts";
import { readCommandLine } from "./command-line.ts";
import { listWords, readCopy } from "./copy.ts";
import { readExpose, readUser } from "./expose-user.ts";
import { readFrom } from "./from.ts";
import { readHealthcheck } from "./healthcheck.ts";
import type { Instruction, InstructionBase } from "./model.ts";
import { readMount } from "./mount.ts";
import { readArguments, readPairs } from "./pairs.ts";

const NO_FLAGS: FlagTable = {};
const RUN_FLAGS: FlagTable = { mount: "list", network: "value", security: "value", device: "list" };

/** Every keyword of the Dockerfile reference. */
const KEYWORDS: readonly string[] = [
  ...["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"],
  ...["MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"],
];

/** Keywords whose flags BuildKit expands (instructions with `Expand`, and RUN --mount). */
const EXPANDED_FLAGS: ReadonlySet<string> = new Set(["ADD", "COPY", "FROM", "RUN"]);

/** Flags of the instruction, as its keyword asks. */
export function flagsOf(context: BuildContext, keyword: string): InstructionBase["flags"] {
  return context.flags.length === 0
    ? []
    : readFlags(context, EXPANDED_FLAGS.has(keyword) ? "expand" : "literal");
}

/** Turn one split instruction line into its node; ONBUILD is done by parse.ts, which can call this twice. */
export function readInstruction(context: BuildContext): Instruction {
  const { base } = context;
  switch (base.keyword) {
    case "FROM":
      return readFrom(context);
    case "RUN": {
      checkFlags(context, RUN_FLAGS);
      const mounts = base.flags.filter((flag) => flag.name === "mount");
      return {
        ...base,
        kind: "run",
        command: readCommandLine(context),
        mounts: mounts.map((flag) => readMount(context, flag)),
        network: flagValue(context, "network"),
        security: flagValue(context, "security"),
      };
    }
    case "CMD":
      checkFlags(context, NO_FLAGS);
      return { ...base, kind: "cmd", command: readCommandLine(context) };
    case "ENTRYPOINT":
      checkFlags(context, NO_FLAGS);
      return { ...base, kind: "entrypoint", command: readCommandLine(context) };
    case "SHELL": {
      checkFlags(context, NO_FLAGS);
      const argv = jsonWords(context);
      if (argv === undefined) refuse(context, "SHELL requires the arguments to be in JSON form");
      else if (argv.length === 0) refuse(context, "SHELL requires at least one argument");
      return { ...base, kind: "shell", argv: argv ?? [] };
    }
    case "ENV":
      return { ...base, kind: "env", pairs: readPairs(context) };
    case "LABEL":
      return { ...base, kind: "label", pairs: readPairs(context) };
    case "ARG":
      return { ...base, kind: "arg", arguments: readArguments(context) };
    case "COPY":
      return readCopy(context, "copy");
    case "ADD":
      return readCopy(context, "add");
    case "EXPOSE":
      return readExpose(context);
    case "USER":
      return readUser(context);
    case "VOLUME": {
      checkFlags(context, NO_FLAGS);
      const paths = listWords(context);
      if (paths.length === 0) refuse(context, "VOLUME requires at least one argument");
      for (const path of paths)
        if (path.text === "")
          refuse(context, "VOLUME specified can not be an empty string", path.span);
      return { ...base, kind: "volume", paths };
    }
    case "WORKDIR":
      needOne(context);
      return { ...base, kind: "workdir", path: restWord(context, "expand") };
    case "STOPSIGNAL":
      needOne(context);
      return { ...base, kind: "stopsignal", signal: restWord(context, "expand") };
    case "MAINTAINER":
      needOne(context);
      return { ...base, kind: "maintainer", name: restWord(context, "plain") };
    case "HEALTHCHECK":
      return readHealthcheck(context);
    default: {
      const near = KEYWORDS.find((keyword) => isNear(keyword, base.keyword));
      const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
      refuse(context, `unknown instruction: ${base.keywordText}${hint}`, base.keywordSpan);
      return { ...base, kind: "unknown" };
    }
  }
}

function needOne(context: BuildContext): void {
  checkFlags(context, NO_FLAGS);
  if (context.rest.end <= context.rest.start)
    refuse(context, `${context.base.keyword} requires exactly one argument`);
}

/** At most two single-character edits apart, and at least half of the word right. */
function isNear(keyword: string, written: string): boolean {
  if (written.length > 20 || Math.abs(keyword.length - written.length) > 2) return false;
  let row = Array.from({ length: written.length + 1 }, (_, i) => i);
  for (let i = 1; i <= keyword.length; i++) {
    const next = [i];
    for (let j = 1; j <= written.length; j++) {
      const cost = keyword[i - 1] === written[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return (row[written.length] ?? 9) <= Math.min(2, keyword.length / 3);
}
