import type { Span } from "../../base/text.ts";
import type { DockerContext } from "./context.ts";

/*
 * What `parseDockerfile` makes of a file, and what every Dockerfile rule reads.
 *
 * Spans are half-open ranges of UTF-16 offsets into `Dockerfile.text`. `raw` is text as written (continuation
 * lines joined), `text` has quotes and escapes taken away, `value` has variables replaced as well and is
 * `undefined` when some variable is not known: then a rule stays silent, unless it says otherwise.
 * Questions that need more than one instruction (chain of stages, effective USER, …) are answered by query.ts;
 * questions about commands of a RUN by ../shell/query.ts.
 */

/** A parsed file. Nothing in it refers to anything but plain data; it is never changed after parsing. */
export interface Dockerfile {
  /** The whole decoded text; spans are offsets into it. */
  readonly text: string;
  /** Escape character that `# escape=` chose; `\` without. */
  readonly escape: "\\" | "`";
  /** Parser directives (`syntax`, `escape`, `check`) in source order. */
  readonly directives: readonly Directive[];
  /** Every comment line (directives too), also those inside continuation lines, in source order. */
  readonly comments: readonly Comment[];
  /** Every instruction in source order, those before the first FROM included; ONBUILD triggers are inside theirs. */
  readonly instructions: readonly Instruction[];
  /** What stands before the first FROM (ARG, when the file is right). */
  readonly preamble: readonly Instruction[];
  readonly stages: readonly Stage[];
  /** Errors BuildKit would give, in source order; the model is as complete as they allow. */
  readonly problems: readonly Problem[];
  /** Folder that COPY takes files from; absent when the text is not a file on disk. */
  readonly context?: DockerContext;
  /** Index of the stage that the build was asked for; `undefined`: the last one is made. */
  readonly target?: number;
}

/** What a build is asked for beside the file: `--build-arg`, `--target`. */
export interface BuildOptions {
  readonly arguments: ReadonlyMap<string, string>;
  /** Name or number of a stage. */
  readonly target?: string;
}

/** `# name=value` at the top of the file. */
export interface Directive {
  /** Lower case: `syntax`, `escape`, `check`. */
  readonly name: string;
  readonly value: string;
  readonly span: Span;
  readonly valueSpan: Span;
}

/** A comment line. */
export interface Comment {
  /** Without `#` and outer blanks. */
  readonly text: string;
  /** From `#` to the end of the line, line end excluded. */
  readonly span: Span;
  /** Index into `Dockerfile.instructions` of the instruction whose continuation lines it stands in. */
  readonly insideInstruction: number | undefined;
  /** True when the line was read as a parser directive. */
  readonly isDirective: boolean;
}

/**
 * Where a file breaks a rule of the format. `decode`: bytes; `syntax`: what BuildKit's parser refuses;
 * `instruction`: what its instruction reader refuses (unknown flag, wrong number of arguments, unknown instruction).
 */
export interface Problem {
  readonly kind: "decode" | "syntax" | "instruction";
  readonly message: string;
  readonly span: Span;
}

/** FROM and what follows, up to the next FROM. */
export interface Stage {
  readonly index: number;
  readonly from: FromInstruction;
  /** `AS name`; absent when the stage has none. */
  readonly alias: StageAlias | undefined;
  readonly base: BaseImage;
  /** Index of the stage that FROM names; compared without case. `undefined` when the base is no stage of this file. */
  readonly parent: number | undefined;
  /** All after the FROM, in order. */
  readonly instructions: readonly Instruction[];
}

/** Name given by `AS`. */
export interface StageAlias {
  /** Lower case, as BuildKit compares it. */
  readonly name: string;
  /** As written. */
  readonly text: string;
  readonly span: Span;
  /** Where `AS` stands. */
  readonly asSpan: Span;
}

/**
 * An image reference in parts, as far as they can be told. When all variables are known the parts are those of the
 * expanded text; else variables stay in them as written (`foo:${TAG}` has the tag `${TAG}`).
 */
export interface ImageReference {
  /** The whole, expanded if known, else as written without quotes. */
  readonly reference: string;
  /** False when a variable without a known value is part of it. */
  readonly isResolved: boolean;
  /** False when the last part of the path (before tag and digest) contains a variable of unknown value. */
  readonly isNameKnown: boolean;
  /** Reference without tag and digest. */
  readonly name: string;
  /** First part when it contains `.` or `:` or is `localhost`, as given; `undefined` means Docker Hub. */
  readonly registry: string | undefined;
  /** Name without registry, as given (`library/` is not added). */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…`, without `@`. */
  readonly digest: string | undefined;
  readonly span: Span;
  /** Exact when no variable was replaced, else the whole reference. */
  readonly nameSpan: Span;
  readonly tagSpan: Span | undefined;
  readonly digestSpan: Span | undefined;
}

/** What FROM names. `stage`: an earlier stage of this file; `scratch`: nothing; `image`: all else. */
export interface BaseImage extends ImageReference {
  readonly kind: "image" | "stage" | "scratch";
  readonly word: Word;
}

/**
 * What `COPY --from` and `--mount=from=` name. `stage`: alias or number of a stage of this file, earlier or later;
 * `index`: a number that is no stage; `image`: an image or a named build context; `unknown`: has an unknown variable.
 */
export interface SourceReference extends ImageReference {
  readonly kind: "stage" | "index" | "image" | "unknown";
  readonly word: Word;
  /** Index of the stage for `stage`; may be the own or a later one. */
  readonly stageIndex: number | undefined;
  /** True when the value is a number. */
  readonly isNumeric: boolean;
}

/** A word of an instruction. */
export interface Word {
  /** As written, continuation lines joined. */
  readonly raw: string;
  /** Where it stands; covers continuation lines that split it. */
  readonly span: Span;
  /** Quotes and escapes removed, variables as written. */
  readonly text: string;
  /** `text` with variables replaced; `undefined` when one is unknown. Same as `text` where BuildKit does not expand. */
  readonly value: string | undefined;
  /** Variables it names, in order, nested ones (`${A:-$B}`) after the outer. Empty where BuildKit does not expand. */
  readonly variables: readonly VariableUse[];
  /** True when some part stood in quotes. */
  readonly isQuoted: boolean;
  /** The instruction line it is part of: `raw` stands at `at` in `logical.text`. For sub-spans see `wordSpan` in query.ts. */
  readonly logical: Logical;
  readonly at: number;
}

/** `$NAME`, `${NAME}` or `${NAME<operator>operand}` inside a word. */
export interface VariableUse {
  readonly name: string;
  /** From `$` to the end. */
  readonly span: Span;
  /** Offsets in `Word.raw`. */
  readonly rawStart: number;
  readonly rawEnd: number;
  readonly operator:
    | ""
    | "-"
    | ":-"
    | "+"
    | ":+"
    | "?"
    | ":?"
    | "#"
    | "##"
    | "%"
    | "%%"
    | "/"
    | "//";
  /** Right of the operator, as written. */
  readonly operand: string | undefined;
  /** What declares the variable here; `undefined`: nothing in this file. */
  readonly declaration: Declaration | undefined;
  /** Value of the variable itself, before the operator works; `undefined`: unknown, or not set. */
  readonly value: string | undefined;
}

/** Where a variable gets its value. */
export interface Declaration {
  readonly name: string;
  /** `env`, `arg`: of the stage (ENV also of its ancestors); `global-arg`: ARG before FROM; `predefined`: by the builder. */
  readonly kind: "env" | "arg" | "global-arg" | "predefined";
  /** Default or value; `undefined` when unknown (ARG without default, ENV from an unknown variable). */
  readonly value: string | undefined;
  /** Where the name stands; `undefined` for `predefined`. */
  readonly span: Span | undefined;
  /** Index into `Dockerfile.instructions`; `undefined` for `predefined`. */
  readonly instruction: number | undefined;
  /** True for ARG with `=`, and for ENV. */
  readonly hasValue: boolean;
}

/**
 * Text taken from the file with continuation lines joined, and the way back. `segments` holds pairs
 * (offset in `text`, offset in the file), ascending; between two both advance together.
 */
export interface Logical {
  readonly text: string;
  readonly segments: readonly number[];
}

/** `--name` or `--name=value` before the arguments. */
export interface Flag {
  /** Without dashes, as written: `from`, `chown`. */
  readonly name: string;
  /** As BuildKit's parser gives it: quotes removed, `--name=value`. */
  readonly raw: string;
  readonly value: Word | undefined;
  readonly span: Span;
  readonly nameSpan: Span;
}

/** `<<NAME` and its body. */
export interface Heredoc {
  readonly name: string;
  /** Number before `<<`; 0 without. */
  readonly fileDescriptor: number;
  /** `<<-`: leading tabs of the body are dropped. */
  readonly chomp: boolean;
  /** False when the delimiter is quoted: the body is literal. */
  readonly expand: boolean;
  /** `<<NAME` in the instruction line. */
  readonly span: Span;
  /** The body lines with their line ends, without the terminator line. */
  readonly bodySpan: Span;
  /** Body as written, tabs still there. */
  readonly content: string;
  /** Body with tabs dropped when `chomp`, and the way back into the file. */
  readonly body: Logical;
  /** False when the file ends before the delimiter (also a problem). */
  readonly isTerminated: boolean;
}

/** What every instruction has. */
export interface InstructionBase {
  /** Position in `Dockerfile.instructions`; the trigger of an ONBUILD has that of the ONBUILD. */
  readonly index: number;
  /** `undefined` before the first FROM. */
  readonly stageIndex: number | undefined;
  /** Upper case. */
  readonly keyword: string;
  /** As written. */
  readonly keywordText: string;
  readonly keywordSpan: Span;
  /** From the keyword to the end of the last line, heredoc bodies included, last line end excluded. */
  readonly span: Span;
  /** The same without heredoc bodies. */
  readonly headSpan: Span;
  /** The joined instruction line. */
  readonly logical: Logical;
  /** All after keyword and flags, as written (continuation lines joined), outer blanks removed. */
  readonly rest: Word;
  readonly flags: readonly Flag[];
  readonly heredocs: readonly Heredoc[];
  /** True when the arguments are a JSON array of strings. */
  readonly isJson: boolean;
  /** True for the instruction inside an ONBUILD. */
  readonly isTrigger: boolean;
  /** Comment lines directly above (no blank line between), in order; directives excluded. */
  readonly commentsAbove: readonly Comment[];
  /** Blank lines inside the continuation lines, which BuildKit deprecates. */
  readonly emptyContinuations: readonly Span[];
}

/** The command of RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD. */
export type CommandLine = ShellCommandLine | ExecCommandLine | HeredocCommandLine;

/** Text for the shell. */
export interface ShellCommandLine {
  readonly form: "shell";
  /** What the shell is given, heredocs that it reads itself included. */
  readonly script: Logical;
  readonly span: Span;
}

/** A JSON array. */
export interface ExecCommandLine {
  readonly form: "exec";
  readonly argv: readonly Word[];
  /** From `[` to `]`. */
  readonly span: Span;
}

/** `RUN <<EOF`: the body is the script. */
export interface HeredocCommandLine {
  readonly form: "heredoc";
  readonly heredoc: Heredoc;
  /** Same as `heredoc.body`. */
  readonly script: Logical;
  /** Words of a `#!` first line; `undefined` without: then SHELL runs it. */
  readonly interpreter: readonly string[] | undefined;
  /** Span of the body. */
  readonly span: Span;
}

/** `key=value`, or `key value` in the old form. */
export interface Pair {
  readonly key: Word;
  readonly value: Word;
  /** `=`, or empty in the old form. */
  readonly separator: "=" | "";
  readonly span: Span;
}

export interface FromInstruction extends InstructionBase {
  readonly kind: "from";
  /** `undefined` when FROM has no argument (a problem). */
  readonly image: Word | undefined;
  readonly platform: Word | undefined;
  readonly alias: StageAlias | undefined;
  /** All arguments: image, AS, name. */
  readonly args: readonly Word[];
}

/** One `--mount=` of RUN. */
export interface Mount {
  readonly flag: Flag;
  /** `bind` when not given. */
  readonly type: string;
  /** `target`, `dst` or `destination`. */
  readonly target: Word | undefined;
  /** `source` or `src`. */
  readonly source: Word | undefined;
  readonly from: SourceReference | undefined;
  readonly id: Word | undefined;
  /** `env=` of a secret mount. */
  readonly env: Word | undefined;
  readonly isReadonly: boolean;
  readonly isRequired: boolean;
  readonly sharing: string | undefined;
  readonly mode: string | undefined;
  readonly uid: string | undefined;
  readonly gid: string | undefined;
  /** Every option as written, key in lower case. */
  readonly options: readonly MountOption[];
  readonly span: Span;
}

export interface MountOption {
  readonly key: string;
  /** `undefined` for a lone key (`readonly`). */
  readonly value: Word | undefined;
  readonly span: Span;
}

export interface RunInstruction extends InstructionBase {
  readonly kind: "run";
  readonly command: CommandLine;
  readonly mounts: readonly Mount[];
  /** `--network=`: default, none, host. */
  readonly network: Word | undefined;
  /** `--security=`: sandbox, insecure. */
  readonly security: Word | undefined;
}

export interface CmdInstruction extends InstructionBase {
  readonly kind: "cmd";
  readonly command: CommandLine;
}

export interface EntrypointInstruction extends InstructionBase {
  readonly kind: "entrypoint";
  readonly command: CommandLine;
}

export interface ShellInstruction extends InstructionBase {
  readonly kind: "shell";
  /** Empty when not a JSON array (a problem). */
  readonly argv: readonly Word[];
}

export interface EnvInstruction extends InstructionBase {
  readonly kind: "env";
  readonly pairs: readonly Pair[];
}

export interface LabelInstruction extends InstructionBase {
  readonly kind: "label";
  readonly pairs: readonly Pair[];
}

/** One name of an ARG. */
export interface BuildArgument {
  readonly name: string;
  readonly nameSpan: Span;
  /** Default after `=`; `undefined` without `=`. */
  readonly default: Word | undefined;
  readonly span: Span;
}

export interface ArgInstruction extends InstructionBase {
  readonly kind: "arg";
  readonly arguments: readonly BuildArgument[];
}

/** COPY and ADD. */
export interface CopyInstruction extends InstructionBase {
  readonly kind: "copy" | "add";
  /** All but the destination; heredocs are in it as their `<<NAME` words, and in `heredocs`. */
  readonly sources: readonly CopySource[];
  /** `undefined` when there are no arguments (a problem). */
  readonly destination: Word | undefined;
  readonly from: SourceReference | undefined;
  readonly chown: Word | undefined;
  readonly chmod: Word | undefined;
  readonly checksum: Word | undefined;
  readonly link: boolean;
  readonly parents: boolean;
  readonly keepGitDir: boolean;
  readonly unpack: Word | undefined;
  readonly exclude: readonly Word[];
}

/** `heredoc` is set for `<<NAME`; `kind` is by BuildKit's tests on the expanded (else the written) text. */
export interface CopySource {
  readonly word: Word;
  /** `local` for COPY always (unless heredoc). `git`: `git@…`, `git://…`, `https://….git[#ref]`, github.com/… */
  readonly kind: "local" | "http" | "git" | "heredoc";
  readonly heredoc: Heredoc | undefined;
}

/** One port of EXPOSE; `from`, `to` are equal for a single port and `undefined` when unknown or wrong. */
export interface ExposedPort {
  readonly word: Word;
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Lower case; `tcp` when not given. */
  readonly protocol: string;
}

export interface ExposeInstruction extends InstructionBase {
  readonly kind: "expose";
  readonly ports: readonly ExposedPort[];
}

export interface VolumeInstruction extends InstructionBase {
  readonly kind: "volume";
  readonly paths: readonly Word[];
}

export interface UserInstruction extends InstructionBase {
  readonly kind: "user";
  /** The whole `user[:group]`. */
  readonly word: Word;
  /** Expanded part before `:`; `undefined` when unknown. */
  readonly user: string | undefined;
  /** Expanded part after `:`; `undefined` when not given or unknown. */
  readonly group: string | undefined;
  /** True when the group is written. */
  readonly hasGroup: boolean;
}

export interface WorkdirInstruction extends InstructionBase {
  readonly kind: "workdir";
  readonly path: Word;
}

export interface StopsignalInstruction extends InstructionBase {
  readonly kind: "stopsignal";
  readonly signal: Word;
}

export interface MaintainerInstruction extends InstructionBase {
  readonly kind: "maintainer";
  readonly name: Word;
}

export interface HealthcheckInstruction extends InstructionBase {
  readonly kind: "healthcheck";
  /** `none`: `HEALTHCHECK NONE`; `unknown`: neither NONE nor CMD (a problem). */
  readonly mode: "none" | "command" | "unknown";
  /** The first argument as written, and its place. */
  readonly type: Word | undefined;
  readonly command: CommandLine | undefined;
  readonly interval: Word | undefined;
  readonly timeout: Word | undefined;
  readonly startPeriod: Word | undefined;
  readonly startInterval: Word | undefined;
  readonly retries: Word | undefined;
}

export interface OnbuildInstruction extends InstructionBase {
  readonly kind: "onbuild";
  /** `undefined` when nothing follows (a problem). */
  readonly trigger: Instruction | undefined;
}

/** A keyword BuildKit does not know (also a problem). */
export interface UnknownInstruction extends InstructionBase {
  readonly kind: "unknown";
}

/** Any instruction; `kind` tells which. */
export type Instruction =
  | FromInstruction
  | RunInstruction
  | CmdInstruction
  | EntrypointInstruction
  | ShellInstruction
  | EnvInstruction
  | LabelInstruction
  | ArgInstruction
  | CopyInstruction
  | ExposeInstruction
  | VolumeInstruction
  | UserInstruction
  | WorkdirInstruction
  | StopsignalInstruction
  | MaintainerInstruction
  | HealthcheckInstruction
  | OnbuildInstruction
  | UnknownInstruction;

export type InstructionKind = Instruction["kind"];

/** The instruction type of a kind (or of several). */
export type InstructionOf<
  K extends InstructionKind,
  N extends Instruction = Instruction,
> = N extends Instruction ? (N["kind"] & K extends never ? never : N) : never;
