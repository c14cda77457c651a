import { reportUnpinned } from "../../audit/dockerfile/helpers-unpinned.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { PackageArgument } from "../../audit/shell/packages.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1129",
    name: "unpinned-npm-package",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`npm install` installs a package of any version",
    why: "The build takes whatever was published last. Stolen npm accounts have pushed releases with malware more than once: an unpinned name runs them within minutes, install scripts included.",
    howToFix:
      "Name a version (`typescript@5.9.2`), or list the package in package.json and install with `npm ci`. Of a repository name a tag or a commit: `…repo.git#v1.0`.",
    bad: "FROM node:22\nRUN npm install -g typescript\n",
    good: "FROM node:22\nRUN npm install -g typescript@5.9.2\n",
    since: "0.1.0",
    aliases: ["hadolint:DL3016", "kics:e36d8880-3f78-4546-b9a1-12f0745ca0d5"],
    cwe: ["CWE-1357"],
    references: [
      "https://docs.npmjs.com/cli/v11/commands/npm-install",
      "https://docs.npmjs.com/cli/v11/using-npm/package-spec",
    ],
  },

  check(dockerfile, report) {
    reportUnpinned(
      dockerfile,
      report,
      ["npm", "yarn", "pnpm"],
      ({ item, before }) => !item.isKnown || isFlagWithValue(before?.text ?? "") || isPinned(item),
    );
  },
});

function isPinned({ kind, name, version }: PackageArgument): boolean {
  switch (kind) {
    case "vcs":
      return name.includes("#");
    case "url":
      return name.includes("#") || !/\.git$/.test(name);
    case "package":
      if (version === undefined) {
        // `user/repository` is GitHub's.
        const isRepository = /^[^@/]+\/[^/]+$/.test(name);
        return isRepository && name.includes("#");
      }
      return !isTag(version);
    default:
      return true;
  }
}

// npm-dist-tag(1): names that move from release to release; `*` is any.
function isTag(version: string): boolean {
  return ["latest", "next", "beta", "alpha", "canary", "nightly", "*", "x"].includes(version);
}

// Flags that the table of npm's flags does not have: `--fetch-retry-mintimeout 1000`, `--script-shell bash`.
const VALUE_FLAG =
  /^--(?:[a-z-]{1,40}-)?(?:timeout|mintimeout|maxtimeout|retries|factor|shell|arch|libc|os|cpu|before|scope|script-shell|cafile|proxy|noproxy|save-prefix|lockfile-version|node-options|reporter|concurrency)$/;

const isFlagWithValue = (word: string): boolean => VALUE_FLAG.test(word);

export default rule;
