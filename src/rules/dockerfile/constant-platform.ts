import { wordSpan } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1023",
    name: "constant-platform",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "FROM --platform names one fixed platform",
    why: "The stage is built for that platform whatever `docker build --platform` asks for. A multi-platform build then gives images that claim one architecture and hold the programs of another, and emulation makes the build slow.",
    howToFix:
      "Leave `--platform` out: the default is the platform that is asked for. A stage that cross-compiles says `--platform=$BUILDPLATFORM`; one that is meant for one platform says so in its name (`AS build-amd64`).",
    bad: "FROM --platform=linux/amd64 debian:12\n",
    good: "FROM --platform=$BUILDPLATFORM debian:12\n",
    since: "0.1.0",
    aliases: [
      "hadolint:DL3029",
      "buildkit:FromPlatformFlagConstDisallowed",
      "kics:b16e8501-ef3c-44e1-a543-a093238099c9",
      "semgrep:avoid-platform-with-from",
      "terrascan:AC_DOCKER_0001",
      "droast:DF061",
    ],
    cwe: ["CWE-695"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#from",
      "https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/",
    ],
  },

  check({ stages, text }, report) {
    for (const { from, alias } of stages) {
      const { platform } = from;
      if (platform?.value === undefined || platform.variables.length > 0) continue;
      const parts = platformParts(platform.value);
      // What is no platform is refused by the builder.
      if (parts === undefined || parts.some((part) => alias?.name.includes(part) === true))
        continue;
      const flag = from.flags.findLast(({ name }) => name === "platform");
      const start = flag?.span.start ?? platform.span.start;
      const end = flag?.span.end ?? platform.span.end;
      const blanks = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
      report(
        wordSpan(platform, 0, platform.raw.length),
        `platform is fixed to "${platform.value}"`,
        flag && {
          fix: {
            title: 'drop "--platform"',
            safe: false,
            edits: [{ span: { start, end: end + blanks }, text: "" }],
          },
        },
      );
    }
  },
});

// containerd/platforms, database.go: isKnownOS, isKnownArch, normalizeArch.
const SYSTEMS: ReadonlySet<string> = new Set(
  "aix android darwin dragonfly freebsd hurd illumos ios js linux macos nacl netbsd openbsd plan9 solaris windows zos".split(
    " ",
  ),
);
const ARCHITECTURES: ReadonlySet<string> = new Set(
  "386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm i386 x86_64 x86-64 aarch64 armhf armel".split(
    " ",
  ),
);
const PLAIN_NAMES: Readonly<Record<string, string>> = {
  ...{ i386: "386", x86_64: "amd64", "x86-64": "amd64", aarch64: "arm64" },
  ...{ armhf: "arm", armel: "arm", macos: "darwin" },
};

/** System and architecture that a platform names, with their plain names; `undefined` when it is none. */
function platformParts(value: string): readonly string[] | undefined {
  const given = value.toLowerCase().split("/");
  if (given.length > 3 || !given.every((part) => /^[\w.-]+(?:\([\w.-]*\))?$/.test(part)))
    return undefined;
  const [first = "", architecture] = given.map((part) => part.replace(/\(.*$/, ""));
  if (architecture === undefined && !SYSTEMS.has(first) && !ARCHITECTURES.has(first))
    return undefined;
  const parts = architecture === undefined ? [first] : [first, architecture];
  return parts.flatMap((part) => [part, PLAIN_NAMES[part] ?? part]);
}

export default rule;
