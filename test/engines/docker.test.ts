import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll } from "vitest";
import {
  bash,
  type Daemon,
  imageArchive,
  insideWorld,
  memoryLimit,
  pidsLimit,
  type Scenario,
  scenarios,
  startDaemon,
  worldFolder,
} from "./scenario.ts";

let daemon: Daemon | undefined;
let work = "";

// The line of docs/engines.md; the rest keeps the daemon to what this machine can.
const CONFIGURATION = {
  runtimes: { tguard: { path: "/usr/local/bin/tguard" } },
  "default-runtime": "tguard",
  "cgroup-parent": "/docker-engines",
  "oom-score-adjust": 0,
  ip6tables: false,
  "userland-proxy": false,
  bip: "10.203.0.1/24",
};

beforeAll(async () => {
  if (!insideWorld) return;
  work = worldFolder("docker");
  mkdirSync("/etc/docker", { recursive: true });
  writeFileSync("/etc/docker/daemon.json", JSON.stringify(CONFIGURATION));
  daemon = await startDaemon(["dockerd"], work, "docker version");
  const loaded = bash(`docker load -q -i ${imageArchive()}`);
  if (loaded.status !== 0) throw new Error(`${loaded.err}\n${daemon.log()}`);
}, 240_000);

afterAll(() => daemon?.stop(), 120_000);

const BB = "localhost/tg-busybox";
const run = "docker run --rm --network none";
const detached = "docker run -d --network none --name box";
const clean = `ids=$(docker ps -aq); [ -z "$ids" ] || docker rm -f $ids >/dev/null; docker volume prune -f >/dev/null
  [ -z "$(docker ps -aq)" ] && until_ok sh -c '[ -z "$(ls /run/docker/runtime-tguard/moby /run/docker/runtime-runc/moby 2>/dev/null | grep -v :)" ]'`;

const list: readonly Scenario[] = [
  {
    name: "run prints what the program prints",
    run: `${run} --runtime tguard ${BB} echo hi`,
    out: "hi",
  },
  {
    name: "tguard is the default runtime",
    run: `docker info -f '{{.DefaultRuntime}}' 2>/dev/null`,
    out: "tguard",
  },
  { name: "run ends with the program's status", run: `${run} ${BB} sh -c 'exit 42'`, status: 42 },
  {
    name: "run of a missing program: 127 and tguard's sentence",
    run: `${run} ${BB} /no/prog`,
    status: 127,
    err: /OCI runtime create failed.*\/no\/prog/s,
  },
  {
    name: "run of a file that is no program: 126",
    run: `${run} ${BB} /etc/passwd`,
    status: 126,
    err: /\/etc\/passwd is not executable/,
  },
  {
    name: "a config that cannot be done: docker shows the cause",
    run: `${run} --sysctl net.nosuch=1 ${BB} true`,
    status: 125,
    err: /ENOENT: this kernel does not have the setting \(config\.json \/linux\/sysctl\/net\.nosuch/,
  },
  {
    name: "run -i passes standard input on",
    run: `seq 2000 | ${run} -i ${BB} tail -n 1`,
    out: "2000",
  },
  {
    name: "run -it has a terminal of the caller's size",
    run: `on_terminal "${run} -it ${BB} sh -c 'until [ \\"\\$(stty size)\\" != \\"0 0\\" ]; do :; done; stty size'"`,
    out: /33 77$/,
  },
  {
    name: "exec: output, status, user, standard input",
    run: `${detached} ${BB} sleep 1000 >/dev/null; echo i | docker exec -i -e A=1 -u 1000 -w /tmp box sh -c 'echo $A $PWD $(id -u) $(cat); exit 6'`,
    out: "1 /tmp 1000 i",
    status: 6,
  },
  {
    name: "exec -it has a terminal",
    run: `${detached} ${BB} sleep 1000 >/dev/null; on_terminal "docker exec -it box sh -c 'test -t 0 && echo ISTTY'"`,
    out: /ISTTY$/,
  },
  {
    name: "stop: SIGTERM, and the program's status",
    run: `${detached} ${BB} sh -c 'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done' >/dev/null; until_ok sh -c 'docker logs box | grep -q up'; docker stop -t 60 box >/dev/null; docker inspect -f '{{.State.ExitCode}}' box`,
    out: "7",
  },
  {
    name: "pause and unpause",
    run: `${detached} ${BB} sleep 1000 >/dev/null; docker pause box >/dev/null; docker inspect -f '{{.State.Status}}' box; docker unpause box >/dev/null; docker inspect -f '{{.State.Status}}' box`,
    out: "paused\nrunning",
  },
  {
    name: "a restart policy",
    run: `mkdir $WORK/r; ${detached} --restart on-failure:2 -v $WORK/r:/o ${BB} sh -c 'echo r >>/o/runs; exit 1' >/dev/null; until_ok sh -c "[ \\$(wc -l <$WORK/r/runs) = 3 ]" && echo three`,
    out: "three",
  },
  {
    name: "limits, and update",
    run: `${detached} -m 64m --memory-swap 64m --pids-limit 33 ${BB} sleep 1000 >/dev/null; docker exec box sh -c '${memoryLimit}; ${pidsLimit}'; docker update -m 40m --memory-swap 40m box >/dev/null; docker exec box sh -c '${memoryLimit}'`,
    out: "67108864\n33\n41943040",
  },
  {
    name: "out of memory is told",
    run: `docker run --name box --network none -m 24m --memory-swap 24m ${BB} dd if=/dev/zero of=/dev/null bs=100M count=1 2>/dev/null; echo $?; docker inspect -f '{{.State.OOMKilled}}' box`,
    out: "137\ntrue",
  },
  {
    name: "healthcheck",
    run: `${detached} --health-cmd 'test -f /tmp/ok' --health-interval 1s --health-retries 1 ${BB} sleep 1000 >/dev/null
    health() { [ "$(docker inspect -f '{{.State.Health.Status}}' box)" = $1 ]; }
    until_ok health unhealthy && echo unhealthy; docker exec box touch /tmp/ok; until_ok health healthy && echo healthy`,
    out: "unhealthy\nhealthy",
  },
  {
    name: "volumes, tmpfs, read-only root",
    run: `mkdir $WORK/v; echo h >$WORK/v/f; ${run} --read-only --tmpfs /tmp:size=1m -v $WORK/v:/d:ro ${BB} sh -c 'cat /d/f; touch /d/g 2>/dev/null || echo ro; touch /x 2>/dev/null || echo ro; touch /tmp/y && echo tmp'`,
    out: "h\nro\nro\ntmp",
  },
  {
    name: "capabilities, no-new-privileges, seccomp",
    run: `${run} --cap-drop ALL --cap-add NET_RAW --security-opt no-new-privileges ${BB} sh -c 'grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status | cut -f2'`,
    out: "0000000000002000\n1\n2",
  },
  {
    name: "devices: a given one is there, another is denied",
    run: `${run} --device /dev/fuse ${BB} sh -c 'stat -c %t:%T /dev/fuse; mknod /tmp/k c 1 11; dd if=/tmp/k bs=1 count=1 2>&1 | grep -o "Operation not permitted"'`,
    out: "a:e5\nOperation not permitted",
  },
  { name: "--init is process 1", run: `${run} --init ${BB} cat /proc/1/comm`, out: /init/ },
  {
    name: "a published port",
    run: `docker run -d --name box -p 127.0.0.1:8096:80 ${BB} httpd -f -h /www >/dev/null; until_ok curl -sf -m 5 http://127.0.0.1:8096/`,
    out: "hello-from-www",
  },
  {
    name: "a user-defined network with names",
    run: `docker network create n >/dev/null; docker run -d --name box --network n ${BB} httpd -f -h /www >/dev/null; until_ok docker run --rm --network n ${BB} wget -qO- http://box/; docker rm -f box >/dev/null; docker network rm n >/dev/null`,
    out: "hello-from-www",
  },
  {
    name: "build",
    run: `mkdir $WORK/b; printf 'FROM ${BB}\\nARG V=1\\nRUN echo built-$V >/out\\nUSER app\\nCMD cat /out; id -u\\n' >$WORK/b/Dockerfile; DOCKER_BUILDKIT=0 docker build -q --network none --build-arg V=7 -t localhost/built $WORK/b >/dev/null 2>&1 && ${run} localhost/built; docker rmi -f localhost/built >/dev/null`,
    out: "built-7\n1000",
  },
];

scenarios("docker", () => ({ WORK: work }), clean, list);
