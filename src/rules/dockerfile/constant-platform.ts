import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1023",
    name: "constant-platform",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "FROM --platform is a constant",
    why: "A constant ties the image to one kind of processor: on another the build runs under emulation, or the image does not start. A multi-platform build makes the same image for all.",
    howToFix:
      "Leave the flag out, or use a variable of the builder: `FROM --platform=$BUILDPLATFORM golang:1.24 AS build`.",
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
      "https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/",
    ],
  },

  check(dockerfile, report) {
    for (const { from } of dockerfile.stages) {
      const { platform, alias } = from;
      if (platform === undefined || platform.variables.length > 0) continue;
      const parts = /^([a-z0-9]+)(?:\/([a-z0-9_]+)(?:\/[a-z0-9]+)?)?$/.exec(
        platform.text.toLowerCase(),
      );
      if (parts === null) continue; // no platform at all: the builder says so
      // A stage for one platform says so in its name: `AS build_amd64`, `AS linux`.
      const isNamed = parts
        .slice(1)
        .some((part) => part !== undefined && alias?.name.includes(part));
      if (isNamed) continue;
      const flag = from.flags.find(({ name }) => name.toLowerCase() === "platform");
      const edit = flag && { span: { start: flag.span.start, end: flag.span.end + 1 }, text: "" };
      report(
        platform.span,
        `platform is fixed to "${platform.text}"`,
        edit && { fix: { title: "delete the flag", safe: false, edits: [edit] } },
      );
    }
  },
});

export default rule;
