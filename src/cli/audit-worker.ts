import { writeSync } from "node:fs";
import { Command } from "commander";

/** `tguard audit-worker`: a process that audits a part for `tguard audit`; not for people. */
export function auditWorkerCommand(): Command {
  return new Command("audit-worker").action(async () => {
    const [{ auditPart }, { rules }] = await Promise.all([
      import("../audit/audit.ts"),
      import("../rules/index.generated.ts"),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    const part = JSON.parse(Buffer.concat(chunks).toString("utf8")); // our own program wrote it
    await auditPart(part, rules, (index, result) => write(`${JSON.stringify([index, result])}\n`));
  });
}

/** To the pipe that the audit made, all of it. */
function write(line: string): void {
  const bytes = Buffer.from(line);
  for (let at = 0; at < bytes.length; ) at += writeSync(3, bytes, at);
}
