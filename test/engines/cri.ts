import { readFileSync } from "node:fs";
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  type IncomingHttpHeaders,
} from "node:http2";
import { connect } from "node:net";
import { join } from "node:path";
import { encode, type Field, Message } from "./protobuf.ts";
import { worldFolder } from "./scenario.ts";

// What a kubelet asks of a runtime: runtime.v1.RuntimeService of the CRI's api.proto, whose field numbers these are.

interface Pod {
  readonly id: string;
  readonly config: readonly Field[];
}

export interface Container {
  readonly id: string;
  readonly log: () => string;
}

interface ContainerOptions {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: number;
  readonly drop?: readonly string[];
  readonly readOnly?: boolean;
  readonly noNewPrivileges?: boolean;
  readonly seccomp?: boolean;
  readonly memory?: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface End {
  readonly exit: number;
  readonly reason: string;
}

export interface Cri {
  readonly ready: () => Promise<boolean>;
  readonly runPod: (name: string) => Promise<Pod>;
  readonly start: (pod: Pod, options: ContainerOptions) => Promise<Container>;
  readonly ended: (container: Container) => Promise<End>;
  readonly logged: (container: Container, text: string) => Promise<void>;
  readonly exec: (
    container: Container,
    command: readonly string[],
  ) => Promise<{ out: string; err: string; exit: number }>;
  readonly update: (container: Container, memory: number) => Promise<void>;
  readonly stop: (container: Container, seconds: number) => Promise<void>;
  readonly removeAll: () => Promise<void>;
  readonly close: () => void;
}

const EXITED = 2;
// RuntimeClass's `handler`, in deploy/runtimeclass.yaml and deploy/containerd.toml.
const HANDLER = "tguard";

export function connectCri(socket: string): Cri {
  const session = connectHttp2("http://localhost", { createConnection: () => connect(socket) });
  const logs = worldFolder("cri");
  const call = (method: string, request: readonly Field[]): Promise<Message> =>
    unary(session, method, request);
  let count = 0;

  const status = async (container: Container): Promise<Message> =>
    (await call("ContainerStatus", [[1, container.id]])).message(1);

  return {
    ready: async () =>
      (await call("Status", []))
        .message(1)
        .messages(1)
        .some((condition) => condition.text(1) === "RuntimeReady" && condition.number(2) === 1),
    runPod: async (name) => {
      const config = podConfig(`${name}-${++count}`, logs);
      const answer = await call("RunPodSandbox", [
        [1, config],
        [2, HANDLER],
      ]);
      return { id: answer.text(1), config };
    },
    start: async (pod, options) => {
      const name = `c${++count}`;
      const answer = await call("CreateContainer", [
        [1, pod.id],
        [2, containerConfig(name, options)],
        [3, pod.config],
      ]);
      const id = answer.text(1);
      await call("StartContainer", [[1, id]]);
      return { id, log: () => readFileSync(join(logs, `${name}.log`), "utf8").trimEnd() };
    },
    ended: async (container) => {
      await poll(async () => (await status(container)).number(3) === EXITED);
      const end = await status(container);
      return { exit: end.number(7), reason: end.text(10) };
    },
    logged: (container, text) => poll(async () => container.log().includes(text)),
    exec: async (container, command) => {
      const answer = await call("ExecSync", [
        [1, container.id],
        ...command.map((word): Field => [2, word]),
        [3, 60],
      ]);
      return { out: answer.text(1).trim(), err: answer.text(2).trim(), exit: answer.number(3) };
    },
    update: async (container, memory) => {
      await call("UpdateContainerResources", [
        [1, container.id],
        [2, [[4, memory]]],
      ]);
    },
    stop: async (container, seconds) => {
      await call("StopContainer", [
        [1, container.id],
        [2, seconds],
      ]);
    },
    removeAll: async () => {
      for (const pod of (await call("ListPodSandbox", [])).messages(1)) {
        await call("StopPodSandbox", [[1, pod.text(1)]]);
        await call("RemovePodSandbox", [[1, pod.text(1)]]);
      }
    },
    close: () => session.close(),
  };
}

function podConfig(name: string, logs: string): readonly Field[] {
  const namespaces: Field = [
    1,
    [
      [2, 1],
      [3, 0],
    ],
  ]; // pid: of each container; ipc: of the pod
  return [
    [
      1,
      [
        [1, name],
        [2, name],
        [3, "default"],
      ],
    ],
    [2, name],
    [3, logs],
    [
      8,
      [
        [1, "/pods"],
        [2, [namespaces]],
      ],
    ],
  ];
}

function containerConfig(name: string, options: ContainerOptions): readonly Field[] {
  const security: Field[] = [
    [1, (options.drop ?? []).map((capability): Field => [2, capability])],
    [
      3,
      [
        [2, 1],
        [3, 0],
      ],
    ],
  ];
  if (options.user !== undefined) security.push([5, [[1, options.user]]]);
  if (options.readOnly === true) security.push([7, true]);
  if (options.noNewPrivileges === true) security.push([11, true]);
  if (options.seccomp === true) security.push([15, [[1, 0]]]);
  const resources: Field[] = options.memory === undefined ? [] : [[4, options.memory]];
  const pairs = (number: number, map: Readonly<Record<string, string>> = {}): Field[] =>
    Object.entries(map).map(
      ([key, value]): Field => [
        number,
        [
          [1, key],
          [2, value],
        ],
      ],
    );
  return [
    [1, [[1, name]]],
    [2, [[1, "localhost/tg-busybox:latest"]]],
    ...options.command.map((word): Field => [3, word]),
    ...pairs(6, options.env),
    ...pairs(10, options.annotations),
    [11, `${name}.log`],
    [
      15,
      [
        [1, resources],
        [2, security],
      ],
    ],
  ];
}

/** A unary gRPC call: one length-prefixed message each way, the status in the trailers. */
function unary(
  session: ClientHttp2Session,
  method: string,
  request: readonly Field[],
): Promise<Message> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": `/runtime.v1.RuntimeService/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const parts: Buffer[] = [];
    let trailers: IncomingHttpHeaders = {};
    stream.on("response", (headers) => {
      if (headers["grpc-status"] !== undefined) trailers = headers;
    });
    stream.on("trailers", (headers) => {
      trailers = headers;
    });
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("error", reject);
    stream.on("end", () => {
      if (Number(trailers["grpc-status"] ?? 0) === 0) {
        resolve(new Message(Buffer.concat(parts).subarray(5)));
      } else
        reject(new Error(`${method}: ${decodeURIComponent(String(trailers["grpc-message"]))}`));
    });
    const body = encode(request);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([head, body]));
  });
}

async function poll(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 600; tries > 0; tries -= 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the condition never came true");
}
