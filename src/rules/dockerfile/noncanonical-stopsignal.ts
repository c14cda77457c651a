import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1115",
    name: "noncanonical-stopsignal",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "STOPSIGNAL is not written as `SIGNAME`",
    why: "A number is another signal on another architecture, and readers have to look it up; engines differ in which short forms they take.",
    howToFix: "Write the name with its prefix, in upper case: `STOPSIGNAL SIGTERM`.",
    bad: "FROM debian:12\nSTOPSIGNAL 15\n",
    good: "FROM debian:12\nSTOPSIGNAL SIGTERM\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:prefer-canonical-stopsignal"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#stopsignal",
      "https://man7.org/linux/man-pages/man7/signal.7.html",
    ],
  },

  check(dockerfile, report) {
    for (const { signal } of instructionsOf(dockerfile, "stopsignal")) {
      const { text, raw, span, variables } = signal;
      if (variables.length > 0) continue;
      const name = canonical(text);
      if (name === undefined || name === text) continue;
      const isPlain = raw === text;
      report(
        span,
        `signal "${text}" is "${name}"`,
        isPlain
          ? { fix: { title: `write "${name}"`, safe: true, edits: [{ span, text: name }] } }
          : undefined,
      );
    }
  },
});

// signal(7), x86 and ARM: the place in the list is the number.
const SIGNALS =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

/** `undefined` for what is no signal, and for the real-time ones. */
function canonical(text: string): string | undefined {
  if (/^\d+$/.test(text)) {
    const name = SIGNALS[Number(text) - 1];
    return name && `SIG${name}`;
  }
  const name = text.toUpperCase().replace(/^SIG/, "");
  return SIGNALS.includes(name) ? `SIG${name}` : undefined;
}

export default rule;
