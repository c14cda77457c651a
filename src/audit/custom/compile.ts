import type { Span } from "../../base/text.ts";
import type {
  CopyInstruction,
  Dockerfile,
  ImageReference,
  Instruction,
  Pair,
  Word,
} from "../dockerfile/model.ts";
import { finalStage, isInFinalChain, unwrapped } from "../dockerfile/query.ts";
import type { Confidence, Severity } from "../finding.ts";
import { defineRule, type Report, type Rule } from "../rule.ts";
import type { SimpleCommand } from "../shell/model.ts";
import { type CommandInstruction, pipeReaders, scriptOf, subcommand } from "../shell/query.ts";
import { compileTest, type Test, type TextTest } from "./text-test.ts";

/** What a rule looks for: all that is given must hold for one instruction. */
export interface Pattern {
  readonly instruction?: TextTest;
  readonly stage?: "any" | "final";
  readonly image?: TextTest;
  readonly registry?: TextTest;
  readonly repository?: TextTest;
  readonly tag?: TextTest;
  readonly digest?: TextTest;
  readonly text?: TextTest;
  readonly argument?: TextTest;
  readonly key?: TextTest;
  readonly value?: TextTest;
  readonly flags?: Readonly<Record<string, TextTest>>;
  readonly command?: {
    readonly name: TextTest;
    readonly subcommand?: TextTest;
    readonly has?: readonly string[];
    readonly lacks?: readonly string[];
    readonly argument?: TextTest;
    readonly pipedTo?: TextTest;
  };
}

/** A rule as a YAML file gives it, after validation against custom-rules.schema.json. */
export interface CustomRule {
  readonly id: string;
  readonly name: string;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly summary?: string;
  readonly message: string;
  readonly why?: string;
  readonly howToFix?: string;
  readonly cwe?: readonly string[];
  readonly references?: readonly string[];
  readonly when?: Pattern;
  readonly missing?: Pattern;
  readonly fix?: { readonly replace: string; readonly title?: string; readonly safe?: boolean };
  readonly examples: { readonly bad: readonly string[]; readonly good: readonly string[] };
}

/** A place that a pattern matches, and the words for the message. */
interface Match {
  readonly span: Span;
  readonly words: Readonly<Record<string, string | undefined>>;
}

type Matcher = (dockerfile: Dockerfile, node: Instruction) => readonly Match[];

/** Make a rule of its description. @throws SyntaxError when a regular expression in it is none. */
export function compileRule(custom: CustomRule): Rule<"dockerfile"> {
  const { when, missing, fix } = custom;
  const matches = matcherOf(when ?? missing ?? {});
  return defineRule({
    meta: {
      id: custom.id,
      name: custom.name,
      target: "dockerfile",
      severity: custom.severity ?? "medium",
      confidence: custom.confidence ?? "high",
      summary: custom.summary ?? custom.message.replaceAll(/\{\w+\}/g, "…"),
      why: custom.why ?? "A rule of this team.",
      howToFix: custom.howToFix ?? "See the rule's file.",
      bad: custom.examples.bad[0] ?? "",
      good: custom.examples.good[0] ?? "",
      since: "0.0.0",
      aliases: [],
      cwe: custom.cwe ?? [],
      references: custom.references ?? [],
    },
    check(dockerfile, report) {
      if (missing !== undefined) reportMissing(dockerfile, custom, matches, report);
      else
        for (const node of unwrapped(dockerfile))
          for (const { span, words } of matches(dockerfile, node)) {
            report(span, filled(custom.message, words), {
              ...(fix !== undefined && {
                fix: {
                  title: fix.title ?? `write "${fix.replace}"`,
                  safe: fix.safe === true,
                  edits: [{ span, text: fix.replace }],
                },
              }),
            });
          }
    },
  });
}

/** Nothing in the stages that the image is made of matches: said of the last FROM. */
function reportMissing(
  dockerfile: Dockerfile,
  { message }: CustomRule,
  matches: Matcher,
  report: Report,
): void {
  const stage = finalStage(dockerfile);
  if (stage === undefined) return;
  const isThere = unwrapped(dockerfile).some(
    (node) => isInFinalChain(dockerfile, node) && matches(dockerfile, node).length > 0,
  );
  if (!isThere)
    report(stage.from.span, filled(message, { image: stage.base.reference, instruction: "FROM" }));
}

/** `{name}` replaced by what was found; a name without a value stays as it stands. */
function filled(message: string, words: Match["words"]): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(words, name) ? (words[name] ?? whole) : whole,
  );
}

function matcherOf(pattern: Pattern): Matcher {
  const test = (wanted: TextTest | undefined): Test | undefined =>
    wanted === undefined ? undefined : compileTest(wanted);
  const instruction = lowerCase(pattern.instruction);
  const text = test(pattern.text);
  const flags = Object.entries(pattern.flags ?? {}).map(
    ([name, wanted]) => [name, compileTest(wanted)] as const,
  );
  const parts: readonly Matcher[] = [
    ...imageMatchers(pattern),
    ...pairMatchers(pattern),
    ...argumentMatchers(pattern),
    ...commandMatchers(pattern),
  ];
  return (dockerfile, node) => {
    if (instruction !== undefined && !instruction(node.kind)) return [];
    if (pattern.stage === "final" && !isInFinalChain(dockerfile, node)) return [];
    if (text !== undefined && !text(node.rest.text)) return [];
    const given = (name: string): string | undefined => {
      const flag = node.flags.find((f) => f.name === name);
      return flag === undefined ? undefined : (flag.value?.value ?? flag.value?.text ?? "");
    };
    if (!flags.every(([name, passes]) => passes(given(name)))) return [];
    let found: readonly Match[] = [{ span: node.span, words: {} }];
    for (const part of parts) {
      const matches = part(dockerfile, node);
      if (matches.length === 0) return [];
      // The last condition says most about the place; words of all of them may stand in the message.
      const words = Object.assign({}, ...found.map((match) => match.words));
      found = matches.map((match) => ({ ...match, words: { ...words, ...match.words } }));
    }
    const base = { instruction: node.keyword, text: node.rest.text.slice(0, 200) };
    return found.map((match) => ({ ...match, words: { ...base, ...match.words } }));
  };
}

/** Instructions are compared without case: `FROM`, `from`. */
function lowerCase(wanted: TextTest | undefined): Test | undefined {
  if (wanted === undefined) return undefined;
  const lower = (text: string | readonly string[]): string | readonly string[] =>
    typeof text === "string" ? text.toLowerCase() : text.map((t) => t.toLowerCase());
  if (typeof wanted === "string" || Array.isArray(wanted))
    return compileTest(lower(wanted as string | readonly string[]));
  const { not, ...rest } = wanted as Exclude<TextTest, string | readonly string[]>;
  return compileTest({ ...rest, ...(not !== undefined && { not: lower(not) }) });
}

function imageMatchers(pattern: Pattern): readonly Matcher[] {
  const { image, registry, repository, tag, digest } = pattern;
  const wanted = Object.entries({ image, registry, repository, tag, digest }).flatMap(
    ([part, test]) => (test === undefined ? [] : [[part, compileTest(test)] as const]),
  );
  if (wanted.length === 0) return [];
  return [
    (dockerfile, node) => {
      const reference = imageOf(dockerfile, node);
      // An image whose name is not known may be any.
      if (reference === undefined || !reference.isResolved) return [];
      const parts: Readonly<Record<string, string | undefined>> = {
        image: reference.reference,
        registry: reference.registry ?? "docker.io",
        repository: reference.repository,
        tag: reference.tag,
        digest: reference.digest,
      };
      if (!wanted.every(([part, passes]) => passes(parts[part]))) return [];
      return [{ span: reference.span, words: { ...parts } }];
    },
  ];
}

/** The image that FROM or COPY --from names; not a stage of the file, not scratch. */
function imageOf(dockerfile: Dockerfile, node: Instruction): ImageReference | undefined {
  if (node.kind === "from") {
    const stage = dockerfile.stages.find(({ from }) => from === node);
    return stage?.base.kind === "image" ? stage.base : undefined;
  }
  if (node.kind !== "copy" && node.kind !== "add") return undefined;
  return node.from?.kind === "image" ? node.from : undefined;
}

function pairMatchers({ key, value }: Pattern): readonly Matcher[] {
  if (key === undefined && value === undefined) return [];
  const isKey = compileTest(key ?? "*");
  const isValue = value === undefined ? undefined : compileTest(value);
  return [
    (_, node) =>
      pairsOf(node)
        .filter((pair) => isKey(pair.key) && (isValue === undefined || isValue(pair.value)))
        .map((pair) => ({ span: pair.span, words: { key: pair.key, value: pair.value } })),
  ];
}

interface KeyValue {
  readonly key: string;
  readonly value: string | undefined;
  readonly span: Span;
}

function pairsOf(node: Instruction): readonly KeyValue[] {
  switch (node.kind) {
    case "env":
    case "label":
      return node.pairs.map(({ key, value, span }: Pair) => ({
        key: key.text,
        value: value.value,
        span,
      }));
    case "arg":
      return node.arguments.map(({ name, default: value, span }) => ({
        key: name,
        value: value?.value,
        span,
      }));
    default:
      return [];
  }
}

function argumentMatchers({ argument }: Pattern): readonly Matcher[] {
  if (argument === undefined) return [];
  const passes = compileTest(argument);
  return [
    (_, node) =>
      argumentsOf(node)
        .filter((word) => passes(word.value))
        .map((word) => ({ span: word.span, words: { argument: word.value } })),
  ];
}

/** Words of an instruction that are no flags; of a command line its words as the shell reads them are commands. */
function argumentsOf(node: Instruction): readonly Word[] {
  switch (node.kind) {
    case "from":
      return node.image === undefined ? [] : [node.image];
    case "copy":
    case "add":
      return [
        ...(node as CopyInstruction).sources.map(({ word }) => word),
        ...(node.destination === undefined ? [] : [node.destination]),
      ];
    case "expose":
      return node.ports.map(({ word }) => word);
    case "volume":
      return node.paths;
    case "user":
      return [node.word];
    case "workdir":
      return [node.path];
    case "stopsignal":
      return [node.signal];
    case "maintainer":
      return [node.name];
    case "shell":
      return node.argv;
    case "run":
    case "cmd":
    case "entrypoint":
      return node.command.form === "exec" ? node.command.argv : [];
    default:
      return [];
  }
}

function commandMatchers({ command }: Pattern): readonly Matcher[] {
  if (command === undefined) return [];
  const isName = compileTest(command.name);
  const isSubcommand =
    command.subcommand === undefined ? undefined : compileTest(command.subcommand);
  const isArgument = command.argument === undefined ? undefined : compileTest(command.argument);
  const isReader = command.pipedTo === undefined ? undefined : compileTest(command.pipedTo);
  const has = (node: SimpleCommand, word: string): boolean =>
    node.args.some(({ value }) => value === word || value?.startsWith(`${word}=`) === true);
  return [
    (dockerfile, node) => {
      if (node.kind !== "run" && node.kind !== "cmd" && node.kind !== "entrypoint") return [];
      const script = scriptOf(dockerfile, node as CommandInstruction);
      return script.commands
        .filter(
          (c) =>
            isName(c.name) &&
            (isSubcommand === undefined || isSubcommand(subcommand(c))) &&
            (command.has ?? []).every((word) => has(c, word)) &&
            // A word that is not known may be the one that is asked for.
            !(command.lacks ?? []).some((word) => has(c, word)) &&
            (command.lacks === undefined || c.args.every(({ value }) => value !== undefined)) &&
            (isArgument === undefined || c.args.some(({ value }) => isArgument(value))) &&
            (isReader === undefined || pipeReaders(script, c).some(({ name }) => isReader(name))),
        )
        .map((c) => ({ span: c.span, words: { command: c.name } }));
    },
  ];
}
