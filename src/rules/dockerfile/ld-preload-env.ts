import {
  type Ownership,
  ownerEntry,
  runtimeOwnership,
} from "../../audit/dockerfile/helpers-ownership.ts";
import {
  environmentPairs,
  isOpenFolder,
  pathParts,
} from "../../audit/dockerfile/helpers-search-path.ts";
import type { Word } from "../../audit/dockerfile/model.ts";
import { isInFinalChain } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1443",
    name: "ld-preload-env",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Code is loaded into every program from a folder that others can write to",
    why: "The loader, Python, Node, Java and bash read these variables and run what lies there. Whoever can write to the folder is inside every program of the container that starts from then on.",
    howToFix:
      "Let the variable point to a folder of root that the user of the container cannot write to, or install the library where the system looks for it.",
    bad: "FROM debian:12\nENV LD_PRELOAD=/tmp/hook.so\n",
    good: "FROM debian:12\nENV LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-426", "CWE-427"],
    references: [
      "https://man7.org/linux/man-pages/man8/ld.so.8.html",
      "https://docs.python.org/3/using/cmdline.html#envvar-PYTHONPATH",
      "https://nodejs.org/api/cli.html#node_optionsoptions",
    ],
  },

  check(dockerfile, report) {
    const ownership = runtimeOwnership(dockerfile);
    for (const { node, name, value } of environmentPairs(dockerfile, NAMES)) {
      const paths = loadedPaths(name, value);
      const open = paths.find((path) => isOpenFolder(path));
      if (open !== undefined) {
        const fact = open.startsWith("/")
          ? "where everybody can write"
          : "in whatever folder a program runs";
        report(value.span, `"${name}" loads code from "${open}", ${fact}`);
        continue;
      }
      if (ownership.user === undefined || !isInFinalChain(dockerfile, node)) continue;
      const owned = paths.find((path) => isOwned(ownership, path));
      if (owned !== undefined)
        report(
          value.span,
          `"${name}" loads code from "${owned}", which belongs to "${ownership.user}"`,
        );
    }
  },
});

const LISTS = ["LD_LIBRARY_PATH", "LD_PRELOAD", "LD_AUDIT", "PYTHONPATH"];
const NAMES = [...LISTS, "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "BASH_ENV"];

/** Files and folders that a value names, as far as known. */
function loadedPaths(name: string, word: Word): string[] {
  if (LISTS.includes(name)) {
    // ld.so(8): LD_PRELOAD is parted by blanks as well; a name without slash is looked for in the system's folders.
    const parts = pathParts(name, word).flatMap(({ value, isInherited }) =>
      isInherited || value === undefined || value === "" ? [] : value.split(/\s+/),
    );
    return name === "LD_PRELOAD" || name === "LD_AUDIT"
      ? parts.filter((part) => part.includes("/"))
      : parts.filter((part) => part !== "");
  }
  const { value } = word;
  if (value === undefined || value === "") return [];
  if (name === "BASH_ENV") return [value];
  const option =
    name === "NODE_OPTIONS"
      ? /(?:^|\s)(?:--require|-r|--import|--loader|--experimental-loader)[=\s]+(\S+)/g
      : /-(?:javaagent|agentpath):([^=\s]+)/g;
  // `--require dd-trace/init` is the name of a package.
  return [...value.matchAll(option)].flatMap(([, path = ""]) =>
    /^(?:\.{0,2}\/)/.test(path) ? [path] : [],
  );
}

function isOwned(ownership: Ownership, path: string): boolean {
  return path.startsWith(`/home/${ownership.user}/`) || ownerEntry(ownership, path) !== undefined;
}

export default rule;
