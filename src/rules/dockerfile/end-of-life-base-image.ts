import { releasesOf, TABLE_DATE } from "../../audit/dockerfile/end-of-life.ts";
import { valuesSetAt } from "../../audit/dockerfile/helpers-related.ts";
import type { BaseImage } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1106",
    name: "end-of-life-base-image",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Base image is of a release past its end of life",
    why: "Nobody mends the release any more: holes found after its last day stay open in every image built on it, and exploits for them are public.",
    howToFix: "Go on to a release that is looked after, as a whole: system and language.",
    bad: "FROM debian:9\n",
    good: "FROM debian:13\n",
    since: "0.1.0",
    options: {
      asOf: {
        default: TABLE_DATE,
        description:
          "The day to judge by, `YYYY-MM-DD`. By default that of the table of releases that comes with tguard.",
      },
    },
    aliases: ["tally:ruby/eol-ruby-version"],
    cwe: ["CWE-1104"],
    references: [
      "https://www.debian.org/releases/",
      "https://ubuntu.com/about/release-cycle",
      "https://www.alpinelinux.org/releases/",
      "https://devguide.python.org/versions/",
      "https://github.com/nodejs/Release",
      "https://www.php.net/eol.php",
      "https://www.ruby-lang.org/en/downloads/branches/",
      "https://dotnet.microsoft.com/en-us/platform/support/policy/dotnet-core",
    ],
  },

  check({ stages }, report, options) {
    const asOf = options.string("asOf");
    for (const { base } of stages) {
      const product = productOf(base);
      if (base.kind !== "image" || product === undefined || base.tag === undefined) continue;
      // The own version may be followed by the system's: the first that ended says enough.
      const ended = releasesOf(product, base.tag.toLowerCase()).find(
        ({ endOfLife }) => endOfLife < asOf,
      );
      if (ended === undefined) continue;
      const name = `${ended.product} ${ended.name}`;
      report(
        base.tagSpan ?? base.span,
        `"${name}" has had no support since ${ended.endOfLife} (table of ${TABLE_DATE})`,
        valuesSetAt(base.word),
      );
    }
  },
});

// Images of Docker's library, by the names under which mirrors have them too.
const LIBRARY = [
  "debian",
  "ubuntu",
  "alpine",
  "node",
  "python",
  "ruby",
  "php",
  "centos",
  "openjdk",
] as const;
const MIRRORS: Readonly<Record<string, string>> = {
  "docker.io": "library/",
  "index.docker.io": "library/",
  "public.ecr.aws": "docker/library/",
  "mirror.gcr.io": "library/",
};

/** Which table tells about the image; `undefined` for images that the name says nothing about. */
function productOf({ registry, repository, isNameKnown, tag }: BaseImage): string | undefined {
  if (!isNameKnown || tag?.includes("$")) return undefined;
  if (registry === "mcr.microsoft.com")
    return /^dotnet\/(?:core\/)?(?:sdk|runtime|aspnet|runtime-deps)$/.test(repository)
      ? "dotnet"
      : undefined;
  if (registry === "quay.io") return repository === "centos/centos" ? "centos" : undefined;
  const prefix = registry === undefined ? "library/" : MIRRORS[registry];
  if (prefix === undefined) return undefined;
  const name = repository.startsWith(prefix)
    ? repository.slice(prefix.length)
    : registry === "public.ecr.aws"
      ? ""
      : repository;
  return LIBRARY.find((product) => product === name);
}

export default rule;
