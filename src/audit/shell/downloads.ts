import { argumentsOf } from "./flags.ts";
import type { ShellWord, SimpleCommand } from "./model.ts";

/** One address that a command fetches. */
export interface Download {
  readonly command: SimpleCommand;
  /** The word with the address. */
  readonly word: ShellWord;
  /** As known; parts that are not known stand as written (`https://x/$V`). */
  readonly url: string;
  /** Where it is saved, as written; `undefined` when it goes to standard output, or nowhere that can be told. */
  readonly file: string | undefined;
}

const read = new WeakMap<SimpleCommand, readonly Download[]>();

/** What `curl`, `wget` and `aria2c` fetch, in order; empty for other commands. */
export function downloadsOf(command: SimpleCommand): readonly Download[] {
  let found = read.get(command);
  if (found === undefined) {
    found = readDownloads(command);
    read.set(command, found);
  }
  return found;
}

function readDownloads(command: SimpleCommand): readonly Download[] {
  const { tool, operands, flags } = argumentsOf(command);
  if (tool !== "curl" && tool !== "wget" && tool !== "aria2c") return [];
  const given = flags.flatMap(({ name, valueWord }) =>
    name === "--url" && valueWord !== undefined ? [valueWord] : [],
  );
  const words = [...operands, ...given].filter(({ text, prefix }) => isAddress(prefix || text));
  const named = flags.flatMap(({ name, valueWord, word }) => {
    const isOutput = tool === "wget" ? WGET_OUTPUT.includes(name) : CURL_OUTPUT.includes(name);
    return isOutput && valueWord !== undefined ? [fileName(valueWord, word)] : [];
  });
  const redirect = command.redirects.findLast(
    ({ operator, fileDescriptor }) =>
      (operator === ">" || operator === ">>" || operator === ">|") && (fileDescriptor ?? 1) === 1,
  )?.target;
  const folder = flags.findLast(({ name }) =>
    tool === "wget"
      ? name === "-P" || name === "--directory-prefix"
      : name === "--output-dir" || (tool === "aria2c" && (name === "-d" || name === "--dir")),
  );
  const isRemoteName =
    tool !== "curl" || flags.some(({ name }) => /^(?:-O|--remote-name(?:-all)?)$/.test(name));
  return words.map((word, i): Download => {
    const url = word.value ?? word.text;
    const output = named[i] ?? named[0];
    const file =
      output ??
      (redirect !== undefined ? redirect.text : isRemoteName ? lastPart(word.text) : undefined);
    const isNothing = file === undefined || file === "-" || file.startsWith("/dev/");
    const inFolder =
      folder?.valueWord !== undefined &&
      !isNothing &&
      !file.startsWith("/") &&
      redirect === undefined
        ? `${fileName(folder.valueWord, folder.word)}/${file}`
        : file;
    return { command, word, url, file: isNothing ? undefined : inFolder };
  });
}

const WGET_OUTPUT = ["-O", "--output-document"];
const CURL_OUTPUT = ["-o", "--output", "--out"];

const isAddress = (text: string): boolean =>
  /^(?:(?:https?|ftp):\/\/|\$|[\w.-]+\.\w{2,}\/)/i.test(text);

/** Text of a flag's value: `-ofile` and `--output=file` hold the flag as well. */
function fileName(valueWord: ShellWord, word: ShellWord): string {
  if (valueWord !== word) return valueWord.text;
  return word.text.replace(/^--[\w-]+=|^-\w*?[oOPd]/, "");
}

/** Name that `wget` and `curl -O` give: the last part of the path. */
function lastPart(url: string): string | undefined {
  const name = url
    .replace(/[?#].*$/s, "")
    .split("/")
    .at(-1);
  return name === "" || name === undefined ? undefined : name;
}
