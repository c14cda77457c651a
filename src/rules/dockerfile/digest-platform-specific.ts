import type { BaseImage, Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1423",
    name: "digest-platform-specific",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "File is built for several platforms from a base image for one",
    why: "The digest of an image for one platform gives every build that image: the others start with programs of the wrong kind, which fail, or run slowly in an emulator and are published under the wrong name.",
    howToFix:
      "Pin the digest of the index, which stands for all platforms: `docker buildx imagetools inspect NAME:TAG` shows it first. Leave platforms out of names: `debian`, not `arm64v8/debian`.",
    bad: "FROM arm64v8/debian:12@sha256:b1211f6d19afd012477bd34fdcabb6b663d680e0f4b0537da6e6b0fd057a3ec3\nARG TARGETPLATFORM\n",
    good: "FROM debian:12@sha256:b1211f6d19afd012477bd34fdcabb6b663d680e0f4b0537da6e6b0fd057a3ec3\nARG TARGETPLATFORM\n",
    since: "0.1.0",
    options: {
      digests: {
        default: [],
        description: "Digests known to be of an image for one platform (`sha256:…`)",
      },
    },
    aliases: [],
    cwe: ["CWE-1104"],
    references: [
      "https://docs.docker.com/build/building/multi-platform/",
      "https://github.com/opencontainers/image-spec/blob/main/image-index.md",
    ],
  },

  check(dockerfile, report, options) {
    if (!isForSeveral(dockerfile)) return;
    const digests = options.strings("digests");
    for (const { base, from } of dockerfile.stages) {
      if (base.kind !== "image" || !base.isResolved) continue;
      // `FROM --platform=linux/amd64` wants that one platform on purpose.
      if (from.platform !== undefined && from.platform.variables.length === 0) continue;
      const isListed = base.digest !== undefined && digests.includes(base.digest);
      const platform = platformInName(base);
      if (isListed)
        report(base.digestSpan ?? base.span, `digest of "${base.name}" is that of one platform`);
      else if (platform !== undefined)
        report(base.span, `"${base.reference}" is for "${platform}" only`);
    }
  },
});

function isForSeveral(dockerfile: Dockerfile): boolean {
  const isPlatform = (name: string): boolean => /^TARGET(?:PLATFORM|ARCH|VARIANT)$/.test(name);
  return (
    instructionsOf(dockerfile, "arg").some(({ arguments: list }) =>
      list.some(({ name }) => isPlatform(name)),
    ) ||
    dockerfile.stages.some(
      ({ from }) => from.platform?.variables.some(({ name }) => isPlatform(name)) === true,
    )
  );
}

/** `arm64v8/debian`, `tool:1.2-amd64`, `tool-linux-arm64:1.2`. */
function platformInName({ repository, tag = "" }: BaseImage): string | undefined {
  const prefix = /^(amd64|arm(?:32v[5-7]|64v8)|i386|ppc64le|s390x|riscv64|mips64le)\//.exec(
    repository,
  );
  const suffix = /[-_](amd64|x86_64|arm64|aarch64|armv[67]|armhf|ppc64le|s390x)$/;
  return prefix?.[1] ?? suffix.exec(tag)?.[1] ?? suffix.exec(repository)?.[1];
}

export default rule;
