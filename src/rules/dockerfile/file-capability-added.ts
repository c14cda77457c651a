import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Severity } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, hasFlag, operands, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1439",
    name: "file-capability-added",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "`setcap` gives a program rights of root",
    why: "Whoever starts the program has the capability, whatever his user. With some of them (`cap_sys_admin`, `cap_dac_override`, `cap_setuid`, …) he is root in all but name. The container must also be started with the capability, and not with `no-new-privileges`.",
    howToFix:
      "Do without: since Docker 20.10 ports below 1024 are open to all users of a container. Where one is needed give only that one, and only to the program that needs it.",
    bad: "FROM debian:12\nRUN setcap cap_sys_admin+ep /usr/bin/app\n",
    good: "FROM debian:12\nUSER 65532\nEXPOSE 80\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-250"],
    references: [
      "https://man7.org/linux/man-pages/man7/capabilities.7.html",
      "https://man7.org/linux/man-pages/man8/setcap.8.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of commandsNamed(scriptOf(dockerfile, run), "setcap")) {
        if (hasFlag(command, "-r", "-v")) continue;
        const list = operands(command);
        // `setcap CAPS FILE [CAPS FILE]…`
        list.forEach((word, i) => {
          const file = list[i + 1];
          if (i % 2 !== 0 || file === undefined) return;
          const severity = severityOf(word.value ?? word.text);
          report(word.span, `"${file.text}" gets "${word.text}"`, severity && { severity });
        });
      }
  },
});

// capabilities(7): each of these is enough to become root, or to leave the container.
const STRONG =
  /\bcap_(?:sys_(?:admin|ptrace|module|rawio|boot)|dac_(?:override|read_search)|set(?:uid|gid|fcap|pcap)|chown|fowner|bpf|mknod|mac_admin)\b/i;

/** Severity where it is not the usual one. */
function severityOf(caps: string): Severity | undefined {
  if (STRONG.test(caps) || /^(?:all)?[=+]/i.test(caps)) return "high";
  return /^cap_net_bind_service[=+][eip]+$/i.test(caps) ? "info" : undefined;
}

export default rule;
