import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { UserError } from "../base/error.ts";
import type { Hook, HookKind, Hooks } from "../oci/runtime-config.ts";
import type { OciState } from "../oci/state.ts";
import { describeHookFailure, type HookEnd } from "./explain-hooks.ts";
import { argumentsOf, listOf } from "./hook-state.ts";
import { findInit } from "./places.ts";

/** hook_main of init/hooks.c: errno of what kept the hook from running or ended it, and its wait(2) status. */
const ANSWER_BYTES = 8;
/** Signals that end a hook, and with it the start that waits for it. */
const INTERRUPTING = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Run the hooks of one kind in the runtime's own namespaces, one after another, with the state on standard input. They
 * get the environment that config.json gives them and nothing else of ours; SIGINT and SIGTERM end the hook that runs.
 * @throws UserError that names the first hook that failed; those after it are not run.
 */
export async function runHooks(
  hooks: Hooks | undefined,
  kind: HookKind,
  state: OciState,
): Promise<void> {
  for (const [index, hook] of listOf(hooks, kind).entries())
    await runHook(hook, { kind, index }, state);
}

/** The same for hooks whose failure is no reason to stop (runtime.md#lifecycle, `poststop`). Never throws. */
export async function tryHooks(
  hooks: Hooks | undefined,
  kind: HookKind,
  state: OciState,
  warn: (sentence: string) => void,
): Promise<void> {
  for (const [index, hook] of listOf(hooks, kind).entries())
    try {
      await runHook(hook, { kind, index }, state);
    } catch (error) {
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
      warn(`warning: ${(error as Error).message}${why === "" ? "" : ` (${why})`}`);
    }
}

interface HookPlace {
  readonly kind: HookKind;
  readonly index: number;
}

async function runHook(hook: Hook, place: HookPlace, state: OciState): Promise<void> {
  const runner = spawn(
    findInit(),
    ["hook", String((hook.timeout ?? 0) * 1000), hook.path, ...argumentsOf(hook)],
    {
      cwd: existsSync(state.bundle) ? state.bundle : "/",
      env: environmentOf(hook),
      stdio: ["pipe", "ignore", "ignore", "pipe"],
      detached: true, // keyboard signals reach us alone
    },
  );
  let interrupted: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals): void => {
    interrupted ??= signal;
    (runner.stdio[3] as Duplex).destroy(); // init ends the hook with all its children
  };
  for (const signal of INTERRUPTING) process.on(signal, interrupt);
  try {
    const end = await outcomeOf(runner, JSON.stringify(state));
    if (interrupted !== undefined) throw interruption(hook, place, interrupted);
    if (end.error !== 0 || end.status !== 0)
      throw describeHookFailure(place.kind, hook, end, whereOf(place));
  } finally {
    for (const signal of INTERRUPTING) process.removeListener(signal, interrupt);
  }
}

/** The environment exactly as config.json has it: none is an empty one, as with runc. */
function environmentOf(hook: Hook): Record<string, string> {
  return Object.fromEntries(
    (hook.env ?? []).map((entry) => {
      const equals = entry.indexOf("=");
      return equals === -1 ? [entry, ""] : [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

function outcomeOf(runner: ChildProcess, input: string): Promise<HookEnd> {
  const answer = runner.stdio[3] as Duplex;
  const chunks: Buffer[] = [];
  answer.on("data", (chunk: Buffer) => chunks.push(chunk));
  // A hook need not read its state, and an interrupted one has nobody to talk to.
  for (const stream of [answer, runner.stdin]) stream?.on("error", () => undefined);
  runner.stdin?.end(input);
  // Two things, in either order: not every engine of JavaScript waits with `close` for a descriptor beyond 2.
  const exited = new Promise<void>((resolve, reject) => {
    runner.on("error", (cause) =>
      reject(new UserError("cannot start tguard-init for a hook", { cause })),
    );
    runner.on("exit", () => resolve());
  });
  const answered = new Promise<void>((resolve) => {
    answer.on("end", resolve);
    answer.on("close", resolve);
  });
  return Promise.all([exited, answered]).then(() => {
    answer.destroy();
    const bytes = Buffer.concat(chunks);
    const isWhole = bytes.length >= ANSWER_BYTES;
    return {
      error: isWhole ? bytes.readInt32LE(0) : constants.errno.EIO,
      status: isWhole ? bytes.readInt32LE(4) : 0,
      output: bytes.subarray(ANSWER_BYTES).toString("utf8"),
    };
  });
}

const whereOf = ({ kind, index }: HookPlace): string => `config.json /hooks/${kind}/${index}`;

function interruption(hook: Hook, place: HookPlace, signal: NodeJS.Signals): UserError {
  return new UserError(`interrupted by ${signal} while the ${place.kind} hook ${hook.path} ran`, {
    where: whereOf(place),
    hint: "give the hook a timeout if it can hang",
  });
}
