import {
  escapePointer,
  JsonCursor,
  type JsonSource,
  parseJsonSource,
} from "../../base/json-source.ts";
import { parseImageConfig } from "../../image/image-spec.ts";
import type { ImageDocuments } from "../../image/layout.ts";
import { parseHistoryStep, secretsInHistory } from "./history.ts";
import type { EnvVariable, ExposedPort, HistoryEntry, ImageModel } from "./model.ts";
import { findCredentials, isSecretName, maskRanges, mayBeSecretValue } from "./secrets.ts";

/** Deepest nesting of an image config that is read. */
const MAX_CONFIG_DEPTH = 32;
/** Longest `created_by` that is taken apart, in UTF-16 code units; BuildKit writes heredocs in full. */
const MAX_CREATED_BY = 256 * 1024;

/**
 * Make the model of an image from its documents. Pure: the date of the audit comes from the caller.
 * @throws UserError when the config is not JSON or has a wrong type somewhere.
 */
export function parseImage(
  documents: ImageDocuments,
  { displayName, auditedAt }: { displayName: string; auditedAt: string },
): ImageModel {
  // Indenting for display costs bytes by depth; real configs are four levels deep.
  const source = parseJsonSource(documents.configText, {
    name: documents.configPath,
    maxDepth: MAX_CONFIG_DEPTH,
  });
  const file = parseImageConfig(source);
  const env = file.config.env.map(parseEnv);
  const history = file.history.map((entry, i): HistoryEntry => {
    const createdBy = (entry.createdBy ?? "").slice(0, MAX_CREATED_BY);
    return {
      pointer: entry.createdBy === undefined ? `/history/${i}` : `/history/${i}/created_by`,
      created: entry.created,
      createdBy,
      comment: entry.comment,
      isEmptyLayer: entry.isEmptyLayer,
      step: parseHistoryStep(createdBy),
    };
  });

  // What is shown is indented, so that places are lines, and has no secret in it: reports quote it.
  const shown = withoutSecrets(source, env, history);
  const { config } = file;
  return {
    displayName,
    path: documents.configPath,
    text: shown.text,
    configMediaType: documents.configMediaType,
    configDigest: documents.configDigest,
    platform: file.platform,
    created: file.created,
    repoTags: documents.repoTags,
    auditedAt,
    config: {
      user: config.user,
      env,
      exposedPorts: config.exposedPorts.map((key) => parsePort(source, key)),
      entrypoint: config.entrypoint,
      cmd: config.cmd,
      workingDir: config.workingDir,
      volumes: config.volumes.map((path) => ({
        path,
        pointer: `/config/Volumes/${escapePointer(path)}`,
      })),
      labels: config.labels,
      stopSignal: config.stopSignal,
      healthcheck: config.healthcheck,
      shell: config.shell,
    },
    history,
    layers: documents.layers.map(({ digest, size, mediaType }) => ({ digest, size, mediaType })),
    spanOf: shown.spanOf,
    spanInString: shown.spanInString,
  };
}

function parseEnv(text: string, i: number): EnvVariable {
  const equals = text.indexOf("=");
  return {
    name: equals === -1 ? text : text.slice(0, equals),
    value: equals === -1 ? "" : text.slice(equals + 1),
    pointer: `/config/Env/${i}`,
  };
}

// image-spec, config.md#properties: "port/tcp", "port/udp", "port"; Docker writes ranges too.
function parsePort(source: JsonSource, key: string): ExposedPort {
  const pointer = `/config/ExposedPorts/${escapePointer(key)}`;
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/([a-z]+))?$/i.exec(key);
  if (match === null) return new JsonCursor(source, pointer).fail("is not a port such as 80/tcp");
  const first = Number(match[1]);
  return {
    first,
    last: match[2] === undefined ? first : Number(match[2]),
    protocol: (match[3] ?? "tcp").toLowerCase(),
    pointer,
  };
}

/** The config again as indented JSON; every secret in it is replaced by as many asterisks. */
function withoutSecrets(
  source: JsonSource,
  env: readonly EnvVariable[],
  history: readonly HistoryEntry[],
): JsonSource {
  const secrets = new Map<string, { start: number; end: number }[]>();
  for (const { name, value, pointer } of env)
    if (isSecretName(name) && mayBeSecretValue(value)) {
      const start = name.length + 1;
      secrets.set(pointer, [{ start, end: start + value.length }]);
    }
  for (const entry of history)
    secrets.set(
      entry.pointer,
      secretsInHistory(entry).map(({ start, end }) => ({ start, end })),
    );
  const mask = (value: unknown, pointer: string): unknown => {
    if (typeof value === "string")
      return maskRanges(value, [...(secrets.get(pointer) ?? []), ...findCredentials(value)]);
    if (Array.isArray(value)) return value.map((item, i) => mask(item, `${pointer}/${i}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        mask(item, `${pointer}/${escapePointer(key)}`),
      ]),
    );
  };
  const text = `${JSON.stringify(mask(source.value, ""), undefined, 2)}\n`;
  // Indentation makes it longer than what was read and checked.
  return parseJsonSource(text, { name: source.name, maxLength: Number.MAX_SAFE_INTEGER });
}
