import { chmodSync, chownSync } from "node:fs";
import { beforeAll } from "vitest";
import { podmanConfiguration } from "./podman.ts";
import {
  bash,
  imageArchive,
  insideWorld,
  type Scenario,
  scenarios,
  worldFolder,
} from "./scenario.ts";

/** The ordinary user of world.sh. */
const UID = 20000;
const HOME = "/home/tgplain";
let environment: Record<string, string> = {};

beforeAll(() => {
  if (!insideWorld) return;
  const folder = worldFolder("rootless");
  chownSync(folder, UID, UID);
  chmodSync(folder, 0o755);
  const run = `/run/user/${UID}`;
  environment = {
    ...podmanConfiguration(folder, `${HOME}/storage`, `${run}/containers`),
    HOME,
    USER: "tgplain",
    XDG_RUNTIME_DIR: run,
    WORK: folder,
  };
  const loaded = bash(plain(`podman load -q -i ${imageArchive()}`), environment);
  if (loaded.status !== 0) throw new Error(loaded.err);
}, 240_000);

/** As the ordinary user, without a capability. The helpers of `bash` are functions, which go along. */
function plain(script: string): string {
  return `cd / && export -f until_ok on_terminal && setpriv --reuid ${UID} --regid ${UID} --clear-groups --inh-caps=-all bash -c '${script.replaceAll("'", "'\\''")}'`;
}

const BB = "localhost/tg-busybox";
const run = "podman run --rm --network none";
const detached = "podman run -d --network none --name c";
const clean = plain(`podman rm -fa -t 0 >/dev/null && [ -z "$(podman ps -aq)" ]`);

const list: readonly Scenario[] = [
  {
    name: "run in a user namespace of many ids",
    run: `${run} ${BB} sh -c 'echo $(id -u) $(cat /proc/self/uid_map)'`,
    out: "0 0 20000 1 1 300000 65536",
  },
  { name: "the program's status", run: `${run} ${BB} sh -c 'exit 13'`, status: 13 },
  { name: "a missing program: 127", run: `${run} ${BB} /no/prog`, status: 127, err: /no\/prog/ },
  {
    name: "exec, stop",
    run: `${detached} ${BB} sh -c 'trap "exit 6" TERM; echo up; while :; do sleep 0.1; done' >/dev/null; until_ok sh -c 'podman logs c | grep -q up'; podman exec c id -u; podman stop -t 60 c >/dev/null; podman inspect -f '{{.State.ExitCode}}' c`,
    out: "0\n6",
  },
  {
    name: "a user without capabilities, read-only, seccomp",
    run: `${run} --user 1000 --read-only --cap-drop all --security-opt no-new-privileges ${BB} sh -c 'id -u; touch /x 2>/dev/null || echo ro; grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status | cut -f2'`,
    out: "1000\nro\n0000000000000000\n1\n2",
  },
  { name: "--userns keep-id", run: `${run} --userns keep-id ${BB} id -u`, out: "20000" },
  {
    name: "a volume is written as the user",
    run: `mkdir $HOME/v; ${run} -v $HOME/v:/d ${BB} sh -c 'echo x >/d/f'; stat -c %u $HOME/v/f`,
    out: "20000",
  },
  {
    name: "-it has a terminal",
    run: `on_terminal "${run} -it ${BB} sh -c 'test -t 1 && echo ISTTY'"`,
    out: /ISTTY$/,
  },
  {
    name: "a published port through slirp4netns",
    run: `podman run -d --name c --network slirp4netns -p 127.0.0.1:8095:80 ${BB} httpd -f -h /www >/dev/null; until_ok curl -sf -m 5 http://127.0.0.1:8095/`,
    out: "hello-from-www",
  },
];

scenarios(
  "podman of an ordinary user",
  () => environment,
  clean,
  list.map((one) => ({ ...one, run: plain(one.run) })),
);
