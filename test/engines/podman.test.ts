import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll } from "vitest";
import { podmanConfiguration } from "./podman.ts";
import {
  bash,
  imageArchive,
  insideWorld,
  memoryLimit,
  pidsLimit,
  type Scenario,
  scenarios,
  worldFolder,
} from "./scenario.ts";

let environment: Record<string, string> = {};

beforeAll(() => {
  if (!insideWorld) return;
  const folder = worldFolder("podman");
  environment = podmanConfiguration(
    folder,
    "/var/lib/containers/engines",
    "/run/containers/engines",
  );
  environment["WORK"] = folder;
  writeFileSync(join(folder, "pod.yaml"), POD);
  const loaded = bash(`podman load -q -i ${imageArchive()}`, environment);
  if (loaded.status !== 0) throw new Error(loaded.err);
}, 240_000);

const POD = `apiVersion: v1
kind: Pod
metadata: {name: kp}
spec:
  restartPolicy: Never
  containers:
  - name: a
    image: localhost/tg-busybox:latest
    imagePullPolicy: Never
    command: [sh, -c, "echo k-$V; sleep 1000"]
    env: [{name: V, value: w1}]
    securityContext: {readOnlyRootFilesystem: true, runAsUser: 1000, capabilities: {drop: [ALL]}}
    resources: {limits: {memory: 40Mi}}
`;

const BB = "localhost/tg-busybox";
const run = `podman run --rm --network none`;
const detached = `podman run -d --network none --name c`;
const clean = `podman pod rm -fa -t 0 >/dev/null && podman rm -fa -t 0 >/dev/null && podman volume prune -f >/dev/null &&
  [ -z "$(podman ps -aq)" ] && [ -z "$(ls /run/tguard 2>/dev/null | grep -v ^buildah-)" ]`;

const list: readonly Scenario[] = [
  { name: "run prints what the program prints", run: `${run} ${BB} echo hi`, out: "hi" },
  {
    name: "uses tguard",
    run: `podman info -f '{{.Host.OCIRuntime.Path}}'`,
    out: "/usr/local/bin/tguard",
  },
  { name: "run ends with the program's status", run: `${run} ${BB} sh -c 'exit 42'`, status: 42 },
  {
    name: "run of a missing program: 127 and tguard's sentence",
    run: `${run} ${BB} /no/such/prog`,
    status: 127,
    err: /starting "\/no\/such\/prog".*OCI runtime/s,
  },
  {
    name: "run of a file that is no program: 126 and tguard's sentence",
    run: `${run} ${BB} /etc/passwd`,
    status: 126,
    err: /tguard: starting.*\/etc\/passwd.*not executable.*\/process\/args\/0/s,
  },
  {
    name: 'a config that cannot be done: podman shows the cause, not "exit status 1"',
    run: `${run} --device-cgroup-rule 'c 1:3 r' --annotation org.tguard.profile=nosuch ${BB} true`,
    status: 126,
    err: /nosuch/,
  },
  {
    name: "run -i passes standard input on",
    run: `seq 20000 | ${run} -i ${BB} md5sum | cut -c1-32; seq 20000 | md5sum | cut -c1-32 >&2`,
    out: /^[0-9a-f]{32}$/,
  },
  {
    name: "run -it has a terminal of the caller's size",
    run: `on_terminal "${run} -it ${BB} sh -c 'until stty size 2>/dev/null | grep 33; do sleep 0.1; done'"`,
    out: /33 77/,
  },
  {
    name: "hostname, environment, folder, user",
    run: `${run} --hostname h -e A=b -w /home/app --user app ${BB} sh -c 'echo $(hostname) $A $PWD $(id -u)'`,
    out: "h b /home/app 1000",
  },
  {
    name: "exec: output, status, user, standard input",
    run: `${detached} ${BB} sleep 1000 >/dev/null
    echo in | podman exec -i -e K=v -w /tmp --user 1000 c sh -c 'echo $K $PWD $(id -u) $(cat); exit 9'`,
    out: "v /tmp 1000 in",
    status: 9,
  },
  {
    name: "exec -it has a terminal",
    run: `${detached} ${BB} sleep 1000 >/dev/null
    on_terminal "podman exec -it c sh -c 'test -t 0 && echo ISTTY'"`,
    out: /ISTTY/,
  },
  {
    name: "exec of a missing program: 127",
    run: `${detached} ${BB} sleep 1000 >/dev/null; podman exec c /nope`,
    status: 127,
    err: /nope/,
  },
  {
    name: "stop: SIGTERM, and the program's status",
    run: `${detached} ${BB} sh -c 'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done' >/dev/null
    until_ok sh -c 'podman logs c | grep -q up' && podman stop -t 60 c >/dev/null && podman inspect -f '{{.State.ExitCode}}' c`,
    out: "7",
  },
  {
    name: "stop: SIGKILL for a program that ignores it",
    run: `${detached} ${BB} sh -c 'trap "" TERM; echo up; while :; do sleep 0.1; done' >/dev/null
    until_ok sh -c 'podman logs c | grep -q up' && podman stop -t 1 c >/dev/null 2>&1; podman inspect -f '{{.State.ExitCode}}' c`,
    out: "137",
  },
  {
    name: "kill by name of the signal",
    run: `${detached} ${BB} sh -c 'trap "exit 3" USR1; echo up; while :; do sleep 0.1; done' >/dev/null
    until_ok sh -c 'podman logs c | grep -q up' && podman kill -s USR1 c >/dev/null && podman wait c`,
    out: "3",
  },
  {
    name: "pause stops the program, unpause lets it go on",
    run: `mkdir $WORK/pause; ${detached} -v $WORK/pause:/o ${BB} sh -c 'i=0; while :; do i=$((i+1)); echo $i >/o/n.new; mv /o/n.new /o/n; sleep 0.05; done' >/dev/null
    until_ok test -s $WORK/pause/n; podman pause c >/dev/null && podman inspect -f '{{.State.Status}}' c
    a=$(cat $WORK/pause/n); sleep 1; b=$(cat $WORK/pause/n); [ $a = $b ] && echo still
    podman unpause c >/dev/null && until_ok sh -c "[ \\$(cat $WORK/pause/n) -gt $b ]" && echo moves`,
    out: "paused\nstill\nmoves",
  },
  {
    name: "rm -f of a paused container",
    run: `${detached} ${BB} sleep 1000 >/dev/null && podman pause c >/dev/null && podman rm -ft0 c >/dev/null && podman ps -aq`,
    out: "",
  },
  {
    name: "limits: memory and processes",
    run: `${run} -m 64m --memory-swap 64m --pids-limit 33 ${BB} sh -c '${memoryLimit}; ${pidsLimit}'`,
    out: "67108864\n33",
  },
  {
    name: "update changes a limit",
    run: `${detached} -m 100m ${BB} sleep 1000 >/dev/null && podman update -m 60m c >/dev/null && podman exec c sh -c '${memoryLimit}'`,
    out: "62914560",
  },
  {
    name: "volumes: bind, read-only, named",
    run: `mkdir $WORK/v; echo one >$WORK/v/f
    ${run} -v $WORK/v:/d:ro ${BB} sh -c 'cat /d/f; touch /d/g 2>/dev/null || echo ro'
    podman volume create vol >/dev/null; ${run} -v vol:/d ${BB} sh -c 'echo kept >/d/k'; ${run} -v vol:/d ${BB} cat /d/k`,
    out: "one\nro\nkept",
  },
  {
    name: "tmpfs with options, read-only root",
    run: `${run} --read-only --tmpfs /scratch:size=2m,noexec,mode=1770 ${BB} sh -c 'touch /x 2>/dev/null || echo ro; stat -c %a /scratch; grep -c " /scratch .*noexec.*size=2048k" /proc/mounts'`,
    out: "ro\n1770\n1",
  },
  {
    name: "capabilities, no-new-privileges and seccomp",
    run: `${run} --cap-drop all --cap-add net_admin --security-opt no-new-privileges ${BB} sh -c 'grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status | cut -f2'`,
    out: "0000000000001000\n1\n2",
  },
  {
    name: "a user namespace",
    run: `${run} --uidmap 0:100000:65536 --gidmap 0:100000:65536 ${BB} sh -c 'echo $(cat /proc/self/uid_map) $(id -u)'`,
    out: "0 100000 65536 0",
  },
  {
    name: "sysctl, ulimit, shm-size",
    run: `${run} --sysctl net.ipv4.ip_forward=1 --ulimit nofile=333:444 --ulimit nproc=4096:4096 --shm-size 3m ${BB} sh -c 'cat /proc/sys/net/ipv4/ip_forward; ulimit -n; ulimit -Hn; df -k /dev/shm | grep -c 3072'`,
    out: "1\n333\n444\n1",
  },
  {
    name: "a published port",
    run: `podman run -d --name c -p 127.0.0.1:8092:80 ${BB} httpd -f -h /www >/dev/null && until_ok curl -sf -m 5 http://127.0.0.1:8092/`,
    out: "hello-from-www",
  },
  {
    name: "a pod shares its network",
    run: `podman pod create --name p --network none --infra-image ${BB} --infra-command '/bin/sleep 1000' >/dev/null && podman run -d --pod p ${BB} httpd -f -h /www >/dev/null && until_ok podman run --rm --pod p ${BB} wget -qO- http://127.0.0.1/`,
    out: "hello-from-www",
  },
  {
    name: "play kube",
    run: `podman play kube --network none $WORK/pod.yaml >/dev/null && until_ok sh -c 'podman logs kp-a | grep k-' && podman exec kp-a sh -c 'touch /x 2>/dev/null || echo ro; id -u; grep CapEff /proc/self/status | cut -f2'; podman play kube --down $WORK/pod.yaml >/dev/null`,
    out: "k-w1\nro\n1000\n0000000000000000",
  },
  {
    name: "healthcheck",
    run: `${detached} --health-cmd 'test -f /tmp/ok' --health-interval disable ${BB} sleep 1000 >/dev/null
    podman healthcheck run c >/dev/null; echo $?; podman exec c touch /tmp/ok; podman healthcheck run c; echo $?`,
    out: "1\n0",
  },
  { name: "--init is process 1", run: `${run} --init ${BB} cat /proc/1/comm`, out: /init/ },
  {
    name: "logs",
    run: `${detached} ${BB} sh -c 'echo l1; echo l2 >&2' >/dev/null; podman wait c >/dev/null; podman logs c 2>&1`,
    out: "l1\nl2",
  },
  {
    name: "cp both ways, commit",
    run: `${detached} ${BB} sleep 1000 >/dev/null; echo cpd >$WORK/cpf; podman cp $WORK/cpf c:/tmp/f && podman exec c cat /tmp/f && podman cp c:/etc/passwd $WORK/passwd && grep -c app $WORK/passwd && podman commit -q c localhost/tg-commit >/dev/null && ${run} localhost/tg-commit cat /tmp/f; podman rmi -f localhost/tg-commit >/dev/null`,
    out: "cpd\n1\ncpd",
  },
  {
    name: "restart, restart policy",
    run: `mkdir $WORK/r; ${detached} --restart on-failure:2 -v $WORK/r:/o ${BB} sh -c 'echo r >>/o/runs; exit 1' >/dev/null; until_ok sh -c "[ \\$(wc -l <$WORK/r/runs) = 3 ]" && echo three`,
    out: "three",
  },
  {
    name: "top and stats",
    run: `${detached} -m 50m ${BB} sleep 1000 >/dev/null; podman top c comm | tail -1; podman stats --no-stream --format '{{.MemUsage}}' c`,
    out: /^sleep\n.*52\.43MB$/,
  },
  {
    name: "ten at once",
    run: `for i in 1 2 3 4 5 6 7 8 9 10; do ${run} ${BB} echo n & done; wait`,
    out: "n\n".repeat(10).trimEnd(),
  },
];

scenarios("podman", () => environment, clean, list);
