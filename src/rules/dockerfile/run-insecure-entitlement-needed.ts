import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1459",
    name: "run-insecure-entitlement-needed",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "RUN needs an entitlement that the builder must grant",
    why: "A builder refuses such a step unless it is told `--allow`. People then grant it for all builds, and a step of any file reaches the host: its network, its devices, its kernel.",
    howToFix:
      "Do without: `--network=none` or the default, no device, the sandbox. Where it is needed grant it to this build alone, and say so in the option `granted`.",
    bad: "FROM debian:12\nRUN --security=insecure mount /dev/loop0 /mnt\n",
    good: "FROM debian:12\nRUN --security=sandbox make\n",
    since: "0.1.0",
    profile: "strict",
    options: {
      granted: {
        default: [],
        description:
          "Entitlements that the build gets: `security.insecure`, `network.host`, `device`",
      },
    },
    aliases: [],
    cwe: ["CWE-250"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#run---security",
      "https://docs.docker.com/reference/dockerfile/#run---network",
      "https://docs.docker.com/reference/cli/docker/buildx/build/#allow",
    ],
  },

  check(dockerfile, report, options) {
    const granted = options.strings("granted");
    for (const { flags } of instructionsOf(dockerfile, "run"))
      for (const { name, value, span } of flags) {
        const needed = entitlementOf(name, value?.value);
        if (needed !== undefined && !granted.includes(needed))
          report(span, `this step needs the entitlement "${needed}"`);
      }
  },
});

function entitlementOf(flag: string, value: string | undefined): string | undefined {
  if (flag === "device") return "device";
  if (flag === "security" && value === "insecure") return "security.insecure";
  return flag === "network" && value === "host" ? "network.host" : undefined;
}

export default rule;
