/** A failure to tell the user about: what failed, where it was asked for, why, and what to do. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** `config.json /mounts/2`, `Dockerfile:7:3`, or a path. */
  readonly where: string | undefined;
  /** One thing the user can do now. */
  readonly hint: string | undefined;
  /** Process exit status that the failure asks for; the command's default when absent. */
  readonly exitCode: number | undefined;

  constructor(
    what: string,
    details: { where?: string; hint?: string; cause?: unknown; exitCode?: number } = {},
  ) {
    super(what, details.cause === undefined ? undefined : { cause: details.cause });
    this.where = details.where;
    this.hint = details.hint;
    this.exitCode = details.exitCode;
  }
}

/** Render an error chain as stderr text: one line a fact, aligned as users of the program know it. */
export function formatError(error: UserError): string {
  const lines = [`tguard: ${error.message}`];
  if (error.where !== undefined) lines.push(`  from  ${error.where}`);
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause)
    lines.push(`  why   ${cause.message}`);
  if (error.hint !== undefined) lines.push(`  try   ${error.hint}`);
  return `${lines.join("\n")}\n`;
}

/** True for the errors that `node:` calls throw, so that `code` can be read (`ENOENT`, …). */
export function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}
