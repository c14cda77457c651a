import type { Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import { externalBase, finalChain, stageInstructions } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1339",
    name: "cuda-devel-image-shipped",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "The final image has CUDA's compilers, and nothing is compiled",
    why: "The `devel` variants bring nvcc, headers and static libraries: some 4 GB more than `runtime`, and a compiler for whoever gets in.",
    howToFix:
      "Build on the `devel` variant in a stage of its own, and begin the final stage FROM `nvidia/cuda:…-runtime-…`.",
    bad: 'FROM nvidia/cuda:12.8.1-devel-ubuntu24.04\nCOPY app /app\nCMD ["/app"]\n',
    good: 'FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nCOPY app /app\nCMD ["/app"]\n',
    since: "0.1.0",
    aliases: ["tally:gpu/prefer-runtime-final-stage"],
    cwe: [],
    references: ["https://hub.docker.com/r/nvidia/cuda"],
  },

  check(dockerfile, report) {
    const chain = finalChain(dockerfile);
    const root = chain.at(-1);
    if (root === undefined) return;
    const { repository, tag = "", tagSpan, reference, word } = externalBase(dockerfile, root);
    if (repository !== "nvidia/cuda" || !tag.split("-").includes("devel")) return;
    if (chain.some((stage) => compiles(dockerfile, stage))) return;
    const at = word.variables.length === 0 ? tagSpan : undefined;
    report(
      root.base.span,
      `"${reference}" has compilers, and nothing is compiled here`,
      at && {
        fix: {
          title: "take the runtime variant",
          safe: false,
          edits: [{ span: at, text: tag.replace(/(?<=^|-)devel(?=-|$)/, "runtime") }],
        },
      },
    );
  },
});

const COMPILERS =
  "nvcc gcc g++ cc c++ clang clang++ make gmake cmake ninja meson bazel bazelisk cargo rustc go python python3 uv pip poetry conda mamba git npm".split(
    " ",
  );

/** True when something in the stage may need the compilers: also pip, whose packages may be built from source. */
function compiles(dockerfile: Dockerfile, stage: Stage): boolean {
  const needs = (command: SimpleCommand): boolean =>
    COMPILERS.includes(argumentsOf(command).tool) ||
    command.words[0]?.value === undefined ||
    /\.(?:sh|py)$|^\.\//.test(command.words[0]?.text ?? "") ||
    packages(command).some(({ name }) =>
      /^(?:gcc|g\+\+|clang|make|cmake|build-essential|ninja-build)/.test(name),
    );
  return stageInstructions(stage, "run").some((run) => {
    const { commands, state } = scriptOf(dockerfile, run);
    return state !== "parsed" || commands.some(needs);
  });
}

export default rule;
