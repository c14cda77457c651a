import { type ChildProcess, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, eventually, type TestBundle, TGUARD } from "./bundle.ts";
import { type Helper, helperPath } from "./helpers.ts";

/** A container's state document. */
export interface State {
  readonly id: string;
  readonly pid: number;
  readonly status: string;
}

export interface CreateOptions {
  /** Behind `create`. */
  readonly flags?: readonly string[];
  /** Edits config.json first. */
  readonly change?: (config: Config) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Descriptors from 3 on. */
  readonly fds?: readonly number[];
  readonly program?: string;
}

/** An engine's view of one container: it keeps output and log in files, as a shim does. */
export class Engine {
  readonly bundle: TestBundle;
  readonly id: string;

  constructor(bundle: TestBundle) {
    this.bundle = bundle;
    this.id = bundle.id;
  }

  path(name: string): string {
    return join(this.bundle.base, name);
  }

  get out(): string {
    return existsSync(this.path("out")) ? readFileSync(this.path("out"), "utf8") : "";
  }

  get state(): State {
    return JSON.parse(this.bundle.tguard("state", this.id).stdout);
  }

  /** The last entry of the log, as an engine reads it. */
  get lastLog(): { readonly level: string; readonly msg: string; readonly time: string } {
    return JSON.parse(readFileSync(this.path("log"), "utf8").trimEnd().split("\n").at(-1) ?? "{}");
  }

  /** Any command with the engine's global options; the exit status. Output goes to the file `out`. */
  call(
    args: readonly string[],
    options: Omit<CreateOptions, "flags" | "change"> = {},
  ): number | null {
    const out = openSync(this.path("out"), "a");
    const stdio: StdioOptions = ["ignore", out, out, ...(options.fds ?? [])];
    const globals = ["--root", this.bundle.state, "--log", this.path("log"), "--log-format=json"];
    try {
      const { status } = spawnSync(options.program ?? TGUARD, [...globals, ...args], {
        stdio,
        cwd: this.bundle.base,
        timeout: 50_000,
        ...(options.env === undefined ? {} : { env: { ...process.env, ...options.env } }),
      });
      return status;
    } finally {
      closeSync(out);
    }
  }

  /** `create` of a container that will run the script; the exit status. */
  create(script: string, options: CreateOptions = {}): number | null {
    const { bundle } = this;
    bundle.write(bundle.spec(script, options.change));
    return this.call(
      ["create", "--bundle", bundle.dir, ...(options.flags ?? []), this.id],
      options,
    );
  }

  /** A container that runs the script. @throws Error with the log when it does not come up. */
  up(script: string, options: CreateOptions = {}): State {
    if (this.create(script, options) !== 0 || this.call(["start", this.id]) !== 0)
      throw new Error(`it does not start: ${this.out}`);
    return this.state;
  }

  /** Wait until the output contains that. */
  said(text: string | RegExp): Promise<boolean> {
    return eventually(() => new RegExp(text).test(this.out));
  }

  async stopped(): Promise<void> {
    await eventually(() => this.state.status === "stopped");
  }
}

/** A helper program that listens, and all that it has said. */
export interface Listener {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
}

/** Start a helper and wait until it listens. */
export async function listen(helper: Helper, ...args: readonly string[]): Promise<Listener> {
  const child = spawn(helperPath(helper), args, {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 50_000,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      said += String(chunk);
    });
  const ended = new Promise<number | null>((done) => child.on("close", done));
  await eventually(() => said.includes("listening"));
  return { child, ended, said: () => said };
}
