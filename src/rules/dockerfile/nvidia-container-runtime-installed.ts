import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1336",
    name: "nvidia-container-runtime-installed",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "NVIDIA's container runtime is installed in the image",
    why: "The toolkit belongs on the host: it gives containers the driver and devices. In an image it does nothing but add programs that run with many privileges and have had escapes of their own.",
    howToFix: "Remove the package, install it on the host, and run the container with `--gpus`.",
    bad: "FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nRUN apt-get update && apt-get install -y nvidia-container-toolkit\n",
    good: "FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\nRUN apt-get update && apt-get install -y python3\n",
    since: "0.1.0",
    aliases: ["tally:gpu/no-container-runtime-in-image"],
    cwe: [],
    references: [
      "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run"))
      for (const command of scriptOf(dockerfile, run).commands)
        for (const { name, span } of packages(command))
          if (NAME.test(name)) report(span, `"${name}" belongs on the host`);
  },
});

const NAME =
  /^(?:nvidia-container-(?:toolkit|runtime)(?:-base|-hook)?|nvidia-docker2?|libnvidia-container(?:-tools|\d)?)$/;

export default rule;
