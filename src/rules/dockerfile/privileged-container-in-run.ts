import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord } from "../../audit/shell/model.ts";
import { commandsNamed, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1312",
    name: "privileged-container-in-run",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A privileged container is started",
    why: "A privileged container has every capability and all devices of its host: a program in it takes over the machine. Started from within an image it also needs the socket of the engine, which is as much.",
    howToFix:
      "Start the container without `--privileged`; add the single capability or device it needs with `--cap-add` or `--device`.",
    bad: "FROM docker:28\nRUN docker run --privileged example/tool:1 install\n",
    good: "FROM docker:28\nRUN docker run example/tool:1 install\n",
    since: "0.1.0",
    aliases: ["dockerfile_lint:privileged_run_container"],
    cwe: ["CWE-250"],
    references: [
      "https://docs.docker.com/reference/cli/docker/container/run/#privileged",
      "https://cwe.mitre.org/data/definitions/250.html",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "run", "cmd", "entrypoint"))
      for (const { name, args } of commandsNamed(scriptOf(dockerfile, node), ENGINES)) {
        const flag = privilege(args.map((word: ShellWord) => word.value ?? ""));
        const word = flag === undefined ? undefined : args[flag];
        if (word !== undefined) report(word.span, `"${name}" starts a privileged container`);
      }
    // `LABEL RUN="docker run --privileged …"` is what `atomic run` executes.
    for (const { pairs } of instructionsOf(dockerfile, "label"))
      for (const { value } of pairs) {
        const [program = "", ...args] = value.text.split(/\s+/);
        const name = program.slice(program.lastIndexOf("/") + 1);
        if (ENGINES.includes(name) && privilege(args) !== undefined)
          report(value.span, `"${name}" starts a privileged container`);
      }
  },
});

const ENGINES = ["docker", "podman", "buildah", "nerdctl"];
const STARTS = ["run", "create", "exec"];

/** Index of the word that asks for privileges, behind a subcommand that starts something. */
function privilege(args: readonly string[]): number | undefined {
  const start = args.findIndex((word) => STARTS.includes(word));
  if (start === -1) return undefined;
  const at = args.findIndex((word, i) => i > start && /^--privileged(?:=true|=1)?$/.test(word));
  return at === -1 ? undefined : at;
}

export default rule;
