import type { CopyInstruction, Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, isCacheMounted, joinPath } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, findFlag, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1022",
    name: "world-writable-path",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Mode lets every user write to a path of the image",
    why: "Whoever gets any foothold in the container, whatever its user, can replace the program, its configuration or its libraries, and so reach the rights of all who run them later.",
    howToFix:
      "Give the path to the user who writes it (`COPY --chown=app:app`, `chown`) and leave it writable for the owner only: 755 for folders and programs, 644 for other files.",
    bad: "FROM debian:12\nCOPY --chmod=777 app /app\n",
    good: "FROM debian:12\nCOPY --chmod=755 app /app\n",
    since: "0.1.0",
    aliases: [
      "datadog-iac:3be406ec-eb81-f09e-05d4-dc6a41683b4c",
      "droast:DF034",
      "tally:world-writable-state-path-workaround",
    ],
    cwe: ["CWE-732"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy---chown---chmod",
      "https://man7.org/linux/man-pages/man1/chmod.1.html",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy", "add", "run")) {
      const modes =
        node.kind === "run"
          ? scriptOf(dockerfile, node).commands.flatMap((command) => modesOf(command))
          : modesOfCopy(node);
      for (const { word, text, paths, directory } of modes) {
        if (text === undefined || !opensToOthers(text)) continue;
        const known = paths.map((path) => absolute(path, directory));
        if (isSticky(text) && known.every((path) => path === undefined || isScratchSpace(path)))
          continue;
        if (node.kind === "run" && isOutsideOfLayer(dockerfile, node, known)) continue;
        const fix = closed(word, text);
        report(word.span, `mode "${text}" lets every user write`, fix && { fix });
      }
    }
  },
});

interface Mode {
  /** Where it stands; may hold a flag as well (`-m777`). */
  readonly word: Pick<ShellWord, "raw" | "span">;
  readonly text: string | undefined;
  readonly paths: readonly (string | undefined)[];
  readonly directory: string | undefined;
}

function modesOfCopy({ chmod, destination }: CopyInstruction): readonly Mode[] {
  if (chmod === undefined) return [];
  return [{ word: chmod, text: chmod.value, paths: [destination?.value], directory: undefined }];
}

/** Mode of `chmod MODE path…`, `mkdir -m MODE path…`, `install -m MODE file… path`. */
function modesOf(command: SimpleCommand): readonly Mode[] {
  const { directory } = command;
  const { tool } = argumentsOf(command);
  const list = operands(command);
  if (tool === "chmod") {
    if (findFlag(command, "--reference") !== undefined) return [];
    const [word, ...paths] = list;
    if (word === undefined) return [];
    return [{ word, text: word.value, paths: paths.map(({ value }) => value), directory }];
  }
  if (tool !== "mkdir" && tool !== "install") return [];
  const mode = findFlag(command, "-m", "--mode");
  if (mode?.valueWord === undefined) return [];
  const makesAll = tool === "mkdir" || findFlag(command, "-d", "--directory") !== undefined;
  const target = findFlag(command, "-t", "--target-directory");
  const paths =
    target === undefined ? (makesAll ? list : list.slice(-1)).map((w) => w.value) : [target.value];
  return [{ word: mode.valueWord, text: mode.value, paths, directory }];
}

/** True when the mode sets the write bit of others: chmod(1), numeric and symbolic modes. */
function opensToOthers(mode: string): boolean {
  if (/^[0-7]{1,5}$/.test(mode)) return (Number(mode.at(-1)) & 2) !== 0;
  let isOpen = false;
  for (const clause of mode.split(",")) {
    const match = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause);
    if (match === null) continue;
    const [, who = "", actions = ""] = match;
    // Without a letter the umask takes the bit away again.
    if (!/[oa]/.test(who)) continue;
    for (const [, operator, bits = ""] of actions.matchAll(/([-+=])([rwxXst]*)/g)) {
      if (operator === "=") isOpen = bits.includes("w");
      else if (bits.includes("w")) isOpen = operator === "+";
    }
  }
  return isOpen;
}

/** With the sticky bit only the owner of a file removes it. */
function isSticky(mode: string): boolean {
  return /^[0-7]?[1357][0-7]{3}$/.test(mode) || /(?:^|,)[ugoa]*[+=][rwxXs]*t/.test(mode);
}

function absolute(path: string | undefined, directory: string | undefined): string | undefined {
  if (path === undefined || path.startsWith("/")) return path;
  return directory === undefined ? path : joinPath(directory, path);
}

/** Folders that are for everybody, as /tmp is: Filesystem Hierarchy Standard 3.0, /tmp, /var/tmp, /run, /var/mail. */
function isScratchSpace(path: string): boolean {
  return (
    /(?:^|\/)\.?(?:tmp|temp)(?:\/|$)/i.test(path) ||
    /^\/(?:dev\/shm|(?:var\/)?run|var\/(?:lock|mail|crash|spool\/mail))(?:\/|$)/.test(path)
  );
}

function isOutsideOfLayer(
  dockerfile: Dockerfile,
  run: RunInstruction,
  paths: readonly (string | undefined)[],
): boolean {
  return (
    run.mounts.length > 0 &&
    paths.length > 0 &&
    paths.every((path) => path?.startsWith("/") === true && isCacheMounted(dockerfile, run, path))
  );
}

// What chmod(1) takes, without the write bits of group and others.
const CLOSED: Readonly<Record<string, string>> = {
  "a+rwx": "u+rwX,go+rX",
  "ugo+rwx": "u+rwX,go+rX",
  "a+rwX": "u+rwX,go+rX",
  "ugo+rwX": "u+rwX,go+rX",
  "a=rwx": "u=rwX,go=rX",
  "ugo=rwx": "u=rwX,go=rX",
  "a+rw": "u+rw,go+r",
  "ugo+rw": "u+rw,go+r",
  "a+w": "u+w",
  "ugo+w": "u+w",
};

function closed({ raw, span }: Mode["word"], mode: string): Fix | undefined {
  // Quotes and a glued flag would be replaced too.
  if (raw !== mode) return undefined;
  const text = Object.hasOwn(CLOSED, mode) ? CLOSED[mode] : closedNumber(mode);
  if (text === undefined) return undefined;
  return { title: `write "${text}"`, safe: false, edits: [{ span, text }] };
}

/** 777 becomes 755, 666 becomes 644, 757 becomes 755. */
function closedNumber(mode: string): string | undefined {
  const match = /^([0-7]*?)([0-7])([0-7])$/.exec(mode);
  if (match === null) return undefined;
  const [, head = "", group = "", others = ""] = match;
  const lower = (digit: string): string => String(Number(digit) & ~2);
  return `${head}${group === others ? lower(group) : group}${lower(others)}`;
}

export default rule;
