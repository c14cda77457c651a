import { reportLabels } from "../../audit/dockerfile/helpers-label-schema.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1347",
    name: "invalid-git-hash-label",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A label that should hold a git commit does not",
    why: "From the label one finds the source an image was built of; a branch name or a typing error leads to other source, or none.",
    howToFix:
      "Give the commit of the build: `--label org.opencontainers.image.revision=$(git rev-parse HEAD)`.",
    bad: "FROM alpine:3.22\nLABEL org.opencontainers.image.revision=main\n",
    good: "FROM alpine:3.22\nLABEL org.opencontainers.image.revision=93ea30f0b7c1d5e6a8f9021b3c4d5e6f70819a2b\n",
    since: "0.1.0",
    profile: "all",
    options: {
      labels: {
        default: ["org.opencontainers.image.revision"],
        description: "Labels that must be git hashes: 7, 40 or 64 hexadecimal digits.",
      },
    },
    aliases: ["hadolint:DL3055"],
    cwe: [],
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
      "https://git-scm.com/docs/gitglossary#def_object_name",
    ],
  },

  check(dockerfile, report, options) {
    reportLabels(dockerfile, report, options.strings("labels"), isHash, "git hash");
  },
});

// Short, SHA-1, and SHA-256 for repositories in that format.
const isHash = (text: string): boolean => /^(?:[0-9a-f]{7}|[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

export default rule;
