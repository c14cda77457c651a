import type { BaseImage } from "../../audit/dockerfile/model.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1105",
    name: "platform-not-of-image",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "FROM asks for a platform other than the one in the image's name",
    why: "An image made for one platform is in no index of another: the build fails, or takes the image as it is and makes a container that cannot start (`exec format error`) or runs under emulation.",
    howToFix:
      "Leave out `--platform`, or name the image of that platform. Images for several platforms have no platform in their names: `debian` instead of `arm64v8/debian`.",
    bad: "FROM --platform=linux/amd64 arm64v8/debian:12\n",
    good: "FROM --platform=linux/amd64 debian:12\n",
    since: "0.1.0",
    aliases: ["buildkit:InvalidBaseImagePlatform", "tally:platform-mismatch"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/build-checks/invalid-base-image-platform/",
      "https://github.com/docker-library/official-images#architectures-other-than-amd64",
    ],
  },

  // What platforms an image has only its registry knows; of some the name says it.
  check({ stages }, report) {
    for (const { base, from } of stages) {
      const asked = readPlatform(from.platform?.value);
      if (base.kind !== "image" || asked === undefined || from.platform === undefined) continue;
      const own = platformInName(base);
      if (own === undefined) continue;
      const differs =
        (own.os !== undefined && asked.os !== undefined && own.os !== asked.os) ||
        (own.architecture !== undefined &&
          asked.architecture !== undefined &&
          own.architecture !== asked.architecture);
      if (differs)
        report(
          from.platform.span,
          `"${base.name}" is an image for "${own.word}", not for "${from.platform.value}"`,
        );
    }
  },
});

interface Platform {
  readonly os: string | undefined;
  /** Without the variant. */
  readonly architecture: string | undefined;
}

// Namespaces and suffixes of docker-library/official-images, and Go's and the kernel's names of architectures.
const ARCHITECTURES: Readonly<Record<string, string>> = {
  amd64: "amd64",
  x86_64: "amd64",
  "x86-64": "amd64",
  arm32v5: "arm",
  arm32v6: "arm",
  arm32v7: "arm",
  armhf: "arm",
  armv7: "arm",
  arm: "arm",
  arm64: "arm64",
  arm64v8: "arm64",
  aarch64: "arm64",
  i386: "386",
  "386": "386",
  mips64le: "mips64le",
  ppc64le: "ppc64le",
  riscv64: "riscv64",
  s390x: "s390x",
};
const SYSTEMS = ["linux", "windows", "darwin", "freebsd"];

const architectureOf = (word: string): string | undefined =>
  Object.hasOwn(ARCHITECTURES, word) ? ARCHITECTURES[word] : undefined;

/** `os/architecture[/variant]`, or one of the two. */
function readPlatform(text: string | undefined): Platform | undefined {
  const [first = "", second] = text?.toLowerCase().split("/") ?? [];
  // `windows(10.0.20348)/amd64`
  const os = SYSTEMS.find((name) => first === name || first.startsWith(`${name}(`));
  if (second !== undefined) return { os, architecture: architectureOf(second) };
  const architecture = architectureOf(first);
  return os === undefined && architecture === undefined ? undefined : { os, architecture };
}

function platformInName({
  registry,
  repository,
  tag,
  isResolved,
}: BaseImage): (Platform & { readonly word: string }) | undefined {
  if (!isResolved) return undefined;
  const parts = repository.split("/");
  const [namespace = ""] = parts;
  if (registry === "mcr.microsoft.com" && namespace === "windows")
    return { os: "windows", architecture: undefined, word: "windows" };
  const isHub = registry === undefined || registry === "docker.io";
  if (isHub && parts.length > 1) {
    if (namespace === "windows-amd64")
      return { os: "windows", architecture: "amd64", word: namespace };
    const architecture = architectureOf(namespace);
    if (architecture !== undefined) return { os: "linux", architecture, word: namespace };
  }
  // `image:1.2-arm64`, `image-arm64:1.2`
  for (const text of [tag, parts.at(-1)]) {
    const word = /[-_.]([a-z0-9]+)$/.exec(text?.toLowerCase() ?? "")?.[1] ?? "";
    const architecture = word === "arm" || word === "386" ? undefined : architectureOf(word);
    if (architecture !== undefined) return { os: undefined, architecture, word };
  }
  return undefined;
}

export default rule;
