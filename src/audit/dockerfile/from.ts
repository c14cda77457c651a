import type { BuildContext } from "./build-context.ts";
import { checkFlags, flagValue, refuse } from "./build-context.ts";
import type { FromInstruction, StageAlias } from "./model.ts";
import { splitBlanks } from "./split.ts";
import { expandedWord, plainWord } from "./word.ts";

// instructions/parse.go: validStageName.
const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;

/** Read FROM (`parseFrom`, `parseBuildStageName`). */
export function readFrom(context: BuildContext): FromInstruction {
  const { logical, rest, base } = context;
  checkFlags(context, { platform: "value" });
  const words = splitBlanks(logical.text, rest.start, rest.end);
  const args = words.map(({ start, end }, i) =>
    i === 0 ? expandedWord(context, start, end) : plainWord(logical, start, end),
  );
  const [image, as, name] = args;
  let alias: StageAlias | undefined;
  if (as !== undefined && name !== undefined && as.raw.toUpperCase() === "AS") {
    alias = { name: name.raw.toLowerCase(), text: name.raw, span: name.span, asSpan: as.span };
    if (!STAGE_NAME.test(alias.name))
      refuse(
        context,
        `invalid name for build stage: "${name.raw}", name can't start with a number or contain symbols`,
        name.span,
      );
  }
  if (args.length !== 1 && !(args.length === 3 && alias !== undefined))
    refuse(context, "FROM requires either one or three arguments");
  return { ...base, kind: "from", image, platform: flagValue(context, "platform"), alias, args };
}
