import { instructionsOf, isInFinalChain } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1337",
    name: "all-nvidia-driver-capabilities",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "The image asks for every capability of the NVIDIA driver",
    why: "`NVIDIA_DRIVER_CAPABILITIES=all` brings display, graphics, video and compatibility libraries of the host into the container: code and devices that computing does not need.",
    howToFix: "Name what is used: `ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility`.",
    bad: "FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nENV NVIDIA_DRIVER_CAPABILITIES=all\n",
    good: "FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nENV NVIDIA_DRIVER_CAPABILITIES=compute,utility\n",
    since: "0.1.0",
    aliases: ["tally:gpu/prefer-minimal-driver-capabilities"],
    cwe: ["CWE-250"],
    references: [
      "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html#driver-capabilities",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "env")) {
      if (!isInFinalChain(dockerfile, node)) continue;
      for (const { key, value } of node.pairs)
        if (key.text === "NVIDIA_DRIVER_CAPABILITIES" && value.value?.trim() === "all")
          report(value.span, '"all" brings graphics, video and display into the container', {
            fix: {
              title: 'ask for "compute,utility"',
              safe: false,
              edits: [{ span: value.span, text: "compute,utility" }],
            },
          });
    }
  },
});

export default rule;
