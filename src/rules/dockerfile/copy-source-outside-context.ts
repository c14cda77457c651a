import { contextSources } from "../../audit/dockerfile/helpers-context.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1212",
    name: "copy-source-outside-context",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "COPY or ADD source is meant to be outside of the build context",
    why: "A builder takes files from the context only. `../x` is refused or means `x`, `/home/me/x` and `~/x` mean a folder of that name in the context: the build fails, or takes another file than the one that was meant.",
    howToFix:
      "Build with a context that holds the file (`docker build -f app/Dockerfile .`), or give the other folder as a named context and write `COPY --from=name`.",
    bad: "FROM alpine:3.22\nCOPY ../config /etc/app\n",
    good: "FROM alpine:3.22\nCOPY config /etc/app\n",
    since: "0.1.0",
    aliases: ["dockerfilelint:add_src_invalid"],
    cwe: [],
    references: [
      "https://docs.docker.com/reference/dockerfile/#copy",
      "https://docs.docker.com/build/concepts/context/",
    ],
  },

  check(dockerfile, report) {
    for (const { source, path } of contextSources(dockerfile)) {
      const { span, value = "" } = source.word;
      if (path === ".." || path.startsWith("../"))
        report(span, `"${value}" leads out of the build context`);
      else if (
        /^(?:~|\/(?:home|Users|root)\/)/.test(value) ||
        /^"?[A-Za-z]:[\\/]/.test(source.word.raw)
      )
        report(span, `"${value}" looks like a path of the machine that builds`);
      else if (
        value.startsWith("/") &&
        path !== "." &&
        dockerfile.context?.at(path) !== "file" &&
        dockerfile.context?.at(path) !== "folder"
      )
        report(span, `"${value}" counts from the root of the build context`, { severity: "info" });
    }
  },
});

export default rule;
