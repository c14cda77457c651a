import { lineAt } from "../../audit/dockerfile/helpers-chain.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { installation, type PackageArgument } from "../../audit/shell/packages.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1140",
    name: "unsorted-packages",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "List of packages is not sorted",
    why: "In a sorted list a package that stands there twice is seen at once, and changes of two people meet less often.",
    howToFix: "Sort the lines. A comment begins a group, which is sorted by itself.",
    bad: "FROM debian:12\nRUN apt-get install -y \\\n    git \\\n    curl\n",
    good: "FROM debian:12\nRUN apt-get install -y \\\n    curl \\\n    git\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:sort-packages"],
    cwe: [],
    references: [
      "https://docs.docker.com/build/building/best-practices/#sort-multi-line-arguments",
    ],
  },

  check(dockerfile, report) {
    const comments = dockerfile.comments.map(({ span }) => span.start);
    for (const run of instructionsOf(dockerfile, "run")) {
      if (run.command.form === "exec") continue;
      for (const command of scriptOf(dockerfile, run).commands) {
        if (command.nestedIn !== undefined) continue;
        const installed = installation(command);
        if (installed === undefined || !MANAGERS.includes(installed.manager)) continue;
        for (const group of groupsOf(dockerfile, installed.packages, comments)) {
          const place = group.findIndex((item, i) => {
            const next = group[i + 1];
            return next !== undefined && compare(item, next) > 0;
          });
          const item = group[place + 1];
          if (place === -1 || item === undefined) continue;
          report(item.span, `"${item.word.text}" is not in order`, {
            fix: { title: "sort the packages", safe: true, edits: sortedEdits(dockerfile, group) },
          });
        }
      }
    }
  },
});

const MANAGERS = ["apt", "apk", "dnf", "zypper", "npm", "pip", "gem"];

/** Packages that stand one a line with nothing but line ends between them; none when some share a line. */
function groupsOf(
  dockerfile: Dockerfile,
  packages: readonly PackageArgument[],
  comments: readonly number[],
): readonly (readonly PackageArgument[])[] {
  const groups: PackageArgument[][] = [];
  let previous: PackageArgument | undefined;
  for (const item of packages) {
    // What a variable holds has no place in the order.
    if (item.word.variables.length > 0 || item.word.hasSubstitution) return [];
    if (previous !== undefined) {
      const line = lineAt(dockerfile, previous.span.end);
      if (item.span.start <= line.end) return [];
    }
    const isNext =
      previous !== undefined && !hasBetween(comments, previous.span.end, item.span.start);
    if (isNext) groups.at(-1)?.push(item);
    else groups.push([item]);
    previous = item;
  }
  return groups;
}

/** True when one of the ascending places lies between. */
function hasBetween(places: readonly number[], start: number, end: number): boolean {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return (places[low] ?? Number.POSITIVE_INFINITY) < end;
}

/** By code point, in lower case, without the version. */
function compare(a: PackageArgument, b: PackageArgument): number {
  const [x, y] = [a.name.toLowerCase(), b.name.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

function sortedEdits(
  { text }: Dockerfile,
  group: readonly PackageArgument[],
): readonly { readonly span: PackageArgument["span"]; readonly text: string }[] {
  return [...group].sort(compare).flatMap((item, i) => {
    const place = group[i];
    if (place === undefined || place === item) return [];
    return [{ span: place.span, text: text.slice(item.span.start, item.span.end) }];
  });
}

export default rule;
