import { UserError } from "../base/error.ts";
import type { ContainerState } from "./manage.ts";

const COLUMNS = ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"] as const;

/**
 * Containers as a table with runc's columns, as JSON, or (`quiet`) one id a line.
 * @throws UserError for another format.
 */
export function formatList(containers: readonly ContainerState[], format: string): string {
  switch (format) {
    case "quiet":
      return containers.map(({ id }) => `${id}\n`).join("");
    case "json":
      return `${JSON.stringify(containers)}\n`;
    case "table":
      return table(containers);
    default:
      throw new UserError(`unknown format ${JSON.stringify(format)}`, {
        where: "--format",
        hint: "use table or json",
      });
  }
}

function table(containers: readonly ContainerState[]): string {
  const rows = [
    COLUMNS,
    ...containers.map((c) => [c.id, String(c.pid), c.status, c.bundle, c.created, c.owner]),
  ];
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("   ")
          .trimEnd()}\n`,
    )
    .join("");
}
