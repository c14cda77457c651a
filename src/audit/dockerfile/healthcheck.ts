import type { BuildContext } from "./build-context.ts";
import { checkFlags, flagValue, refuse } from "./build-context.ts";
import { readCommandLine } from "./command-line.ts";
import { isSpace, skipSpace } from "./logical.ts";
import type { HealthcheckInstruction } from "./model.ts";
import { readJson } from "./split.ts";
import { plainWord } from "./word.ts";

// instructions/parse.go, parseHealthcheck.
const FLAGS = {
  interval: "value",
  timeout: "value",
  "start-period": "value",
  "start-interval": "value",
  retries: "value",
} as const;

/** Read HEALTHCHECK. */
export function readHealthcheck(context: BuildContext): HealthcheckInstruction {
  const { logical, rest, base } = context;
  const { text } = logical;
  checkFlags(context, FLAGS);
  let typeEnd = rest.start;
  while (typeEnd < rest.end && !isSpace(text.charCodeAt(typeEnd))) typeEnd++;
  const start = skipSpace(text, typeEnd, rest.end);
  const type = typeEnd === rest.start ? undefined : plainWord(logical, rest.start, typeEnd);
  const name = type?.raw.toUpperCase();
  const hasCommand = start < rest.end;
  const mode = name === "NONE" ? "none" : name === "CMD" ? "command" : "unknown";

  if (type === undefined) refuse(context, "HEALTHCHECK requires at least one argument");
  else if (mode === "none" && hasCommand) refuse(context, "HEALTHCHECK NONE takes no arguments");
  else if (mode === "command" && !hasCommand)
    refuse(context, "missing command after HEALTHCHECK CMD");
  else if (mode === "unknown")
    refuse(context, `unknown type "${type.raw}" in HEALTHCHECK (try CMD)`, type.span);

  const range = { start, end: rest.end };
  const json = readJson(text, start, rest.end);
  return {
    ...base,
    isJson: json.kind === "strings",
    kind: "healthcheck",
    mode,
    type,
    command: hasCommand ? readCommandLine({ ...context, rest: range, json }) : undefined,
    interval: flagValue(context, "interval"),
    timeout: flagValue(context, "timeout"),
    startPeriod: flagValue(context, "start-period"),
    startInterval: flagValue(context, "start-interval"),
    retries: flagValue(context, "retries"),
  };
}
