import type {
  CmdInstruction,
  Dockerfile,
  EntrypointInstruction,
  HealthcheckInstruction,
} from "../../audit/dockerfile/model.ts";
import { effectiveShell, instructionsOf, isInFinalChain } from "../../audit/dockerfile/query.ts";
import type { Fix } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord } from "../../audit/shell/model.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1031",
    name: "shell-form-command",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "CMD or ENTRYPOINT is in shell form",
    why: "A shell becomes process 1 and does not pass signals on: `docker stop` waits for ten seconds and then kills the program in the middle of its work. A shell-form `ENTRYPOINT` ignores `CMD` and arguments as well. It also needs a shell in the image.",
    howToFix:
      'Write a JSON array, each argument a string in double quotes: `CMD ["nginx", "-g", "daemon off;"]`. Where a shell is needed, let it end with `exec program`; where it is wanted, say so with `SHELL`.',
    bad: 'FROM nginx:1.28\nCMD nginx -g "daemon off;"\n',
    good: 'FROM nginx:1.28\nCMD ["nginx", "-g", "daemon off;"]\n',
    since: "0.1.0",
    aliases: [
      "hadolint:DL3025",
      "buildkit:JSONArgsRecommended",
      "kics:b86987e1-6397-4619-81d5-8807f2387c79",
      "kics:34945ae8-730d-424c-8279-b064d9f108de",
      "semgrep:prefer-json-notation",
      "droast:DF018",
      "droast:DF025",
    ],
    cwe: ["CWE-573"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#shell-and-exec-form",
      "https://docs.docker.com/reference/build-checks/json-args-recommended/",
    ],
  },

  check(dockerfile, report) {
    for (const node of instructionsOf(dockerfile, "cmd", "entrypoint", "healthcheck")) {
      if (node.command?.form !== "shell" || node.command.script.text.trim() === "") continue;
      if (!isInFinalChain(dockerfile, node) || effectiveShell(dockerfile, node) !== undefined)
        continue;
      const script = scriptOf(dockerfile, node);
      // The program takes the shell's place.
      if (script.commands[0]?.name === "exec") continue;
      const fix = inExecForm(dockerfile, node, script);
      // What a health check runs lives for a moment and gets no signals.
      const isCheck = node.kind === "healthcheck";
      report(node.command.span, `"${node.keywordText}" is run by a shell`, {
        ...(isCheck && { severity: "info" as const }),
        ...(fix && { fix }),
      });
    }
  },
});

// POSIX, Special Built-In Utilities, and what else changes the shell itself.
const BUILTINS = [
  ...["cd", "source", ".", "export", "set", "unset", "eval", "alias", "umask", "ulimit", "trap"],
  ...["wait", "read", "return", "exit", "shift", "times", ":", "break", "continue", "readonly"],
];

/** A JSON array where the shell has nothing to do; `exec` where it only fills in words. */
function inExecForm(
  { text }: Dockerfile,
  { kind }: CmdInstruction | EntrypointInstruction | HealthcheckInstruction,
  { commands, pipelines, assignments, state, shell }: Script,
): Fix | undefined {
  const [command, ...others] = commands;
  const [first] = command?.words ?? [];
  if (command === undefined || first === undefined || state !== "parsed" || shell !== "sh")
    return undefined;
  if (BUILTINS.includes(command.name ?? ".") || assignments.length > 0) return undefined;
  // Wrappers run a command of their own words; all else is more than one command.
  const isOne = others.every(
    ({ runBy, nestedIn }) => runBy !== undefined || nestedIn !== undefined,
  );
  const { isSubshell, isConditional, isCondition, isBackground } = command.context;
  const isPlain = !isSubshell && !isConditional && !isCondition && !isBackground;
  const isPipe = pipelines.some(({ parts, isNegated }) => parts.length > 1 || isNegated);
  if (!isOne || !isPlain || isPipe) return undefined;
  // `{ a; }` and the like stand around the command.
  if (command.redirects.length === 0 && command.assignments.length === 0) {
    const written = text.slice(command.span.start, command.span.end);
    if (command.words.every(isLiteral) && !/[\n#]/.test(written))
      return {
        title: "write a JSON array",
        safe: false,
        edits: [
          {
            span: command.span,
            text: `[${command.words.map((word) => JSON.stringify(word.text)).join(", ")}]`,
          },
        ],
      };
  }
  if (kind === "healthcheck") return undefined;
  const at = first.span.start;
  return {
    title: 'begin with "exec"',
    safe: false,
    edits: [{ span: { start: at, end: at }, text: "exec " }],
  };
}

const isLiteral = ({ text, raw, variables, hasSubstitution, hasGlob }: ShellWord): boolean =>
  variables.length === 0 &&
  !hasSubstitution &&
  !hasGlob &&
  !/^~|^[^"']*[{}]/.test(raw) &&
  text !== "";

export default rule;
