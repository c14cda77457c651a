import { fetchingTools } from "../../audit/dockerfile/helpers-health.ts";
import type { Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import {
  effectiveHealthcheck,
  environmentOf,
  finalStage,
  stageChain,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord } from "../../audit/shell/model.ts";
import { operands, urls } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1452",
    name: "healthcheck-port-mismatch",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "HEALTHCHECK asks a port that the image does not serve",
    why: "A check of the wrong port fails always, and the container is restarted for nothing; or another program answers there, and an outage of the service goes unseen.",
    howToFix: "Ask the port that the program listens on, and name the same in `EXPOSE`.",
    bad: "FROM nginx:1.28\nEXPOSE 8080\nHEALTHCHECK CMD curl -f http://localhost:8000/\n",
    good: "FROM nginx:1.28\nEXPOSE 8080\nHEALTHCHECK CMD curl -f http://localhost:8080/\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-665"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#healthcheck",
      "https://docs.docker.com/reference/dockerfile/#expose",
    ],
  },

  check(dockerfile, report) {
    const stage = finalStage(dockerfile);
    const check = stage && effectiveHealthcheck(dockerfile, stage);
    if (stage === undefined || check?.mode !== "command") return;
    const served = servedPorts(dockerfile, stage);
    if (served === undefined) return;
    for (const { command, name } of fetchingTools(dockerfile, check)) {
      const asked =
        name === "nc"
          ? dialled(operands(command))
          : urls(command).flatMap(({ url, word }) => localPort(url, word));
      for (const { port, word } of asked)
        if (!served(port)) report(word.span, `port ${port} is not among those of the image`);
    }
  },
});

interface Asked {
  readonly port: number;
  readonly word: ShellWord;
}

/** Port that stands in an address of the container itself; without one it may be any that the base serves. */
function localPort(url: string, word: ShellWord): Asked[] {
  if (word.value === undefined) return [];
  const match =
    /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d{1,5})(?:[/?#]|$)/i.exec(url);
  return match?.[1] === undefined ? [] : [{ port: Number(match[1]), word }];
}

/** `nc -z localhost 8080` */
function dialled([host, port]: readonly ShellWord[]): Asked[] {
  if (
    !/^(?:localhost|127\.0\.0\.1|::1)$/.test(host?.value ?? "") ||
    !/^\d{1,5}$/.test(port?.value ?? "")
  )
    return [];
  return port === undefined ? [] : [{ port: Number(port.value), word: port }];
}

/** Tells whether a port is one of the image's; `undefined` when EXPOSE is absent or has a port that is not known. */
function servedPorts(
  dockerfile: Dockerfile,
  stage: Stage,
): ((port: number) => boolean) | undefined {
  const nodes = stageChain(dockerfile, stage).flatMap(({ instructions }) => instructions);
  const ports = nodes.flatMap((node) => (node.kind === "expose" ? node.ports : []));
  if (ports.length === 0 || ports.some(({ from }) => from === undefined)) return undefined;
  const settings = [...environmentOf(dockerfile, stage)].filter(([name]) =>
    /PORT|ADDR|LISTEN|URL|BIND/i.test(name),
  );
  if (settings.some(([, { value }]) => value === undefined)) return undefined;
  // What starts the program may name a port for its administration that is not exposed.
  const starts = nodes.flatMap((node) =>
    node.kind === "cmd" || node.kind === "entrypoint" ? [node.rest.text] : [],
  );
  const words = [...settings.map(([, { value }]) => value ?? ""), ...starts];
  return (port) =>
    ports.some(({ from = 0, to = from }) => from <= port && port <= to) ||
    words.some((text) => new RegExp(`(?:^|\\D)${port}(?:\\D|$)`).test(text));
}

export default rule;
