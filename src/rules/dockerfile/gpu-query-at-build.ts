import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1253",
    name: "gpu-query-at-build",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "GPU is asked for while the image is built",
    why: 'A build has no GPU: the command fails, or the answer "there is none" goes into what is built, and the image runs on the CPU for ever.',
    howToFix:
      "Name the architectures instead (`TORCH_CUDA_ARCH_LIST=8.0;9.0`), and ask when the container starts.",
    bad: "FROM nvidia/cuda:12.4.1-base-ubuntu22.04\nRUN nvidia-smi\n",
    good: 'FROM nvidia/cuda:12.4.1-base-ubuntu22.04\nCMD ["nvidia-smi"]\n',
    since: "0.1.0",
    aliases: ["tally:gpu/no-buildtime-gpu-queries"],
    cwe: [],
    references: [
      "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html",
      "https://docs.pytorch.org/docs/stable/cpp_extension.html",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      // A Dockerfile has no model of Python; its functions have names that nothing else has.
      if (script.reason === "other-interpreter" && run.command.form === "heredoc") {
        const name = QUERY.exec(run.command.script.text.slice(0, MAX_LENGTH))?.[0];
        if (name !== undefined)
          report(run.command.heredoc.span, `"${name}" finds no GPU during a build`);
      }
      inCommands(script, report);
    }
  },
});

const TOOLS = ["nvidia-smi", "nvidia-settings", "rocm-smi", "nvidia-debugdump"];
const MAX_LENGTH = 64 * 1024;

const QUERY =
  /\b(?:torch\.cuda\.(?:is_available|device_count|get_device_name|get_device_capability|get_device_properties|current_device)|tf\.config\.(?:experimental\.)?list_physical_devices|tf\.test\.is_gpu_available|jax\.devices)\b/;

function inCommands(
  { commands }: Script,
  report: (span: { start: number; end: number }, message: string) => void,
): void {
  for (const { name, words, args, context, redirects, index } of commands) {
    const [program] = words;
    // `nvidia-smi || true`, `if nvidia-smi; then`: whoever wrote that knows.
    const isAsked = context.isCondition && commands[index + 1]?.operator !== "&&";
    if (program !== undefined && name !== undefined && TOOLS.includes(name) && !isAsked)
      report(program.span, `"${name}" finds no GPU during a build`);
    if (name === undefined || !/^(?:python|pypy)[\d.]*$/.test(name)) continue;
    const texts = [
      ...args.map(({ text, span }) => ({ text, span })),
      ...redirects.flatMap(({ body, span }) => (body === undefined ? [] : [{ text: body, span }])),
    ];
    for (const { text, span } of texts) {
      const found = QUERY.exec(text)?.[0];
      if (found !== undefined) report(span, `"${found}" finds no GPU during a build`);
    }
  }
}

export default rule;
