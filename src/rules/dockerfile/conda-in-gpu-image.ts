import { externalBase, instructionsOf, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { argumentsOf, commandsOf, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1143",
    name: "conda-in-gpu-image",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "`conda` installs Python packages into an image that brings CUDA",
    why: "conda brings a CUDA of its own beside that of the base image: gigabytes more to store, pull and keep free of holes, and two versions that disagree at run time.",
    howToFix:
      "Install the wheels with `uv pip install` (or pip): they use the libraries that are there.",
    bad: "FROM nvidia/cuda:12.9.0-runtime-ubuntu24.04\nRUN conda install -y pytorch torchvision\n",
    good: "FROM nvidia/cuda:12.9.0-runtime-ubuntu24.04\nRUN uv pip install --system torch==2.8.0 torchvision==0.23.0\n",
    since: "0.1.0",
    profile: "all",
    aliases: ["tally:gpu/prefer-uv-over-conda"],
    cwe: [],
    references: ["https://docs.astral.sh/uv/guides/integration/pytorch/"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      if (stage === undefined || !isGpuImage(externalBase(dockerfile, stage))) continue;
      for (const command of commandsOf(scriptOf(dockerfile, run), CONDA)) {
        const found = packages(command).find(({ name }) => isForLearning(name));
        const { tool } = argumentsOf(command);
        if (found !== undefined)
          report(found.span, `"${found.name}" is installed by "${tool}" beside the image's CUDA`);
      }
    }
  },
});

const CONDA = ["conda", "mamba", "micromamba"];

function isGpuImage({
  repository,
  tag = "",
}: {
  readonly repository: string;
  readonly tag: string | undefined;
}): boolean {
  return /^nvidia\/|^rocm\/|cuda|rocm/i.test(repository) || /cuda|cudnn|rocm/i.test(tag);
}

const isForLearning = (name: string): boolean =>
  /^(?:[\w-]+::)?(?:pytorch(?:-cuda|-gpu)?|torch|torchvision|torchaudio|tensorflow(?:-gpu)?|jax|jaxlib|cudatoolkit|cuda-toolkit|cudnn|cupy|numpy|scipy|scikit-learn|pandas|transformers|xformers|onnxruntime-gpu|xgboost|lightgbm|keras)$/.test(
    name,
  );

export default rule;
