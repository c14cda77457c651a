import type {
  CommandLine,
  Dockerfile,
  Instruction,
  Word,
} from "../../../src/audit/dockerfile/model.ts";

/** Go's `strconv.Quote`, as far as the cases need it. */
function quote(text: string): string {
  let quoted = "";
  for (const char of text) {
    const named = {
      '"': '\\"',
      "\\": "\\\\",
      "\b": "\\b",
      "\f": "\\f",
      "\n": "\\n",
      "\r": "\\r",
      "\t": "\\t",
    }[char];
    const code = char.codePointAt(0) ?? 0;
    if (named !== undefined) quoted += named;
    else if (code < 32 || code === 127) quoted += `\\x${code.toString(16).padStart(2, "0")}`;
    else quoted += char;
  }
  return `"${quoted}"`;
}

function commandParts(command: CommandLine | undefined, rest: Word): string[] {
  if (command?.form === "exec") return command.argv.map((word) => word.text);
  return rest.raw === "" ? [] : [rest.raw];
}

function argumentParts(node: Instruction): string[] {
  const written = (word: Word): string => (node.isJson ? word.text : word.raw);
  switch (node.kind) {
    case "from":
      return node.args.map((word) => word.raw);
    case "run":
    case "cmd":
    case "entrypoint":
      return commandParts(node.command, node.rest);
    case "shell":
      return node.argv.map((word) => word.text);
    case "env":
    case "label":
      return node.pairs.flatMap(({ key, value, separator }) => [key.raw, value.raw, separator]);
    case "arg":
      return node.arguments.map(({ name, default: value }) =>
        value === undefined ? name : `${name}=${value.raw}`,
      );
    case "copy":
    case "add": {
      const words = node.sources.map(({ word }) => word);
      return [...words, ...(node.destination === undefined ? [] : [node.destination])].map(written);
    }
    case "volume":
      return node.paths.map(written);
    case "expose":
      return node.ports.map(({ word }) => word.raw);
    case "user":
      return [node.word.raw];
    case "workdir":
      return [node.path.raw];
    case "stopsignal":
      return [node.signal.raw];
    case "maintainer":
      return [node.name.raw];
    case "healthcheck": {
      if (node.type === undefined) return [];
      const { command } = node;
      if (command === undefined) return [node.type.raw];
      const shell = command.form === "shell" ? [command.script.text] : [];
      return [
        node.type.raw,
        ...(command.form === "exec" ? commandParts(command, node.rest) : shell),
      ];
    }
    case "onbuild":
      return [];
    case "unknown":
      return [""];
  }
}

function dumpInstruction(node: Instruction): string {
  const flags =
    node.flags.length === 0 ? "" : ` [${node.flags.map(({ raw }) => quote(raw)).join(" ")}]`;
  const trigger =
    node.kind === "onbuild" && node.trigger !== undefined
      ? ` (${dumpInstruction(node.trigger)})`
      : "";
  const parts = argumentParts(node).map((part) => ` ${quote(part)}`);
  return `${node.keyword.toLowerCase()}${flags}${trigger}${parts.join("")}`;
}

/** Render a model in the format of BuildKit's `Node.Dump`. */
export function dump({ instructions }: Dockerfile): string {
  return instructions.map((node) => `(${dumpInstruction(node)})\n`).join("");
}
