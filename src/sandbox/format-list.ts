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
  // Go's tabwriter with runc's settings: three spaces between columns, none narrower than twelve.
  const widths = COLUMNS.map((_, i) =>
    Math.max(12, ...rows.map((row) => (row[i]?.length ?? 0) + 3)),
  );
  return rows
    .map((row) => {
      const last = row.at(-1) ?? "";
      const padded = row.slice(0, -1).map((cell, i) => cell.padEnd(widths[i] ?? 0));
      return `${padded.join("")}${last}\n`;
    })
    .join("");
}
