/**
 * The last part of `npm start`: both halves of tguard on real input. Audits examples/Dockerfile, then shows what
 * hardening changes in a careless bundle and runs it. Leaves its files in dist/demo and nothing anywhere else.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeSampleBundle } from "./bundle.ts";

process.chdir(join(import.meta.dirname, "../.."));
const folder = "dist/demo";
const bundle = `${folder}/bundle`;
const bold = (text: string): string => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Run dist/tguard as a user would, showing the command; the demo ends when the exit status is not one of `expected`. */
function tguard(args: readonly string[], expected: readonly number[]): void {
  say(`\n${bold(`$ dist/tguard ${args.join(" ")}`)}`);
  const { status, signal, error } = spawnSync("dist/tguard", args, { stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== null && expected.includes(status)) return;
  say(`\nnpm start: that ended with ${signal ?? `status ${status}`}, not ${expected.join(" or ")}`);
  process.exit(1);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

say(`\n${bold("1. Audit: what is unsafe in examples/Dockerfile")}`);
tguard(["audit", "--format", "table", "examples/Dockerfile"], [1]);
say("(exit status 1: there are findings at or above --fail-on, which is what fails a build)");
const sarif = `${folder}/examples.sarif`;
tguard(["audit", "--format", "sarif", "--output", sarif, "examples/Dockerfile"], [1]);
say(`(${sarif} is what GitHub code scanning takes)`);

say(`\n${bold("2. Run: a careless bundle, started hardened")}`);
makeSampleBundle(bundle, ".cache/bin/busybox");
say(
  `${bundle} asks for root with every capability, a writable root and no filter; tguard changes that:`,
);
tguard(["harden", "--diff", bundle], [0]);
tguard(["run", "--report", bundle], [0]);

say(`\nMore: dist/tguard --help. ${bundle} and ${sarif} are yours to play with.`);
