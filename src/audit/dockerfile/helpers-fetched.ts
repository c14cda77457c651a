import { type Download, downloadsOf } from "../shell/downloads.ts";
import type { Script, ShellWord, SimpleCommand } from "../shell/model.ts";
import { argumentsOf, hasFlag } from "../shell/query.ts";
import type { Dockerfile, RunInstruction, Stage } from "./model.ts";
import { joinPath } from "./query.ts";

/*
 * How the steps of a file fetch, verify and use what they fetch. Shared by the rules about downloads.
 */

/** Steps of a stage, ONBUILD ones in their place. */
export function stepsOf({ instructions }: Stage): readonly RunInstruction[] {
  return instructions.flatMap((node) => {
    const step = node.kind === "onbuild" ? node.trigger : node;
    return step?.kind === "run" ? [step] : [];
  });
}

/**
 * Go through the stages with what each has from the stage that it is FROM: `work` gets a copy of what the parent had at
 * its end, and changes it. A stage costs its own steps only, however long the chain is.
 */
export function walkStages<T>(
  { stages }: Dockerfile,
  start: () => T,
  copy: (state: T) => T,
  work: (stage: Stage, state: T) => void,
): void {
  const ends: T[] = [];
  for (const stage of stages) {
    const before = stage.parent === undefined ? undefined : ends[stage.parent];
    const state = before === undefined ? start() : copy(before);
    work(stage, state);
    ends.push(state);
  }
}

/** Every address that `curl`, `wget` and `aria2c` of a script fetch. */
export function scriptDownloads({ commands }: Script): Download[] {
  return commands.flatMap((command) => [...downloadsOf(command)]);
}

/** A path as one key: seen from the directory of the command, `${X}` written as `$X`. */
export function pathKey(text: string, directory: string | undefined): string {
  const plain = text.replace(/\$\{(\w{1,100})\}/g, "$$$1").replace(/^\.\//, "");
  if (/^[/$~]/.test(plain) || directory === undefined) return plain;
  return joinPath(directory, plain);
}

/** True when the word names the file; a glob is compared by what stands before and behind its first `*`. */
export function namesFile(
  { text, value, hasGlob }: ShellWord,
  directory: string | undefined,
  key: string,
): boolean {
  const written = [text, ...(value === undefined ? [] : [value])];
  return written.some((one) => {
    const path = pathKey(one, directory);
    if (path === key) return true;
    const star = hasGlob ? path.indexOf("*") : -1;
    if (star === -1) return false;
    const tail = path.slice(path.lastIndexOf("*") + 1);
    return (
      star + tail.length > 0 &&
      key.length >= star + tail.length &&
      key.startsWith(path.slice(0, star)) &&
      key.endsWith(tail) &&
      !key.slice(star).includes("/")
    );
  });
}

const SUMS =
  /^(?:(?:md5|sha(?:1|224|256|384|512)|b2|b3|blake2|xxh\w*|cksum)(?:sum)?|shasum|sum|digest|rhash|hashdeep)$/;

/** Programs that compute a digest. */
export function isDigestCommand(command: SimpleCommand): boolean {
  const { tool, subcommand } = argumentsOf(command);
  if (tool === "openssl") return /^(?:dgst|md5|sha\d+)$/.test(subcommand?.text ?? "");
  return SUMS.test(tool);
}

/** `gpg --verify`, `cosign verify-blob`, `minisign -V`, `rpm -K`, … */
export function isSignatureCheck(command: SimpleCommand): boolean {
  const { tool, subcommand } = argumentsOf(command);
  const word = subcommand?.text ?? command.args[0]?.text ?? "";
  switch (tool) {
    case "gpg":
    case "gpgv":
    case "gpgv2":
    case "sq":
    case "sqv":
      return (
        tool.includes("v") ||
        hasFlag(command, "--verify", "--verify-files", "--decrypt", "-d") ||
        word === "verify"
      );
    case "cosign":
    case "notation":
    case "slsa-verifier":
    case "gh":
    case "pgpverify":
      return command.args.some(({ text }) => text.startsWith("verify")) || tool === "pgpverify";
    case "minisign":
    case "signify":
    case "signify-openbsd":
    case "rsign":
      return command.args.some(({ text }) => /^-\w*V|^verify$/.test(text));
    case "rpm":
    case "rpmkeys":
      return hasFlag(command, "-K", "--checksig");
    case "jarsigner":
      return hasFlag(command, "-verify");
    case "openssl":
      return hasFlag(command, "-verify") || word === "smime" || word === "cms";
    case "ssh-keygen":
      return command.args.some(({ text }) => text === "verify");
    default:
      return false;
  }
}

/** Anything that compares what was fetched with what was expected. */
export function isVerifier(command: SimpleCommand): boolean {
  if (isDigestCommand(command) || isSignatureCheck(command)) return true;
  const { name, args } = command;
  if (name === "cmp" || name === "diff") return true;
  // `verify_checksum file`, `./check-sha256.sh`; `python -c "import hashlib …"`; `aria2c --checksum`.
  return (
    /verif|check[-_]?sum|sha(?:1|256|512)/i.test(name ?? "") ||
    args.some(({ text }) => /hashlib|--checksum|sha(?:256|512)sum/i.test(text))
  );
}

/** Mode words that make a file executable. */
const EXECUTABLE = /^[0-7]?[0-7]{0,2}[1357][0-7]{0,2}$|^(?:[ugoa]*[+=][rwst]*x)/;

/** Folders where programs are looked for. */
const PROGRAM_FOLDER =
  /^\/(?:usr\/(?:local\/)?)?s?bin(?:\/|$)|^\/opt\/[^/]+\/bin\/|\/\.local\/bin(?:\/|$)/;

const INTERPRETERS =
  /^(?:a|ba|da|k|z|mk)?sh$|^(?:python|perl|ruby|node|php|lua)[\d.]*$|^(?:source|\.)$/;

/** What a command makes of the file: `run`, `unpacked`, `installed`, `made executable`; `undefined` when nothing. */
export function useOf(command: SimpleCommand, key: string): string | undefined {
  const { tool, subcommand, operands, flags } = argumentsOf(command);
  const { directory, words } = command;
  const names = (word: ShellWord | undefined): boolean =>
    word !== undefined && namesFile(word, directory, key);
  if (words[0] !== undefined && /\//.test(words[0].text) && names(words[0])) return "run";
  if (INTERPRETERS.test(tool)) return names(operands[0]) ? "run" : undefined;
  const [first, ...rest] = operands;
  switch (tool) {
    case "java":
      return flags.some(({ name, valueWord }) => name === "-jar" && names(valueWord))
        ? "run"
        : undefined;
    case "chmod":
      return EXECUTABLE.test(first?.text ?? "") && rest.some(names) ? "made executable" : undefined;
    case "tar": {
      const isExtract = flags.some(({ name }) => ["-x", "--extract", "--get"].includes(name));
      const isArchive = flags.some(({ name, valueWord, word }) => {
        if (name !== "-f" && name !== "--file") return false;
        if (valueWord !== word) return names(valueWord);
        return namesFile(
          { ...word, text: word.text.replace(/^--file=|^-\w*?f/, ""), value: undefined },
          directory,
          key,
        );
      });
      return isExtract && isArchive ? "unpacked" : undefined;
    }
    case "unzip":
    case "gunzip":
    case "unxz":
    case "bunzip2":
    case "unzstd":
      return operands.some(names) ? "unpacked" : undefined;
    case "7z":
    case "7za":
    case "7zr":
      return rest.some(names) ? "unpacked" : undefined;
    case "gzip":
    case "xz":
    case "bzip2":
    case "zstd":
      return hasFlag(command, "-d", "--decompress", "--uncompress", "-dk", "-dc") &&
        operands.some(names)
        ? "unpacked"
        : undefined;
    case "dpkg":
      return hasFlag(command, "-i", "--install", "--unpack", "-x", "--extract") &&
        operands.some(names)
        ? "installed"
        : undefined;
    case "rpm":
      return flags.some(({ name }) => /^-(?:i|U|F)$|^--(?:install|upgrade|freshen)$/.test(name)) &&
        operands.some(names)
        ? "installed"
        : undefined;
    case "apk":
      // Without this flag apk asks for a signature by a known key.
      return hasFlag(command, "--allow-untrusted") && operands.some(names)
        ? "installed"
        : undefined;
    case "apt-get":
    case "apt":
    case "yum":
    case "dnf":
    case "microdnf":
    case "zypper":
    case "pip":
    case "npm":
    case "gem":
    case "gdebi":
      return [subcommand, ...operands].some(names) ? "installed" : undefined;
    case "mv":
    case "cp":
    case "install":
    case "ln":
      return PROGRAM_FOLDER.test(operands.at(-1)?.text ?? "") && operands.slice(0, -1).some(names)
        ? "installed"
        : undefined;
    default:
      return undefined;
  }
}
