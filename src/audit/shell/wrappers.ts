import type { ShellWord } from "./model.ts";

/** How a command that runs another one reads its own arguments. */
interface Wrapper {
  /** Flags that take the next word. */
  readonly values?: readonly string[];
  /** Words of its own before the command (`gosu USER`, `timeout 5`, `chroot DIR`). */
  readonly operands?: number;
  /** `A=b` words before the command are assignments. */
  readonly assignments?: true;
  /** Flags with which it runs nothing. */
  readonly inert?: readonly string[];
}

// From the manuals of coreutils, sudo(8), doas(1), xargs(1), gosu, su-exec, util-linux, tini, dumb-init.
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  env: { values: ["-u", "--unset", "-C", "--chdir", "-S", "--split-string"], assignments: true },
  sudo: {
    values: [
      ...["-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "--close-from"],
      ...["-r", "--role", "-t", "--type", "-T", "--command-timeout", "-U", "--other-user"],
      ...["-D", "--chdir", "-R", "--chroot"],
    ],
    assignments: true,
    inert: ["-l", "-v", "-V", "-k", "-K", "--list", "--validate", "--version"],
  },
  doas: { values: ["-u", "-C"] },
  exec: { values: ["-a"] },
  command: { inert: ["-v", "-V"] },
  builtin: {},
  time: { values: ["-f", "--format", "-o", "--output"] },
  nice: { values: ["-n", "--adjustment"] },
  ionice: { values: ["-c", "--class", "-n", "--classdata"] },
  nohup: {},
  setsid: {},
  stdbuf: { values: ["-i", "--input", "-o", "--output", "-e", "--error"] },
  timeout: { values: ["-k", "--kill-after", "-s", "--signal"], operands: 1 },
  xargs: {
    values: [
      ...["-a", "--arg-file", "-d", "--delimiter", "-E", "-I", "-L", "-n", "--max-args", "-P"],
      ...["--max-procs", "-s", "--max-chars", "--max-lines", "--replace"],
    ],
  },
  gosu: { operands: 1 },
  "su-exec": { operands: 1 },
  setpriv: {},
  runuser: { values: ["-u", "--user", "-g", "--group", "-G", "--supp-group"] },
  chroot: { operands: 1 },
  fakeroot: {},
  eatmydata: {},
  unbuffer: {},
  tini: {},
  "dumb-init": {},
  catchsegv: {},
  busybox: { inert: ["--list", "--list-full", "--install"] },
};

/** What a wrapper runs. */
export interface Wrapped {
  /** Index of the first word of the inner command. */
  readonly start: number;
  /** Index behind its last word. */
  readonly end: number;
  /** Indexes of `A=b` words. */
  readonly assignments: readonly number[];
}

/** Where the command begins that `words` runs; `undefined` when it is no wrapper or runs nothing. */
export function findWrapped(name: string, words: readonly ShellWord[]): Wrapped | undefined {
  if (name === "find") return findExec(words);
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  if (wrapper === undefined) return undefined;
  const { values = [], operands = 0, inert = [] } = wrapper;
  const assignments: number[] = [];
  let left = operands;
  for (let i = 1; i < words.length; i++) {
    const text = words[i]?.text ?? "";
    if (text === "--" || text === "-") continue;
    if (text.startsWith("-")) {
      if (inert.includes(text)) return undefined;
      if (values.includes(text)) i++;
    } else if (wrapper.assignments === true && /^[A-Za-z_]\w*=/.test(text)) assignments.push(i);
    else if (left > 0) left--;
    // `runuser user -c …` and `env` without a command run a shell or nothing.
    else return { start: i, end: words.length, assignments };
  }
  return undefined;
}

/** `find … -exec cmd {} ;` */
function findExec(words: readonly ShellWord[]): Wrapped | undefined {
  const at = words.findIndex(({ text }) => /^-(?:exec|execdir|ok|okdir)$/.test(text));
  if (at === -1 || at + 1 >= words.length) return undefined;
  const length = words.slice(at + 1).findIndex(({ text }) => text === ";" || text === "+");
  const end = length === -1 ? words.length : at + 1 + length;
  return end > at + 1 ? { start: at + 1, end, assignments: [] } : undefined;
}
