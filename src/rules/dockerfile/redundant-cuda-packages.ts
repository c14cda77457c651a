import type { ImageReference } from "../../audit/dockerfile/model.ts";
import { externalBase, instructionsOf, stageOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1338",
    name: "redundant-cuda-packages",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "CUDA packages are installed that the base image has",
    why: "The libraries are there twice, mostly in two versions: gigabytes more to store and send, and programs load now this, now that one.",
    howToFix:
      "Remove the package, or choose the variant of `nvidia/cuda` that has what is needed: `base`, `runtime`, `devel`, with or without `cudnn`.",
    bad: "FROM nvidia/cuda:12.8.1-devel-ubuntu24.04\nRUN apt-get update && apt-get install -y cuda-toolkit-12-8\n",
    good: "FROM nvidia/cuda:12.8.1-devel-ubuntu24.04\nRUN apt-get update && apt-get install -y cmake\n",
    since: "0.1.0",
    aliases: ["tally:gpu/no-redundant-cuda-install"],
    cwe: [],
    references: ["https://hub.docker.com/r/nvidia/cuda"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      if (stage === undefined) continue;
      const base = externalBase(dockerfile, stage);
      if (base.repository !== "nvidia/cuda" || base.tag === undefined || !base.isResolved) continue;
      for (const command of scriptOf(dockerfile, run).commands)
        for (const { name, span, isKnown } of packages(command))
          if (isKnown && has(base, name)) report(span, `"${name}" is in "${base.reference}"`);
    }
  },
});

// What the variants hold: the Dockerfiles of NVIDIA's "container-images/cuda", dist/*/ubuntu*/{base,runtime,devel}.
const BASE = /^(?:cuda-cudart|cuda-compat)(?:-\d+-\d+)?$/;
const RUNTIME =
  /^(?:cuda-libraries|cuda-nvtx|cuda-nvrtc|libcublas|libcusparse|libcufft|libcurand|libcusolver|libnpp)(?:-\d+-\d+)?$|^libnccl2?$/;
const DEVEL =
  /^(?:cuda|cuda-toolkit|cuda-nvcc|cuda-libraries-dev(?:el)?|cuda-cudart-dev(?:el)?|cuda-command-line-tools|cuda-minimal-build|cuda-compiler|cuda-nvml-dev(?:el)?|libcublas-dev(?:el)?|libcusparse-dev(?:el)?|libnpp-dev(?:el)?)(?:-\d+(?:-\d+)?)?$|^(?:nvidia-cuda-toolkit|libnccl-dev(?:el)?)$/;
const CUDNN = /^libcudnn\d+(?:-cuda-\d+)?$/;
const CUDNN_DEVEL = /^libcudnn\d+-dev(?:el)?(?:-cuda-\d+)?$/;

function has({ tag = "" }: ImageReference, name: string): boolean {
  const parts = tag.split("-");
  const isDevel = parts.includes("devel");
  const isRuntime = isDevel || parts.includes("runtime");
  const hasCudnn = parts.some((part) => part.startsWith("cudnn"));
  // `cuda-toolkit-11-8` on a 12.8 image is another version on purpose.
  const [, version] = /-(\d+-\d+)$/.exec(name) ?? [];
  if (version !== undefined && !tag.startsWith(`${version.replace("-", ".")}.`)) return false;
  return (
    (isRuntime || parts.includes("base") ? BASE.test(name) : false) ||
    (isRuntime && RUNTIME.test(name)) ||
    (isDevel && DEVEL.test(name)) ||
    (hasCudnn && CUDNN.test(name)) ||
    (hasCudnn && isDevel && CUDNN_DEVEL.test(name))
  );
}

export default rule;
