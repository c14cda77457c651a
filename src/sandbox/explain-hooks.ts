import { constants } from "node:os";
import { UserError } from "../base/error.ts";
import type { Hook } from "../oci/runtime-config.ts";
import { HOOK_STATUS } from "./ops.ts";

/** What became of a hook: errno of what kept it from running or ended it (0: it ran), wait(2) status, what it printed. */
export interface HookEnd {
  readonly error: number;
  readonly status: number;
  readonly output: string;
}

/** The end of a hook that init ran, from the number that its operation failed with. */
export function hookEndOf(errno: number, output: string): HookEnd {
  return errno >= HOOK_STATUS
    ? { error: 0, status: errno - HOOK_STATUS, output }
    : { error: errno, status: 0, output };
}

/** Word the failure of a hook; `where` is its place in config.json. */
export function describeHookFailure(
  kind: string,
  hook: Pick<Hook, "path" | "timeout">,
  end: HookEnd,
  where: string,
): UserError {
  const said = lastLines(end.output);
  const hint = adviceFor(end, hook.path);
  return new UserError(
    `the ${kind}${kind === "" ? "" : " "}hook ${hook.path} failed: ${reasonOf(end, hook.timeout)}`,
    {
      where,
      ...(said === "" ? {} : { cause: new Error(`it said: ${said}`) }),
      ...(hint === undefined ? {} : { hint }),
      exitCode: 125,
    },
  );
}

function reasonOf({ error, status }: HookEnd, timeout: number | undefined): string {
  const { errno } = constants;
  if (error === errno.ETIMEDOUT)
    return `hook ran past specified timeout of ${(timeout ?? 0).toFixed(1)}s`;
  if (error !== 0) return nameOf(errno, error);
  const signal = status & 0x7f;
  return signal === 0
    ? `exit status ${(status >> 8) & 0xff}`
    : `signal ${nameOf(constants.signals, signal)}`;
}

function nameOf(numbers: Readonly<Record<string, number>>, number: number): string {
  return Object.entries(numbers).find(([, n]) => n === number)?.[0] ?? String(number);
}

function adviceFor({ error }: HookEnd, path: string): string | undefined {
  const { errno } = constants;
  if (error === errno.ENOENT) return `install ${path}, or the interpreter that it names`;
  if (error === errno.EACCES) return `make ${path} executable`;
  if (error === errno.ENOEXEC) return `begin ${path} with #! and its interpreter`;
  if (error === errno.ETIMEDOUT) return "raise its timeout, or look why it hangs";
  return undefined;
}

/** One line, the end of it, without anything that a terminal would act on. */
function lastLines(output: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const plain = output.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return plain.length > 300 ? `…${plain.slice(-300)}` : plain;
}
