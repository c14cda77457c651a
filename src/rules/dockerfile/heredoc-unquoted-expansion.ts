import type { Dockerfile, Heredoc, Instruction } from "../../audit/dockerfile/model.ts";
import { instructionsOf, lookupVariable } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1458",
    name: "heredoc-unquoted-expansion",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "A file that a heredoc writes loses its variables",
    why: "With a bare delimiter the builder replaces every `$name` when the image is built, by nothing where it does not know the name. Scripts lose their arguments, and configurations their `$host`: a server then answers for every name, or logs nothing.",
    howToFix:
      'Quote the delimiter (`<<"EOF"`), or write `\\$` where the file is to have a dollar sign.',
    bad: "FROM nginx:1.28\nCOPY <<EOF /etc/nginx/conf.d/proxy.conf\nproxy_set_header Host $host;\nEOF\n",
    good: 'FROM nginx:1.28\nCOPY <<"EOF" /etc/nginx/conf.d/proxy.conf\nproxy_set_header Host $host;\nEOF\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-665"],
    references: ["https://docs.docker.com/reference/dockerfile/#here-documents"],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "copy", "add"))
      for (const { heredoc } of node.sources) {
        if (heredoc === undefined || !heredoc.expand) continue;
        const uses = [...new Set(variablesIn(heredoc.body.text))];
        const lost = uses.find((name) => isLost(dockerfile, node, name));
        if (lost === undefined) continue;
        const fix = quoted(
          dockerfile,
          heredoc,
          uses.some((name) => lookupVariable(dockerfile, node, name) !== undefined),
        );
        report(heredoc.span, `"$${lost}" of the file is replaced by nothing`, fix && { fix });
      }
  },
});

/** Variables that the text names, in order; `\$` names none. */
function variablesIn(text: string): string[] {
  const found: string[] = [];
  // `${name:-value}` is written for the builder.
  for (const [, name] of text.matchAll(/\\[\s\S]|\$\{\w+:|\$\{?([A-Za-z_]\w*|[0-9@*#])/g))
    if (name !== undefined) found.push(name);
  return found;
}

/** Names in capitals may be of the base image's environment; arguments of scripts and names in small letters are not. */
function isLost(dockerfile: Dockerfile, node: Instruction, name: string): boolean {
  if (/^[0-9@*#]$/.test(name)) return true;
  return (
    !/[A-Z]/.test(name) &&
    !/_proxy$/.test(name) &&
    lookupVariable(dockerfile, node, name) === undefined
  );
}

function quoted({ text }: Dockerfile, { span, name }: Heredoc, hasKnown: boolean): Fix | undefined {
  const written = text.slice(span.start, span.end);
  // What the builder is meant to put in would be lost.
  if (hasKnown || !written.endsWith(name)) return undefined;
  const start = span.end - name.length;
  return {
    title: "quote the delimiter",
    safe: false,
    edits: [{ span: { start, end: span.end }, text: `"${name}"` }],
  };
}

export default rule;
