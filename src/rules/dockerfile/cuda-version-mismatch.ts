import { externalBase, instructionsOf, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { commandsOf, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1254",
    name: "cuda-version-mismatch",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Wheel for another CUDA version than the base image has",
    why: "Programs load two sets of CUDA libraries: what was compiled against the base image fails at run time with missing symbols, and the image is gigabytes larger.",
    howToFix:
      "Take the wheels for the version of the image (`cu124` for 12.4), or a base image without CUDA when the wheels bring their own.",
    bad: "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN pip install torch --index-url https://download.pytorch.org/whl/cu118\n",
    good: "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN pip install torch --index-url https://download.pytorch.org/whl/cu124\n",
    since: "0.1.0",
    aliases: ["tally:gpu/cuda-version-mismatch"],
    cwe: [],
    references: [
      "https://pytorch.org/get-started/locally/",
      "https://docs.nvidia.com/deploy/cuda-compatibility/",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      const base = stage && externalBase(dockerfile, stage);
      const tag =
        base !== undefined && /(?:^|\/)nvidia\/cuda$/.test(base.name)
          ? /^(\d+)\.(\d+)/.exec(base.tag ?? "")
          : null;
      if (base === undefined || tag === null) continue;
      const [version, major] = tag;
      for (const command of commandsOf(scriptOf(dockerfile, run), [
        "pip",
        "uv",
        "conda",
        "mamba",
        "micromamba",
      ]))
        for (const { text, span } of command.args) {
          const given = cudaOf(text);
          if (given === undefined || given === version) continue;
          // Within a major version the libraries are compatible.
          const isMinor = given.split(".")[0] === major;
          report(
            span,
            `"${text.length > 80 ? "the wheel" : text}" is for CUDA ${given}, and the base image has ${version}`,
            isMinor ? { severity: "low" } : undefined,
          );
        }
    }
  },
});

/** `11.8` of `…/whl/cu118`, `torch==2.1+cu118`, `pytorch-cuda=11.8`, `cudatoolkit=11.8`. */
function cudaOf(text: string): string | undefined {
  const suffix = /(?:[+/_-]|whl\/)cu(\d{2,3})(?:[/._-]|$)/.exec(text)?.[1];
  if (suffix !== undefined) return `${suffix.slice(0, -1)}.${suffix.slice(-1)}`;
  return /^(?:pytorch-cuda|cudatoolkit|cuda-version|cuda-toolkit)==?(\d+\.\d+)/.exec(text)?.[1];
}

export default rule;
