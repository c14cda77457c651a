import type { Dockerfile, Mount } from "../../audit/dockerfile/model.ts";
import { instructionsOf, joinPath } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1436",
    name: "bind-mount-rw",
    target: "dockerfile",
    severity: "info",
    confidence: "high",
    summary: "Bind mount of a whole context or stage is writable",
    why: "What the step writes there is thrown away when it ends. A tool that stores its result in the mount seems to work and leaves nothing; one that rewrites its sources hides that the next step sees the old ones.",
    howToFix: "Leave `rw` out, and write to a folder of the image. Copy what must be changed.",
    bad: "FROM golang:1.25\nRUN --mount=type=bind,target=/src,rw cd /src && go build -o /app .\n",
    good: "FROM golang:1.25\nRUN --mount=type=bind,target=/src cd /src && go build -o /app .\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-1188"],
    references: ["https://docs.docker.com/reference/dockerfile/#run---mounttypebind"],
  },

  check(dockerfile, report) {
    for (const { mounts } of instructionsOf(dockerfile, "run"))
      for (const mount of mounts) {
        const option = writableOption(mount);
        const { source, target, type, from } = mount;
        if (type !== "bind" || option === undefined) continue;
        if (
          source !== undefined &&
          (source.value === undefined || joinPath("/", source.value) !== "/")
        )
          continue;
        if (/^\/(?:var\/)?tmp(?:\/|$)/.test(target?.value ?? "")) continue;
        report(
          option.span,
          from === undefined
            ? "writes to the build context are lost"
            : `writes to all of "${from.reference}" are lost`,
          { fix: withoutOption(dockerfile, option) },
        );
      }
  },
});

function writableOption({ options }: Mount): Mount["options"][number] | undefined {
  const option = options.findLast(({ key }) => ["rw", "readwrite", "ro", "readonly"].includes(key));
  if (option === undefined) return undefined;
  const isOff = option.value?.value?.toLowerCase() === "false";
  return option.key.startsWith("r") && option.key.includes("w") !== isOff ? option : undefined;
}

/** An option goes with the comma before it, the first one with that behind it. */
function withoutOption(
  { text }: Dockerfile,
  { span: { start, end } }: Mount["options"][number],
): Fix {
  const isFirst = text.charAt(start - 1) !== ",";
  const span = isFirst
    ? { start, end: text.charAt(end) === "," ? end + 1 : end }
    : { start: start - 1, end };
  return { title: "mount read-only", safe: false, edits: [{ span, text: "" }] };
}

export default rule;
