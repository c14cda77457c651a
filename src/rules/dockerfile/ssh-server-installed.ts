import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import { instructionsOf, isInFinalChain } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsNamed, installation, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1232",
    name: "ssh-server-installed",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "SSH server is in the image",
    why: "It is a second way in that no policy of the platform sees: its keys are the same in every container, its accounts are in the image, and `docker exec` or `kubectl exec` do the same with rights that somebody checks.",
    howToFix: "Leave it out. Use `docker exec`, `kubectl exec` or `kubectl debug`.",
    bad: "FROM debian:12\nRUN apt-get update && apt-get install -y openssh-server\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y openssh-client\n",
    since: "0.1.0",
    aliases: ["dockerfile_lint:installing_ssh"],
    cwe: ["CWE-284"],
    benchmarks: ["CIS-Docker-5.7"],
    references: [
      "https://docs.docker.com/build/building/best-practices/",
      "https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      if (!isInShippedLayers(dockerfile, run)) continue;
      for (const command of scriptOf(dockerfile, run).commands) {
        const found = installation(command);
        for (const { name, span, kind } of found?.packages ?? [])
          if (kind === "package" && isServer(found?.manager ?? "", name))
            report(span, `package "${name}" is an SSH server`);
      }
    }
    for (const node of instructionsOf(dockerfile, "cmd", "entrypoint")) {
      const [start] = commandsNamed(scriptOf(dockerfile, node), ["sshd", "dropbear"]);
      const [word] = start?.words ?? [];
      if (word !== undefined && isInFinalChain(dockerfile, node))
        report(word.span, `"${word.text}" is started, an SSH server`);
    }
  },
});

/** Where client and server are one package, `openssh` is both. */
function isServer(manager: string, name: string): boolean {
  const plain = name.replace(/:\w+$/, "");
  if (
    ["openssh-server", "dropbear", "dropbear-bin", "dropbear-run", "sshd", "tinysshd"].includes(
      plain,
    )
  )
    return ["apt", "apk", "dnf", "zypper", "pacman"].includes(manager);
  return plain === "openssh" && ["apk", "pacman", "zypper"].includes(manager);
}

export default rule;
