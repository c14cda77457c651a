import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1142",
    name: "fixed-gpu-devices",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "The image fixes which GPUs a container sees",
    why: "Numbers and ids of GPUs belong to one machine: on another the program sees no GPU, or takes one that was meant for somebody else.",
    howToFix:
      "Leave the choice to who runs the container: `docker run --gpus`, a device request of Compose or Kubernetes.",
    bad: "FROM nvidia/cuda:12.9.0-runtime-ubuntu24.04\nENV CUDA_VISIBLE_DEVICES=0,1\n",
    good: "FROM nvidia/cuda:12.9.0-runtime-ubuntu24.04\nENV NVIDIA_VISIBLE_DEVICES=all\n",
    since: "0.1.0",
    aliases: ["tally:gpu/no-hardcoded-visible-devices"],
    cwe: [],
    references: [
      "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html",
    ],
  },

  check(dockerfile, report) {
    for (const { pairs } of instructionsOf(dockerfile, "env"))
      for (const { key, value } of pairs) {
        const name = key.value ?? "";
        if (!VARIABLES.includes(name) || value.variables.length > 0) continue;
        // `all` is what nvidia/cuda itself sets; an empty value fixes nothing.
        const isDefault = name === "NVIDIA_VISIBLE_DEVICES" && value.text === "all";
        if (isDefault || value.text === "") continue;
        report(value.span, `"${name}" is fixed to "${value.text}"`);
      }
  },
});

const VARIABLES = ["NVIDIA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"];

export default rule;
