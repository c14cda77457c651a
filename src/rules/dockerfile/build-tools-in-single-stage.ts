import type { Dockerfile, RunInstruction } from "../../audit/dockerfile/model.ts";
import { stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, commandsAfter, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1354",
    name: "build-tools-in-single-stage",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Build tools are shipped because there is one stage only",
    why: "Compiler, headers and source stay in the image: hundreds of MB, more packages with holes, and tools for whoever gets in.",
    howToFix:
      "Build in a stage of its own, and take the result: `COPY --from=build /out/app /usr/local/bin/`.",
    bad: 'FROM golang:1.24\nCOPY . .\nRUN go build -o /app .\nCMD ["/app"]\n',
    good: 'FROM golang:1.24 AS build\nCOPY . .\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    since: "0.1.0",
    profile: "strict",
    aliases: ["droast:DF011", "tally:prefer-multi-stage-build"],
    cwe: ["CWE-1104"],
    references: ["https://docs.docker.com/build/building/multi-stage/"],
  },

  check(dockerfile, report) {
    const [stage] = dockerfile.stages;
    if (stage === undefined || dockerfile.stages.length > 1 || runsToolchain(dockerfile)) return;
    for (const run of stageInstructions(stage, "run")) {
      const found = buildTool(dockerfile, run);
      if (found === undefined) continue;
      // One is enough to show it.
      report(found.span, `"${found.text}" stays in the image: there is one stage only`);
      return;
    }
  },
});

// Tool, and the subcommands that build; empty: any use.
const BUILDS: Readonly<Record<string, readonly string[]>> = {
  go: ["build", "install"],
  cargo: ["build", "install"],
  mvn: ["package", "install", "verify", "compile", "assembly:single"],
  mvnw: ["package", "install", "verify", "compile"],
  gradle: ["build", "assemble", "bootJar", "shadowJar", "installDist"],
  gradlew: ["build", "assemble", "bootJar", "shadowJar", "installDist"],
  dotnet: ["publish", "build"],
  make: [],
  gcc: [],
  "g++": [],
  cc: [],
  clang: [],
  rustc: [],
  javac: [],
};
const PACKAGES =
  /^(?:build-essential|build-base|base-devel|gcc(?:-\d+)?|g\+\+(?:-\d+)?|gcc-c\+\+|clang|make|cmake|golang(?:-go)?|rust|cargo|[Dd]evelopment[ -][Tt]ools)$/;

function buildTool(dockerfile: Dockerfile, run: RunInstruction): ShellWord | undefined {
  const script = scriptOf(dockerfile, run);
  for (const command of script.commands) {
    if (isBuild(command) && !removesTools(script, command)) return command.words[0];
    const tool = packages(command).find(({ name }) => PACKAGES.test(name.replace(/^@/, "")));
    if (tool !== undefined && !removesTools(script, command)) return tool.word;
  }
  return undefined;
}

function isBuild(command: SimpleCommand): boolean {
  const { tool, subcommand, operands } = argumentsOf(command);
  if (["npm", "yarn", "pnpm"].includes(tool)) {
    const script = subcommand?.value === "run" ? operands[0]?.value : subcommand?.value;
    return script === "build" && (tool !== "npm" || subcommand?.value === "run");
  }
  const actions = Object.hasOwn(BUILDS, tool) ? BUILDS[tool] : undefined;
  if (actions === undefined) return false;
  if (actions.length === 0) return !command.args.some(({ text }) => text === "--version");
  return [subcommand, ...operands].some((word) => actions.includes(word?.value ?? ""));
}

/** True when a later command of the RUN takes packages away. */
function removesTools(script: Script, command: SimpleCommand): boolean {
  return commandsAfter(script, command).some((later) => {
    const { tool, subcommand } = argumentsOf(later);
    return (
      ["apt-get", "apt", "yum", "dnf", "microdnf", "apk", "zypper"].includes(tool) &&
      ["purge", "remove", "autoremove", "del", "erase"].includes(subcommand?.value ?? "")
    );
  });
}

/** True when the container itself is for building: its command is a build tool. */
function runsToolchain(dockerfile: Dockerfile): boolean {
  const [stage] = dockerfile.stages;
  if (stage === undefined) return false;
  return stageInstructions(stage, "cmd", "entrypoint").some((node) =>
    scriptOf(dockerfile, node).commands.some((command) => {
      const { tool } = argumentsOf(command);
      return Object.hasOwn(BUILDS, tool) || tool === "cmake" || tool === "ninja";
    }),
  );
}

export default rule;
