import { signalName } from "../../audit/dockerfile/helpers-signal.ts";
import { effective, externalBase, finalStage } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1230",
    name: "nginx-without-sigquit",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Stop signal of an nginx image is not SIGQUIT",
    why: "On `SIGTERM` nginx drops the requests that it is answering; on `SIGQUIT` it finishes them. Each deployment breaks some.",
    howToFix: "Write `STOPSIGNAL SIGQUIT`, as the official image does.",
    bad: "FROM nginx:1.29\nSTOPSIGNAL SIGTERM\n",
    good: "FROM nginx:1.29\nSTOPSIGNAL SIGQUIT\n",
    since: "0.1.0",
    aliases: ["tally:prefer-nginx-sigquit"],
    cwe: [],
    references: [
      "https://nginx.org/en/docs/control.html",
      "https://docs.docker.com/reference/dockerfile/#stopsignal",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    if (stage === undefined) return;
    const base = externalBase(dockerfile, stage);
    const isOfficial = OFFICIAL.test(base.name);
    const start = [effective(dockerfile, stage, "entrypoint"), effective(dockerfile, stage, "cmd")]
      .flatMap((node) =>
        node === undefined ? [] : commandsNamed(scriptOf(dockerfile, node), ["nginx", "openresty"]),
      )
      .at(0);
    const signal = effective(dockerfile, stage, "stopsignal")?.signal;
    const [word] = start?.words ?? [];
    if (signal === undefined) {
      // Other images may set it: only a system's own is sure not to.
      if (word !== undefined && SYSTEM.test(base.name))
        report(word.span, `"${word.text}" is stopped by SIGTERM: no "STOPSIGNAL" is set`);
      return;
    }
    const name = signal.value === undefined ? undefined : signalName(signal.value);
    if ((isOfficial || word !== undefined) && name !== undefined && name !== "QUIT")
      report(signal.span, `nginx is stopped by "SIG${name}"`);
  },
});

const OFFICIAL =
  /^(?:(?:docker\.io\/)?(?:library\/)?nginx|(?:docker\.io\/)?(?:nginxinc\/nginx-unprivileged|openresty\/openresty))$/;
const SYSTEM =
  /^(?:docker\.io\/)?(?:library\/)?(?:alpine|debian|ubuntu|fedora|centos|rockylinux|almalinux|amazonlinux|archlinux|scratch|buildpack-deps)$/;

export default rule;
