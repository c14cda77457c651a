import type { Span } from "../../base/text.ts";
import type { Logical, Word } from "../dockerfile/model.ts";
import { joinPath } from "../dockerfile/query.ts";
import { bashSyntaxOf, bashSyntaxOfWord, type FoundSyntax } from "./bash-syntax.ts";
import {
  decodeWord,
  type EvaluatedWord,
  evaluateWord,
  type Frame,
  frameSpan,
  type Variables,
} from "./evaluate.ts";
import type {
  Assignment,
  BashSyntax,
  Context,
  Pipeline,
  Redirect,
  Script,
  ShellOptions,
  ShellWord,
  SimpleCommand,
} from "./model.ts";
import { applySetArguments, baseName, SHELLS } from "./options.ts";
import type {
  AnyCommandNode,
  AssignmentNode,
  CommandNode,
  ListNode,
  PipelineNode,
  RedirectionNode,
  ScriptNode,
  StatementNode,
  TestNode,
  WordNode,
} from "./parse.ts";
import { findWrapped } from "./wrappers.ts";

/** What a walk starts from. */
export interface ScriptInput {
  readonly shell: string;
  readonly options: ShellOptions;
  readonly directory: string | undefined;
  /** Variables that the Dockerfile sets. */
  readonly variable: Variables;
  readonly parse: (text: string) => ScriptNode;
  readonly span: Span;
}

/** `sh -c "sh -c '…'"` deeper than this is not read. */
const MAX_NESTING = 8;

/** Words that known variables may add to a script by field splitting; afterwards variables count as unknown. */
const MAX_SPLIT_WORDS = 10_000;

/** Walk a script text. */
export function walkScript(input: ScriptInput, logical: Logical): Script {
  const walker = new Walker(input);
  walker.source(logical, { ...walker.start });
  return walker.done();
}

/** Walk an exec form: its one command, and what `sh -c` in it runs. */
export function walkExec(input: ScriptInput, argv: readonly Word[]): Script {
  const walker = new Walker(input);
  walker.exec(argv);
  return walker.done();
}

type Operator = SimpleCommand["operator"];
type Draft = { -readonly [K in keyof SimpleCommand]: SimpleCommand[K] };

/** What changes while commands run one after the other; a subshell works on a copy. */
interface State {
  options: ShellOptions;
  directory: string | undefined;
  /** Variables the script itself sets; `undefined`: set to something unknown. */
  variables: Map<string, string | undefined>;
}

/** Where the walk is; changed by copying. */
interface Place {
  readonly frame: Frame;
  readonly state: State;
  readonly context: Context;
  readonly nestedIn: number | undefined;
}

const TOP: Context = {
  isSubshell: false,
  functionName: undefined,
  isCondition: false,
  isConditional: false,
  isFallback: false,
  isLoop: false,
  isSubstitution: false,
  isBackground: false,
  nesting: 0,
};

const NO_ASSIGNMENTS: readonly Assignment[] = [];
const NO_REDIRECTS: readonly Redirect[] = [];

const copyState = (state: State): State => ({ ...state, variables: new Map(state.variables) });

class Walker {
  readonly #input: ScriptInput;
  readonly #commands: Draft[] = [];
  readonly #pipelines: Pipeline[] = [];
  readonly #assignments: Assignment[] = [];
  readonly #errors: { message: string; span: Span }[] = [];
  readonly #bashSyntax: { what: BashSyntax; span: Span }[] = [];
  #splitWords = 0;
  readonly start: Omit<Place, "frame">;

  constructor(input: ScriptInput) {
    this.#input = input;
    const { options, directory } = input;
    this.start = {
      state: { options, directory, variables: new Map() },
      context: TOP,
      nestedIn: undefined,
    };
  }

  done(): Script {
    return {
      state: this.#errors.length > 0 ? "partial" : "parsed",
      reason: undefined,
      shell: this.#input.shell,
      commands: this.#commands,
      pipelines: this.#pipelines,
      assignments: this.#assignments,
      errors: this.#errors,
      bashSyntax: this.#bashSyntax,
      span: this.#input.span,
    };
  }

  /** Parse and walk one text. */
  source(logical: Logical, place: Omit<Place, "frame">): void {
    const frame = { logical, fixed: undefined };
    this.#script(this.#input.parse(logical.text), { ...place, frame });
  }

  #script(script: ScriptNode, place: Place): void {
    for (const { message, pos } of script.errors ?? [])
      this.#errors.push({ message, span: frameSpan(place.frame, pos, pos) });
    this.#statements(script.commands, place);
  }

  #list(list: ListNode, place: Place): void {
    this.#statements(list.commands, place);
  }

  #statements(statements: readonly StatementNode[], place: Place): void {
    let operator: Operator;
    for (const { command, background } of statements) {
      const isBackground = background === true;
      const inner = isBackground ? this.#sub(place, { isBackground }) : place;
      if (command.type === "AndOr") this.#andOr(command, inner, operator);
      else this.#pipeline(command, inner, operator);
      operator = isBackground ? "&" : ";";
    }
  }

  #andOr(
    node: Extract<StatementNode["command"], { type: "AndOr" }>,
    place: Place,
    operator: Operator,
  ): void {
    node.commands.forEach((command, i) => {
      const before = i === 0 ? undefined : node.operators[i - 1];
      const inner = {
        isCondition: i < node.operators.length || place.context.isCondition,
        isConditional: i > 0 || place.context.isConditional,
        isFallback: before === "||" || place.context.isFallback,
      };
      // What stands right of || mostly does not run: it must not move the directory.
      const at = before === "||" ? this.#branch(place, inner) : this.#with(place, inner);
      this.#pipeline(command, at, before ?? operator);
      if (before === "||") this.#join(place.state, at.state);
    });
  }

  #pipeline(node: PipelineNode, place: Place, operator: Operator): void {
    const index = this.#pipelines.length;
    const parts: SimpleCommand[][] = [];
    const isPipeline = node.type === "Pipeline";
    const isNegated = isPipeline && node.prefixes.some(({ type }) => type === "Negation");
    this.#pipelines.push({
      index,
      parts,
      isNegated,
      span: frameSpan(place.frame, node.pos, node.end),
    });
    const nodes = isPipeline ? node.commands : [node];
    const negated = isNegated ? this.#with(place, { isCondition: true }) : place;
    nodes.forEach((command, position) => {
      const from = this.#commands.length;
      const inner = nodes.length > 1 ? this.#sub(negated, {}) : negated;
      this.#command(command, inner, position === 0 ? operator : "|", index, position);
      parts.push(this.#commands.slice(from));
    });
  }

  #command(
    node: AnyCommandNode,
    place: Place,
    operator: Operator,
    pipeline: number,
    position: number,
  ): void {
    this.#note(bashSyntaxOf(node, place.frame.logical.text), place);
    switch (node.type) {
      case "Command":
        this.#simple(node, place, operator, pipeline, position);
        return;
      case "Redirected":
        this.#command(node.command, place, operator, pipeline, position);
        for (const redirect of node.redirects) this.#redirect(redirect, place, undefined);
        return;
      case "Subshell":
        this.#list(node.body, this.#sub(place, {}));
        return;
      case "BraceGroup":
        this.#list(node.body, place);
        return;
      case "If":
        this.#list(node.clause, this.#with(place, { isCondition: true }));
        this.#branches(place, [node.then], {});
        for (const { clause, then } of node.elif) {
          this.#branches(place, [clause], { isCondition: true });
          this.#branches(place, [then], {});
        }
        if (node.else !== undefined) this.#branches(place, [node.else], {});
        return;
      case "While": {
        this.#forgetAssigned(node, place);
        this.#list(node.clause, this.#with(place, { isCondition: true, isLoop: true }));
        this.#branches(place, [node.body], { isLoop: true });
        return;
      }
      case "For":
      case "Select":
        for (const word of node.wordlist ?? []) this.#word(word, place, undefined);
        this.#forgetAssigned(node, place);
        place.state.variables.set(node.name.text, undefined);
        this.#assignments.push({
          name: node.name.text,
          value: undefined,
          span: frameSpan(place.frame, node.name.pos, node.name.end),
        });
        this.#branches(place, [node.body], { isLoop: true });
        return;
      case "ArithmeticFor":
        this.#forgetAssigned(node, place);
        this.#branches(place, [node.body], { isLoop: true });
        return;
      case "Case":
        this.#word(node.word, place, undefined);
        for (const { body } of node.items) this.#branches(place, [body], {});
        return;
      case "Function": {
        this.#forgetAssigned(node, place);
        const inner = this.#branch(place, {
          functionName: node.name.text,
          isConditional: true,
        });
        inner.state.directory = undefined;
        if (node.body.type === "CompoundList") this.#list(node.body, inner);
        else this.#command(node.body, inner, undefined, pipeline, position);
        return;
      }
      case "Coproc": {
        const inner = this.#sub(place, { isBackground: true });
        if (node.body.type === "CompoundList") this.#list(node.body, inner);
        else this.#command(node.body, inner, operator, pipeline, position);
        return;
      }
      case "TestCommand":
        this.#test(node.expression, place);
        return;
      case "ArithmeticCommand":
        return;
    }
  }

  /** Keep what only bash knows, of the script that the instruction's own shell reads. */
  #note(found: readonly FoundSyntax[], { context, frame }: Place): void {
    if (context.nesting > 0) return;
    for (const { what, pos, end } of found)
      this.#bashSyntax.push({ what, span: frameSpan(frame, pos, end) });
  }

  /** Substitutions inside `[[ … ]]`. */
  #test(node: TestNode, place: Place): void {
    switch (node.type) {
      case "TestUnary":
        this.#word(node.operand, place, undefined);
        return;
      case "TestBinary":
        this.#word(node.left, place, undefined);
        this.#word(node.right, place, undefined);
        return;
      case "TestLogical":
        for (const operand of node.operands) this.#test(operand, place);
        return;
      case "TestNot":
        this.#test(node.operand, place);
        return;
      case "TestGroup":
        this.#test(node.expression, place);
        return;
    }
  }

  #simple(
    node: CommandNode,
    place: Place,
    operator: Operator,
    pipeline: number,
    position: number,
  ): void {
    const { frame, state } = place;
    const words: ShellWord[] = [];
    const nested: EvaluatedWord["scripts"][number][] = [];
    const nodes: (WordNode | undefined)[] = [];
    const take = (word: WordNode, lead = "", start = word.pos): void => {
      this.#note(bashSyntaxOfWord(word), place);
      const evaluated = evaluateWord(
        word,
        frame,
        (name) => this.#variable(state, name),
        lead,
        start,
      );
      words.push(...evaluated.words);
      if (evaluated.words.length > 1) this.#splitWords += evaluated.words.length;
      for (const _ of evaluated.words)
        nodes.push(evaluated.words.length === 1 && lead === "" ? word : undefined);
      nested.push(...evaluated.scripts);
    };
    if (node.name !== undefined) take(node.name);
    const declared: Assignment[] = [];
    for (const argument of node.args) {
      if (argument.type === "Word") take(argument);
      else {
        if (argument.value.type === "Word")
          take(
            argument.value,
            `${argument.name}${argument.append === true ? "+" : ""}=`,
            argument.pos,
          );
        declared.push(this.#assignment(argument, place, nested, false));
      }
    }
    const leading = node.prefix.flatMap((item) =>
      item.type === "Assignment" ? [this.#assignment(item, place, nested, true)] : [],
    );

    const owner = words.length > 0 ? this.#commands.length : place.nestedIn;
    if (words.length === 0) {
      this.#assignments.push(...leading);
      for (const assignment of leading) this.#assign(place, assignment);
    }
    const first = this.#commands.length;
    if (words.length > 0) {
      this.#push({
        place,
        words,
        assignments: leading,
        span: frameSpan(frame, node.pos, node.end),
        pipeline,
        position,
        operator,
        runBy: undefined,
      });
      this.#assignments.push(...declared);
    }
    const own = this.#commands.slice(first);
    const redirects = node.redirects.map((redirect) => this.#redirect(redirect, place, owner));
    if (redirects.length > 0) for (const draft of own) draft.redirects = redirects;
    for (const script of nested) this.#substitution(script, place, owner);
    const decode = (word: ShellWord): Logical | undefined => {
      const written = nodes[words.indexOf(word)];
      return written === undefined ? undefined : decodeWord(written, frame);
    };
    for (const draft of own) this.#inner(draft, place, decode, node.redirects);
    this.#effects(own[0], declared, place);
  }

  /** Add a command, and the one that it wraps. */
  #push(item: {
    readonly place: Place;
    readonly words: readonly ShellWord[];
    readonly assignments: readonly Assignment[];
    readonly span: Span;
    readonly pipeline: number;
    readonly position: number;
    readonly operator: Operator;
    readonly runBy: number | undefined;
  }): void {
    const { place, words, assignments, span, pipeline, position, operator, runBy } = item;
    const value = words[0]?.value;
    const name = value === undefined ? undefined : baseName(value);
    const draft: Draft = {
      index: this.#commands.length,
      name,
      words,
      args: words.slice(1),
      assignments: assignments.length === 0 ? NO_ASSIGNMENTS : assignments,
      redirects: NO_REDIRECTS,
      span,
      pipeline,
      place: position,
      operator,
      context: place.context,
      options: place.state.options,
      directory: place.state.directory,
      runs: undefined,
      runBy,
      nestedIn: place.nestedIn,
    };
    this.#commands.push(draft);
    const wrapped = name === undefined ? undefined : findWrapped(name, words);
    if (wrapped === undefined) return;
    const inner = words.slice(wrapped.start, wrapped.end);
    const own = wrapped.assignments.flatMap((i): Assignment[] => {
      const word = words[i];
      if (word === undefined) return [];
      const at = word.text.indexOf("=");
      const text = word.text.slice(at + 1);
      const cut = word.value?.slice(at + 1);
      const assigned = { ...word, text, value: cut, prefix: word.prefix.slice(at + 1) };
      return [{ name: word.text.slice(0, at), value: assigned, span: word.span }];
    });
    draft.runs = this.#commands.length;
    const start = inner[0]?.span.start ?? span.start;
    this.#push({
      ...item,
      words: inner,
      assignments: [...assignments, ...own],
      span: { start, end: Math.max(inner.at(-1)?.span.end ?? span.end, start) },
      runBy: draft.index,
    });
  }

  /** Scripts that a command runs: `sh -c '…'`, `sh <<EOF`, `eval '…'`, `su -c '…'`. */
  #inner(
    { name, args, index }: SimpleCommand,
    place: Place,
    decode: (word: ShellWord) => Logical | undefined,
    redirects: readonly RedirectionNode[],
  ): void {
    const { nesting } = place.context;
    if (name === undefined || nesting >= MAX_NESTING) return;
    const isShell = SHELLS.has(name);
    if (!isShell && name !== "eval" && name !== "su" && name !== "runuser") return;
    const inner = this.#nested(place, index);
    if (isShell)
      inner.state.options = applySetArguments(
        this.#input.options,
        args.map((word) => word.value),
      );
    if (name === "eval") {
      const [only, more] = args;
      const logical = only === undefined || more !== undefined ? undefined : decode(only);
      if (logical !== undefined) this.source(logical, inner);
      return;
    }
    const flag = args.findIndex(({ text }) =>
      isShell ? /^-[A-Za-z]*c[A-Za-z]*$/.test(text) : text === "-c" || text === "--command",
    );
    if (flag !== -1) {
      // `-o pipefail -c`: words between belong to other flags; `-ec SCRIPT`, `-c -x SCRIPT`.
      const script = args.slice(flag + 1).find(({ text }) => !/^[-+][A-Za-z]/.test(text));
      const logical = script === undefined ? undefined : decode(script);
      if (logical !== undefined) this.source(logical, inner);
      return;
    }
    if (!isShell || args.some(({ text }) => !text.startsWith("-") && !text.startsWith("+"))) {
      if (!args.some(({ text }) => text === "-s")) return;
    }
    for (const redirect of redirects)
      if (redirect.type === "HereDoc")
        this.source(sliceLogical(place.frame, redirect.body.pos, redirect.body.end), inner);
  }

  #nested(place: Place, owner: number): Omit<Place, "frame"> {
    const { context, state } = place;
    return {
      state: copyState(state),
      context: { ...context, isSubshell: true, nesting: context.nesting + 1 },
      nestedIn: owner,
    };
  }

  #substitution(
    script: EvaluatedWord["scripts"][number],
    place: Place,
    owner: number | undefined,
  ): void {
    const inner = this.#sub(place, {
      isSubstitution: true,
      isConditional: place.context.isConditional,
    });
    const { source, at } = script;
    const frame: Frame =
      source === undefined
        ? place.frame
        : {
            logical: { text: source, segments: [0, 0] },
            fixed: frameSpan(place.frame, at.start, at.end),
          };
    this.#script(script, { ...inner, frame, nestedIn: owner });
  }

  #word(node: WordNode, place: Place, owner: number | undefined): ShellWord | undefined {
    this.#note(bashSyntaxOfWord(node), place);
    const { words, scripts } = evaluateWord(node, place.frame, (name) =>
      this.#variable(place.state, name),
    );
    for (const script of scripts) this.#substitution(script, place, owner);
    return words[0];
  }

  #assignment(
    node: AssignmentNode,
    place: Place,
    nested: EvaluatedWord["scripts"][number][],
    isNested: boolean,
  ): Assignment {
    const span = frameSpan(place.frame, node.pos, node.end);
    const { name, value } = node;
    const variables: Variables = (variable) => this.#variable(place.state, variable);
    if (value.type === "ArrayValue") {
      this.#note([{ what: "array", pos: node.pos, end: node.end }], place);
      for (const element of value.elements)
        nested.push(...evaluateWord(element, place.frame, variables).scripts);
      return { name, value: undefined, span };
    }
    this.#note(bashSyntaxOfWord(value), place);
    // Field splitting does not take place right of `=`: a lead of its own switches it off.
    const { words, scripts } = evaluateWord(value, place.frame, variables, "=");
    if (isNested) nested.push(...scripts);
    const [word] = words;
    if (word === undefined || node.append === true) return { name, value: undefined, span };
    const unlead = (text: string): string => text.slice(1);
    return {
      name,
      value: {
        ...word,
        text: unlead(word.text),
        value: word.value === undefined ? undefined : unlead(word.value),
        prefix: unlead(word.prefix),
      },
      span,
    };
  }

  #redirect(node: RedirectionNode, place: Place, owner: number | undefined): Redirect {
    const span = frameSpan(place.frame, node.pos, node.end);
    const { operator } = node;
    if (operator === "&>" || operator === "&>>" || operator === "<<<")
      this.#note(
        [{ what: operator === "<<<" ? "<<<" : "&>", pos: node.pos, end: node.end }],
        place,
      );
    const descriptor =
      node.descriptor?.type === "FileDescriptor" ? node.descriptor.value : undefined;
    if (node.type !== "HereDoc") {
      const target = node.target === undefined ? undefined : this.#word(node.target, place, owner);
      return {
        operator: node.operator,
        fileDescriptor: descriptor,
        target,
        body: undefined,
        bodySpan: undefined,
        span,
      };
    }
    for (const part of node.body.parts ?? [])
      if (part.type === "CommandExpansion" && part.script !== undefined) {
        const { script, pos, end } = part;
        this.#substitution(
          {
            type: script.type,
            pos: script.pos,
            end: script.end,
            shebang: script.shebang,
            commands: script.commands,
            errors: script.errors,
            ...(script.source === undefined ? {} : { source: script.source }),
            at: { start: pos, end },
          },
          place,
          owner,
        );
      }
    return {
      operator: node.operator,
      fileDescriptor: descriptor,
      target: undefined,
      body: node.body.text,
      bodySpan: frameSpan(place.frame, node.body.pos, node.body.end),
      span,
    };
  }

  /** The command of an exec form. */
  exec(argv: readonly Word[]): void {
    const logicals = new Map<ShellWord, Logical>();
    const words = argv.map((word): ShellWord => {
      const { raw, span, text, value = text, logical } = word;
      const shellWord: ShellWord = {
        raw,
        span,
        text,
        value,
        prefix: value,
        variables: [],
        hasSubstitution: false,
        hasGlob: false,
        isQuoted: true,
      };
      logicals.set(shellWord, logical);
      return shellWord;
    });
    const { span } = this.#input;
    const frame = { logical: { text: "", segments: [0, span.start] }, fixed: undefined };
    const place = { ...this.start, frame };
    const parts: SimpleCommand[][] = [];
    this.#pipelines.push({ index: 0, parts, isNegated: false, span });
    this.#push({
      place,
      words,
      assignments: [],
      span,
      pipeline: 0,
      position: 0,
      operator: undefined,
      runBy: undefined,
    });
    const own = this.#commands.slice();
    for (const draft of own) this.#inner(draft, place, (word) => logicals.get(word), []);
    parts.push(own);
  }

  #with(place: Place, change: Partial<Context>): Place {
    return { ...place, context: { ...place.context, ...change } };
  }

  #sub(place: Place, change: Partial<Context>): Place {
    return {
      ...place,
      state: copyState(place.state),
      context: { ...place.context, isSubshell: true, ...change },
    };
  }

  #branch(place: Place, change: Partial<Context>): Place {
    return {
      ...place,
      state: copyState(place.state),
      context: { ...place.context, ...change },
    };
  }

  /** Walk lists of which none may run; afterwards what they changed is unknown. */
  #branches(place: Place, lists: readonly ListNode[], change: Partial<Context>): void {
    for (const list of lists) {
      const inner = this.#branch(place, { isConditional: true, ...change });
      this.#list(list, inner);
      this.#join(place.state, inner.state);
    }
  }

  #join(state: State, after: State): void {
    if (after.directory !== state.directory) state.directory = undefined;
    for (const [name, value] of after.variables)
      if (state.variables.get(name) !== value || !state.variables.has(name))
        state.variables.set(name, undefined);
  }

  /** Variables that a loop or function body sets are unknown already at its beginning. */
  #forgetAssigned({ pos, end }: { pos: number; end: number }, { frame, state }: Place): void {
    const text = frame.logical.text.slice(pos, end);
    for (const [, name] of text.matchAll(/(?<![\w$])([A-Za-z_]\w*)\+?=/g))
      if (name !== undefined) state.variables.set(name, undefined);
  }

  #variable(state: State, name: string): ReturnType<Variables> {
    if (this.#splitWords > MAX_SPLIT_WORDS) return { state: "unknown" };
    if (!state.variables.has(name)) return this.#input.variable(name);
    const value = state.variables.get(name);
    return value === undefined ? { state: "unknown" } : { state: "set", value };
  }

  #assign({ state }: Place, { name, value }: Assignment): void {
    state.variables.set(name, value?.value);
  }

  /** What a command changes for those behind it. */
  #effects(
    command: SimpleCommand | undefined,
    declared: readonly Assignment[],
    place: Place,
  ): void {
    if (command === undefined) return;
    const { name, args } = command;
    const { state } = place;
    for (const assignment of declared) this.#assign(place, assignment);
    switch (name) {
      case "set":
        state.options = applySetArguments(
          state.options,
          args.map((word) => word.value),
        );
        return;
      case "cd":
      case "pushd": {
        const [target] = args.filter(({ text }) => !/^-[LPe@]+$/.test(text) && text !== "--");
        state.directory = changeDirectory(state.directory, target);
        return;
      }
      case "popd":
        state.directory = undefined;
        return;
      case "read":
      case "unset":
      case "getopts":
      case "mapfile":
      case "readarray":
        for (const { text } of args)
          if (/^[A-Za-z_]\w*$/.test(text)) state.variables.set(text, undefined);
        return;
      case "printf": {
        const at = args.findIndex(({ text }) => text === "-v");
        const target = args[at + 1];
        if (at !== -1 && target !== undefined) state.variables.set(target.text, undefined);
        return;
      }
    }
  }
}

function changeDirectory(
  from: string | undefined,
  target: ShellWord | undefined,
): string | undefined {
  const to = target?.value;
  if (to === undefined || to === "-" || to.startsWith("~")) return undefined;
  if (to.startsWith("/")) return joinPath("/", to);
  return from === undefined ? undefined : joinPath(from, to);
}

/** `[start, end)` of a frame's text as a text of its own. */
function sliceLogical({ logical }: Frame, start: number, end: number): Logical {
  const { segments, text } = logical;
  const cut: number[] = [0, frameSpan({ logical, fixed: undefined }, start, start).start];
  for (let i = 0; i < segments.length; i += 2) {
    const at = segments[i] ?? 0;
    if (at > start && at < end) cut.push(at - start, segments[i + 1] ?? 0);
  }
  return { text: text.slice(start, end), segments: cut };
}
