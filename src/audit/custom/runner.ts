import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { UserError } from "../../base/error.ts";
import type { Finding } from "../finding.ts";
import { type Answer, maxLine, type Question, type RuleFacts } from "./protocol.ts";

/** A custom rule that did not come to its end. */
export interface CustomFailure {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly error: Error;
}

/** How the process that runs the rules is started; the files and ids to skip are added. */
export type WorkerCommand = readonly [program: string, ...args: string[]];

/** The tguard executable itself. */
export const ownWorker: WorkerCommand = [process.execPath, "rules-worker"];

/**
 * A team's own rules, run in a process of their own, one source after the other. A rule that takes longer than
 * `limitMs` for a source, or ends its process, fails; it does not run again, the others go on.
 */
export class CustomRules {
  readonly rules: readonly RuleFacts[];
  private readonly paths: readonly string[];
  private readonly command: WorkerCommand;
  private readonly limitMs: number;
  private readonly skipped: string[] = [];
  private worker: Worker | undefined;
  private asked = 0;

  private constructor(
    { worker, rules }: Launched,
    paths: readonly string[],
    command: WorkerCommand,
    limitMs: number,
  ) {
    this.rules = rules;
    this.paths = paths;
    this.command = command;
    this.limitMs = limitMs;
    this.worker = worker;
  }

  /** Load the files. @throws UserError when they cannot be loaded, as `loadRules` words it. */
  static async start(
    paths: readonly string[],
    command: WorkerCommand = ownWorker,
    limitMs = 5_000,
  ): Promise<CustomRules> {
    return new CustomRules(await launch(command, paths, [], limitMs), paths, command, limitMs);
  }

  /** What the rules (or `only` the one with this id) say of a text. */
  async judge(
    text: string,
    only?: string,
  ): Promise<{
    readonly findings: readonly Finding[];
    readonly failures: readonly CustomFailure[];
  }> {
    const failures: CustomFailure[] = [];
    for (;;) {
      this.worker ??= (await launch(this.command, this.paths, this.skipped, this.limitMs)).worker;
      const outcome = await this.worker.ask(
        { id: ++this.asked, text, ...(only !== undefined && { only }) },
        this.limitMs,
      );
      if (outcome.kind === "done") {
        for (const { message, ...rule } of outcome.failures)
          failures.push({ ...rule, error: new Error(message) });
        return { findings: outcome.findings, failures };
      }
      this.worker.end();
      this.worker = undefined;
      // Without a rule to blame, trying again would fail the same way for ever.
      if (outcome.ruleId === undefined || this.skipped.includes(outcome.ruleId)) {
        throw new UserError("the process that runs custom rules ended", {
          cause: new Error(outcome.why),
        });
      }
      this.skipped.push(outcome.ruleId);
      const ruleName = this.rules.find(({ meta }) => meta.id === outcome.ruleId)?.meta.name ?? "";
      failures.push({ ruleId: outcome.ruleId, ruleName, error: new Error(outcome.why) });
    }
  }

  /** End the process. */
  end(): void {
    this.worker?.end();
    this.worker = undefined;
  }
}

interface Launched {
  readonly worker: Worker;
  readonly rules: readonly RuleFacts[];
}

async function launch(
  command: WorkerCommand,
  paths: readonly string[],
  skipped: readonly string[],
  limitMs: number,
): Promise<Launched> {
  const worker = new Worker(command, paths, skipped);
  const first = await worker.next(limitMs);
  if (typeof first === "object" && first.kind === "rules") return { worker, rules: first.rules };
  worker.end();
  if (typeof first === "object" && first.kind === "refused") {
    const [why, ...more] = first.causes;
    let cause: Error | undefined;
    for (const text of more.reverse()) cause = new Error(text, { cause });
    throw new UserError(first.message, {
      ...(first.where !== undefined && { where: first.where }),
      ...(first.hint !== undefined && { hint: first.hint }),
      ...(why !== undefined && { cause: new Error(why, { cause }) }),
      exitCode: 2,
    });
  }
  throw new UserError("cannot load the custom rules", {
    where: paths.join(", "),
    cause: new Error(
      first === "late" ? `they were not loaded within ${limitMs / 1000} s` : "their process ended",
    ),
    exitCode: 2,
  });
}

type Outcome =
  | Extract<Answer, { kind: "done" }>
  | { readonly kind: "lost"; readonly ruleId: string | undefined; readonly why: string };

/** The process, and its answers in order. */
class Worker {
  private readonly child: ChildProcess;
  private readonly answers: Answer[] = [];
  private rest = "";
  private hasEnded = false;
  private wake: () => void = () => {};

  constructor(
    [program, ...args]: WorkerCommand,
    paths: readonly string[],
    skipped: readonly string[],
  ) {
    const options = skipped.flatMap((id) => ["--skip", id]);
    // What rules print is for their author, and must not mix with the report.
    this.child = spawn(program, [...args, ...options, ...paths], {
      stdio: ["pipe", "ignore", "inherit", "pipe"],
    });
    const output = this.child.stdio[3] as Readable;
    output.setEncoding("utf8");
    output.on("data", (chunk: string) => this.read(chunk));
    output.on("close", () => this.ended());
    this.child.on("error", () => this.ended());
    // The process may be gone when a question is written: its end is seen on the other pipe.
    this.child.stdin?.on("error", () => {});
  }

  private read(chunk: string): void {
    this.rest += chunk;
    const lines = this.rest.split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.answers.push(JSON.parse(line) as Answer); // our own program wrote it
    if (this.rest.length > maxLine) this.end();
    this.wake();
  }

  private ended(): void {
    this.hasEnded = true;
    this.wake();
  }

  /** The next answer; `late` when none comes in time, `ended` when none will. */
  async next(limitMs: number): Promise<Answer | "late" | "ended"> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const answer = this.answers.shift();
      if (answer !== undefined) return answer;
      if (this.hasEnded) return "ended";
      const left = deadline - Date.now();
      if (left <= 0) return "late";
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async ask(question: Question, limitMs: number): Promise<Outcome> {
    this.child.stdin?.write(`${JSON.stringify(question)}\n`);
    let ruleId: string | undefined;
    for (;;) {
      const answer = await this.next(limitMs);
      if (answer === "late")
        return { kind: "lost", ruleId, why: `it took more than ${limitMs / 1000} s` };
      if (answer === "ended") return { kind: "lost", ruleId, why: "it ended its process" };
      if (answer.kind === "at") ({ ruleId } = answer);
      else if (answer.kind === "done") return answer;
    }
  }

  end(): void {
    this.child.kill("SIGKILL");
    this.child.unref();
  }
}
