import type { Artifact, ArtifactLocation, Log, ReportingDescriptor, Result, Run } from "sarif";
import { UserError } from "../base/error.ts";

/** A SARIF file to merge, by its name. */
export interface SarifFile {
  readonly path: string;
  readonly log: Log;
}

/**
 * Check that a JSON value is a SARIF 2.1.0 log with runs of tguard.
 * @throws UserError when it is not
 */
export function asTguardLog(path: string, value: unknown): Log {
  const log = value as Partial<Log> | null;
  const isLog = typeof log === "object" && log?.version === "2.1.0" && Array.isArray(log.runs);
  const isOurs =
    isLog &&
    log.runs?.every(
      (run) =>
        run?.tool?.driver?.name === "tguard" &&
        (run.results === undefined || Array.isArray(run.results)),
    );
  if (!isOurs) {
    throw new UserError(`"${path}" is not a SARIF report of tguard`, {
      hint: "name files that tguard audit --format sarif wrote",
      exitCode: 2,
    });
  }
  return value as Log;
}

/**
 * One report of several: a run with every rule and result once. Results are in the order of their places, whatever
 * order the files come in, so that the shards of an audit merge to the same report each time.
 */
export function mergeSarif(files: readonly SarifFile[]): Log {
  const runs = files.flatMap(({ log }) => log.runs);
  const [first] = runs;
  if (first === undefined) throw new UserError("there is no run to merge", { exitCode: 2 });
  const rules = byId(runs.flatMap((run) => run.tool.driver.rules ?? []));
  const notifications = byId(runs.flatMap((run) => run.tool.driver.notifications ?? []));
  const artifacts = uniqueArtifacts(runs);
  const ruleIndexes = new Map(rules.map(({ id }, i) => [id, i]));
  const artifactIndexes = new Map(artifacts.map(({ location }, i) => [location?.uri ?? "", i]));
  const execution = runs.flatMap((run) => run.invocations ?? []);
  const told = execution.flatMap((invocation) => invocation.toolExecutionNotifications ?? []);
  const run: Run = {
    ...first,
    tool: {
      driver: {
        ...withoutNotifications(first.tool.driver),
        rules,
        ...(notifications.length > 0 && { notifications }),
      },
    },
    invocations: [
      {
        executionSuccessful: execution.every(({ executionSuccessful }) => executionSuccessful),
        ...(told.length > 0 && { toolExecutionNotifications: unique(told) }),
      },
    ],
    artifacts,
    results: unique(
      runs.flatMap((r) =>
        (r.results ?? []).map((result) => reindexed(result, ruleIndexes, artifactIndexes)),
      ),
    ).sort(byPlace),
  };
  return { ...(files[0]?.log ?? { version: "2.1.0" }), runs: [run] };
}

function withoutNotifications({
  notifications: _,
  ...driver
}: Run["tool"]["driver"]): Run["tool"]["driver"] {
  return driver;
}

function byId(descriptors: readonly ReportingDescriptor[]): ReportingDescriptor[] {
  const known = new Map(descriptors.map((descriptor) => [descriptor.id, descriptor]));
  return [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function uniqueArtifacts(runs: readonly Run[]): Artifact[] {
  const all = runs.flatMap((run) => run.artifacts ?? []);
  const known = new Map(all.map((artifact) => [artifact.location?.uri ?? "", artifact]));
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, artifact]) => artifact);
}

/** Equal values once: a file that two shards were given is reported once. */
function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** The result with the indexes of the merged run. */
function reindexed(
  result: Result,
  rules: ReadonlyMap<string, number>,
  artifacts: ReadonlyMap<string, number>,
): Result {
  const locate = (location: ArtifactLocation): ArtifactLocation => {
    const index = artifacts.get(location.uri ?? "");
    return index === undefined ? location : { ...location, index };
  };
  // Artifact locations stand at many depths of a result; nothing else in it has this shape.
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key === "artifactLocation" ? locate(item as ArtifactLocation) : walk(item),
      ]),
    );
  };
  const ruleIndex = rules.get(result.ruleId ?? "");
  return { ...(walk(result) as Result), ...(ruleIndex !== undefined && { ruleIndex }) };
}

function byPlace(a: Result, b: Result): number {
  const key = ({ locations, ruleId = "" }: Result): readonly (string | number)[] => {
    const { artifactLocation, region } = locations?.[0]?.physicalLocation ?? {};
    return [
      artifactLocation?.uri ?? "",
      region?.startLine ?? 0,
      region?.startColumn ?? 0,
      region?.endLine ?? 0,
      region?.endColumn ?? 0,
      ruleId,
    ];
  };
  const [left, right] = [key(a), key(b)];
  for (const [i, value] of left.entries()) {
    const other = right[i] ?? "";
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

/** Exit status as of one audit of all: 2 something was not audited, 1 an open result at or above the level, else 0. */
export function mergedStatus(log: Log, failOn: "error" | "warning" | "note" | "none"): 0 | 1 | 2 {
  const runs = log.runs;
  if (runs.some((run) => run.invocations?.some((i) => !i.executionSuccessful))) return 2;
  const levels = ["note", "warning", "error"];
  const threshold = failOn === "none" ? levels.length : levels.indexOf(failOn);
  const fails = runs.some((run) =>
    run.results?.some(
      ({ level = "warning", suppressions = [] }) =>
        suppressions.length === 0 && levels.indexOf(level) >= threshold,
    ),
  );
  return fails ? 1 : 0;
}
