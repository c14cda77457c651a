import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cri, connectCri } from "./cri.ts";
import {
  bash,
  type Daemon,
  imageArchive,
  insideWorld,
  memoryLimit,
  type Scenario,
  scenarios,
  startDaemon,
  worldFolder,
} from "./scenario.ts";

const SOCKET = "/run/containerd/containerd.sock";
const BB = "localhost/tg-busybox:latest";

let daemon: Daemon | undefined;
let cri: Cri | undefined;
let work = "";

// deploy/containerd.toml as it is, at the place that deploy/README.md names; only what this machine cannot is added.
beforeAll(async () => {
  if (!insideWorld) return;
  work = worldFolder("containerd");
  mkdirSync("/etc/containerd", { recursive: true });
  const config = "/etc/containerd/config.toml";
  copyFileSync(resolve(import.meta.dirname, "../../deploy/containerd.toml"), config);
  // Lowering the score takes CAP_SYS_RESOURCE, which nobody may have here.
  appendFileSync(
    config,
    '\n[plugins."io.containerd.grpc.v1.cri"]\n  restrict_oom_score_adj = true\n',
  );
  mkdirSync("/etc/cni/net.d", { recursive: true });
  for (const name of readdirSync("/etc/cni/net.d")) bash(`rm -rf /etc/cni/net.d/${name}`);
  writeFileSync("/etc/cni/net.d/10-tguard.conflist", JSON.stringify(NETWORK));
  mkdirSync("/opt/cni", { recursive: true });
  bash("rm -rf /opt/cni/bin");
  symlinkSync("/usr/lib/cni", "/opt/cni/bin");
  daemon = await startDaemon(["containerd"], work, "ctr version");
  // The image that containerd has for a pod's own container, by whatever name it goes.
  const imported = bash(`set -e
    pause=$(containerd config default | sed -n 's/.*sandbox_image = "\\(.*\\)"/\\1/p')
    for space in default k8s.io; do ctr -n $space image import ${imageArchive()} >/dev/null; done
    ctr -n k8s.io image tag ${BB} "$pause" >/dev/null`);
  if (imported.status !== 0) throw new Error(`${imported.err}\n${daemon.log()}`);
}, 240_000);

afterAll(async () => {
  cri?.close();
  await daemon?.stop();
}, 120_000);

const NETWORK = {
  cniVersion: "0.4.0",
  name: "tguard",
  plugins: [
    {
      type: "bridge",
      bridge: "tgcni0",
      isGateway: true,
      ipMasq: false,
      ipam: {
        type: "host-local",
        dataDir: "/run/cni-ipam",
        ranges: [[{ subnet: "10.202.0.0/24" }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
  ],
};

const run = `ctr run --runtime io.containerd.runc.v2 --runc-binary /usr/local/bin/tguard`;
const stopped = `until_ok sh -c 'ctr t ls | grep -w c | grep -q STOPPED'`;
const clean = `ctr t kill -s KILL -a c >/dev/null 2>&1; until_ok sh -c '! ctr t ls | grep -w c | grep -q RUNNING'
  ctr t rm -f c >/dev/null 2>&1; ctr c rm c >/dev/null 2>&1
  [ -z "$(ctr c ls -q)" ] && [ -z "$(ls /run/containerd/runc/default 2>/dev/null)" ]`;

const list: readonly Scenario[] = [
  { name: "run prints what the program prints", run: `${run} --rm ${BB} c echo hi`, out: "hi" },
  {
    name: "run ends with the program's status",
    run: `${run} --rm ${BB} c sh -c 'exit 42'`,
    status: 42,
  },
  {
    name: "run of a missing program shows tguard's sentence",
    run: `${run} --rm ${BB} c /no/prog`,
    status: 1,
    err: /OCI runtime create failed.*\/no\/prog/s,
  },
  {
    name: "run -t has a terminal",
    run: `on_terminal "${run} --rm -t ${BB} c sh -c 'test -t 0 && echo ISTTY'"`,
    out: /ISTTY$/,
  },
  {
    name: "environment, folder, read-only root",
    run: `${run} --rm --read-only --env A=b --cwd /tmp ${BB} c sh -c 'echo $A $PWD; touch /x 2>/dev/null || echo ro'`,
    out: "b /tmp\nro",
  },
  {
    name: "limits",
    run: `${run} --rm --cgroup /limits --memory-limit 50331648 ${BB} c cat /proc/self/cgroup | grep -c /limits`,
    out: /^[1-9]/,
  },
  {
    name: "seccomp, capabilities, no-new-privileges",
    run: `${run} --rm --seccomp --cap-add CAP_SYS_TIME --cap-drop CAP_CHOWN ${BB} c sh -c 'grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status | cut -f2'`,
    out: "00000000aa0425fa\n1\n2",
  },
  {
    name: "exec: output, status, user",
    run: `${run} -d ${BB} c sleep 1000; ctr t exec --exec-id a --user 1000 --cwd /tmp c sh -c 'echo $PWD $(id -u); exit 8'`,
    out: "/tmp 1000",
    status: 8,
  },
  {
    name: "exec -t has a terminal",
    run: `${run} -d ${BB} c sleep 1000; on_terminal "ctr t exec -t --exec-id a c sh -c 'test -t 0 && echo ISTTY'"`,
    out: /^ISTTY/m,
  },
  {
    name: "kill sends the signal",
    run: `mkdir $WORK/k; ${run} -d --mount type=bind,src=$WORK/k,dst=/o,options=rbind:rw ${BB} c sh -c 'trap "echo usr1 >/o/u; exit 3" USR1; touch /o/up; while :; do sleep 0.1; done'
    until_ok test -e $WORK/k/up; ctr t kill -s USR1 c; until_ok test -s $WORK/k/u; ${stopped}; cat $WORK/k/u`,
    out: "usr1",
  },
  {
    name: "kill --all ends every process",
    run: `${run} -d ${BB} c sh -c 'sleep 1000 & sleep 1000 & wait'; ctr t kill -a -s KILL c; ${stopped} && echo stopped`,
    out: "stopped",
  },
  {
    name: "pause and resume",
    run: `${run} -d ${BB} c sleep 1000; ctr t pause c; ctr t ls | grep -wo PAUSED; ctr t resume c; ctr t ls | grep -wo RUNNING`,
    out: "PAUSED\nRUNNING",
  },
  {
    name: "ps, metrics",
    run: `${run} -d ${BB} c sh -c 'sleep 1000 & wait'; until_ok sh -c '[ $(ctr t ps c | wc -l) = 3 ]'; ctr t metrics c | grep -c memory`,
    out: /^[1-9]/,
  },
  {
    name: "a network by CNI",
    run: `${run} -d --cni ${BB} c httpd -f -h /www; ip=$(ctr t exec --exec-id a c ip -4 -o addr show dev eth0 | grep -o '10\\.202\\.0\\.[0-9]*' | head -1); until_ok curl -sf -m 5 http://$ip/`,
    out: "hello-from-www",
  },
];

scenarios("containerd: ctr", () => ({ WORK: work }), clean, list);

describe("containerd: CRI, by the RuntimeClass's handler", () => {
  // Not before: the tests of ctr wait for their commands, and containerd for no client that does not answer.
  beforeAll(() => {
    if (insideWorld) cri = connectCri(SOCKET);
  });

  const pods = (name: string, body: (client: Cri) => Promise<unknown>, expected: unknown): void => {
    test(name, { timeout: 240_000 }, async ({ skip }) => {
      skip(!insideWorld, "run `npm run test:engines`");
      const client = cri;
      if (client === undefined) throw new Error("containerd did not start");
      try {
        expect(await body(client)).toEqual(expected);
      } finally {
        await client.removeAll();
      }
    });
  };

  pods("the runtime is ready", (client) => client.ready(), true);

  pods(
    "a pod's container logs and ends",
    async (client) => {
      const pod = await client.runPod("logs");
      const container = await client.start(pod, {
        command: ["sh", "-c", "echo cri-$V"],
        env: { V: "x" },
      });
      const end = await client.ended(container);
      return [end.exit, container.log().replace(/^\S+ /, "")];
    },
    [0, "stdout F cri-x"],
  );

  pods(
    "ExecSync: output and status, as a probe asks",
    async (client) => {
      const pod = await client.runPod("exec");
      const container = await client.start(pod, { command: ["sleep", "1000"] });
      return client.exec(container, ["sh", "-c", "echo out; exit 4"]);
    },
    { out: "out", err: "", exit: 4 },
  );

  pods(
    "the security context",
    async (client) => {
      const pod = await client.runPod("security");
      const container = await client.start(pod, {
        command: ["sleep", "1000"],
        user: 1000,
        drop: ["ALL"],
        readOnly: true,
        noNewPrivileges: true,
        seccomp: true,
      });
      const seen = await client.exec(container, [
        "sh",
        "-c",
        'id -u; grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/1/status | cut -f2; touch /x 2>/dev/null || echo ro',
      ]);
      return seen.out.split("\n");
    },
    ["1000", "0000000000000000", "1", "2", "ro"],
  );

  pods(
    "UpdateContainerResources",
    async (client) => {
      const pod = await client.runPod("update");
      const container = await client.start(pod, { command: ["sleep", "1000"], memory: 50331648 });
      const limit = async (): Promise<string> =>
        (await client.exec(container, ["sh", "-c", memoryLimit])).out;
      const before = await limit();
      await client.update(container, 33554432);
      return [before, await limit()];
    },
    ["50331648", "33554432"],
  );

  pods(
    "containers of a pod share its network",
    async (client) => {
      const pod = await client.runPod("network");
      await client.start(pod, { command: ["httpd", "-f", "-h", "/www"] });
      const other = await client.start(pod, {
        command: ["sh", "-c", "until wget -qO- http://127.0.0.1/ 2>/dev/null; do sleep 0.1; done"],
      });
      await client.ended(other);
      return other.log().split(" F ")[1];
    },
    "hello-from-www",
  );

  pods(
    "StopContainer: SIGTERM and the program's status",
    async (client) => {
      const pod = await client.runPod("stop");
      const container = await client.start(pod, {
        command: ["sh", "-c", 'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done'],
      });
      await client.logged(container, "up");
      await client.stop(container, 60);
      return client.ended(container);
    },
    { exit: 7, reason: "Error" },
  );

  pods(
    "the annotation of a profile reaches the container",
    async (client) => {
      const pod = await client.runPod("profile");
      const container = await client.start(pod, {
        command: [
          "sh",
          "-c",
          "grep NoNewPrivs /proc/self/status | cut -f2; touch /x 2>/dev/null || echo ro",
        ],
        annotations: { "org.tguard.profile": "default" },
      });
      await client.ended(container);
      return container
        .log()
        .split("\n")
        .map((line) => line.split(" F ")[1]);
    },
    ["1", "ro"],
  );
});
