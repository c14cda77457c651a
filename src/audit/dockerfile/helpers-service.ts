import { innermostCommands, scriptOf } from "../shell/query.ts";
import type { CmdInstruction, Dockerfile, EntrypointInstruction, Stage } from "./model.ts";
import { effective, stageChain, stageInstructions } from "./query.ts";

/**
 * What shows that an image serves until it is stopped, as a clause; `undefined` for all else. Programs that run once need
 * no health check: what neither exposes a port nor starts a known server is taken for one.
 */
export function serviceSign(dockerfile: Dockerfile, stage: Stage): string | undefined {
  const [port] = stageChain(dockerfile, stage)
    .flatMap((each) => stageInstructions(each, "expose"))
    .flatMap(({ ports }) => ports);
  if (port !== undefined) return `exposes port "${port.word.value ?? port.word.text}"`;
  const server =
    serverOf(dockerfile, effective(dockerfile, stage, "entrypoint")) ??
    serverOf(dockerfile, effective(dockerfile, stage, "cmd"));
  return server === undefined ? undefined : `starts "${server}"`;
}

/** Programs that serve until they are stopped. */
const SERVERS: ReadonlySet<string> = new Set([
  ..."apache2 apache2-foreground apache2ctl apachectl caddy catalina.sh daphne dnsmasq".split(" "),
  ..."gunicorn haproxy httpd httpd-foreground hypercorn lighttpd memcached mongod mysqld".split(
    " ",
  ),
  ..."named nginx php-fpm postgres puma rabbitmq-server redis-server registry slapd".split(" "),
  ..."sshd supervisord traefik unicorn uvicorn uwsgi valkey-server varnishd vsftpd".split(" "),
]);

function serverOf(
  dockerfile: Dockerfile,
  node: CmdInstruction | EntrypointInstruction | undefined,
): string | undefined {
  if (node === undefined) return undefined;
  return innermostCommands(scriptOf(dockerfile, node)).find(
    ({ name }) => name !== undefined && SERVERS.has(name),
  )?.name;
}
