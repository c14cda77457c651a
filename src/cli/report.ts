import { type Format, formats } from "../audit/formats.ts";
import type { AuditReport } from "../audit/result.ts";
import { UserError } from "../base/error.ts";
import type { ColorMode } from "./output.ts";

/** One report that the command line asks for. */
export interface Output {
  readonly format: Format;
  /** File to write; `undefined`: standard output. */
  readonly path: string | undefined;
}

/** How reports for people look. */
export interface Look {
  readonly color: ColorMode;
  readonly isQuiet: boolean;
}

/** Take `sarif` or `sarif=out.sarif` apart; `undefined` when the format is none. */
export function parseOutput(value: string): Output | undefined {
  const equals = value.indexOf("=");
  const name = equals === -1 ? value : value.slice(0, equals);
  const path = equals === -1 ? undefined : value.slice(equals + 1);
  const format = formats.find((known) => known === name);
  return format === undefined || path === "" ? undefined : { format, path };
}

/**
 * The reports to write: those of `--format`, or the configured one; `--output` gives the one without a file its place.
 * @throws UserError when two reports would go to one place.
 */
export function outputsOf(
  asked: readonly Output[],
  configured: Format,
  path: string | undefined,
): readonly Output[] {
  const outputs = (asked.length === 0 ? [{ format: configured, path: undefined }] : asked).map(
    (output) => ({ ...output, path: output.path ?? path }),
  );
  const places = outputs.map((output) => output.path ?? "standard output");
  const twice = places.find((place, i) => places.indexOf(place) !== i);
  if (twice !== undefined) {
    throw new UserError(`two reports would go to ${twice}`, {
      where: "--format",
      hint: "give each a file: --format table --format sarif=audit.sarif",
      exitCode: 2,
    });
  }
  return outputs;
}

/** The text of a report in one format. */
export async function render(report: AuditReport, output: Output, look: Look): Promise<string> {
  const { version } = await import("../base/version.ts");
  switch (output.format) {
    case "table": {
      const { formatTable } = await import("../report/table.ts");
      const { columnsOf, isColoured } = await import("./output.ts");
      const stream = output.path === undefined ? process.stdout : {};
      return formatTable(report, {
        isColoured: isColoured(look.color, stream),
        columns: columnsOf(stream),
        isQuiet: look.isQuiet,
      });
    }
    case "json":
      return (await import("../report/json.ts")).formatJson(report, version);
    case "sarif": {
      const { formatSarif } = await import("../report/sarif.ts");
      return formatSarif(report, await import("../base/version.ts"));
    }
    case "ndjson":
      return (await import("../report/ndjson.ts")).formatNdjson(report);
    case "github":
      return (await import("../report/github.ts")).formatGithub(report);
    case "gitlab":
      return (await import("../report/gitlab.ts")).formatGitlabCodeQuality(report);
    case "gitlab-sast":
      return (await import("../report/gitlab.ts")).formatGitlabSast(report, version, new Date());
    case "junit":
      return (await import("../report/junit.ts")).formatJunit(report);
    case "checkstyle":
      return (await import("../report/checkstyle.ts")).formatCheckstyle(report);
    case "sonar":
      return (await import("../report/sonar.ts")).formatSonar(report);
    case "markdown":
      return (await import("../report/markdown.ts")).formatMarkdown(report);
    case "html":
      return (await import("../report/html.ts")).formatHtml(report, { version, now: new Date() });
  }
}
