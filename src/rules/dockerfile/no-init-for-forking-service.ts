import { startOf } from "../../audit/dockerfile/helpers-start.ts";
import type { Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import {
  externalBase,
  finalStage,
  instructionsOf,
  isInFinalChain,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { SimpleCommand } from "../../audit/shell/model.ts";
import { innermostCommands, packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1449",
    name: "no-init-for-forking-service",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "A program that forks is started without an init",
    why: "Children whose parent has ended become process 1's, and it must take their exit status. A program that does not expect that leaves zombies until no process can be started any more.",
    howToFix:
      'Start it below an init: `ENTRYPOINT ["tini", "--"]`, dumb-init, catatonit or s6; or run the container with `--init`.',
    bad: 'FROM debian:12\nRUN apt-get install -y cron\nCMD ["cron", "-f"]\n',
    good: 'FROM debian:12\nRUN apt-get install -y cron tini\nENTRYPOINT ["tini", "--"]\nCMD ["cron", "-f"]\n',
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-772"],
    references: [
      "https://docs.docker.com/engine/containers/multi-service_container/",
      "https://github.com/krallin/tini#why-tini",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    const start = stage && startOf(dockerfile, stage);
    if (stage === undefined || start === undefined || hasInit(dockerfile, stage)) return;
    const commands = innermostCommands(scriptOf(dockerfile, start));
    const forking = commands.find(isForking);
    if (forking !== undefined) {
      const [word = forking] = forking.words;
      report(word.span, `"${forking.name}" leaves children, and no init takes them`);
      return;
    }
    const browser = installedBrowser(dockerfile);
    if (browser !== undefined)
      report(start.keywordSpan, `"${browser}" leaves children, and no init takes them`);
  },
});

// Programs that start others and do not wait for the children of those.
const FORKING = new Set(
  "cron crond chromium chromium-browser google-chrome google-chrome-stable headless-shell Xvfb xvfb-run inetd xinetd".split(
    " ",
  ),
);
const INIT =
  /^(?:tini(?:-static)?|dumb-init|catatonit|s6-\w+|init|supervisord|runsvdir|runit|my_init|pid1|systemd|docker-init|multirun|horust|circusd|monit)$/;

function isForking({ name, context }: SimpleCommand): boolean {
  return FORKING.has(name ?? "") || (context.isBackground && name !== "sleep");
}

/** An init is started, or the base image is known to bring one. */
function hasInit(dockerfile: Dockerfile, stage: Stage): boolean {
  const { repository, tag = "", isNameKnown } = externalBase(dockerfile, stage);
  if (
    !isNameKnown ||
    /s6|baseimage|supervis|systemd|jenkins|puppeteer|playwright|browserless/.test(
      `${repository}:${tag}`,
    )
  )
    return true;
  return instructionsOf(dockerfile, "entrypoint", "cmd").some(
    (node) =>
      isInFinalChain(dockerfile, node) &&
      scriptOf(dockerfile, node).commands.some(
        ({ name, words }) => INIT.test(name ?? "") || words[0]?.value === "/init",
      ),
  );
}

/** A browser that the image has installed, for a program that drives it. */
function installedBrowser(dockerfile: Dockerfile): string | undefined {
  for (const run of instructionsOf(dockerfile, "run")) {
    if (!isInFinalChain(dockerfile, run)) continue;
    for (const command of scriptOf(dockerfile, run).commands) {
      const found = packages(command).find(({ name }) =>
        /^(?:chromium|chromium-browser|google-chrome-stable)$/.test(name),
      );
      if (found !== undefined) return found.name;
    }
  }
  return undefined;
}

export default rule;
