import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parse as parseYaml } from "yaml";
import type { DockerContext } from "../src/audit/dockerfile/context.ts";
import { readContext } from "../src/audit/dockerfile/context-folder.ts";
import { contextOf } from "../test/support/rule-tester.ts";

/** A finding that a peer's own test, or the peer itself, puts on a file; line 0 stands for the whole file. */
export interface Expected {
  readonly rule: string;
  readonly line: number;
}

/** A Dockerfile with what one peer says about it. */
export interface OracleCase {
  readonly tool: string;
  readonly file: string;
  readonly text: string;
  readonly context: DockerContext | undefined;
  readonly expected: readonly Expected[];
  /** Peer's rules that the case decides: a finding of ours for another one is neither right nor wrong. */
  readonly judges: (rule: string) => boolean;
}

const read = (path: string): string => readFileSync(path, "utf8");

/** Files below a folder, in order of their paths. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Peers write one id in several ways: `DS-0026` and `AVD-DS-0026` are trivy's `DS026`. */
export const plainId = (id: string): string => id.replace(/^(?:AVD-)?DS-0(\d{3})$/, "DS$1");

/** Everything the peers' own test cases in a folder of corpora expect. */
export function casesOf(corpora: string): readonly OracleCase[] {
  return [
    ...buildkitCases(corpora),
    ...kicsCases(corpora),
    ...checkovCases(corpora),
    ...trivyCheckCases(corpora),
    ...trivyGoldenCases(corpora),
  ];
}

interface LintCase {
  readonly test: string;
  readonly case: number;
  readonly dockerfile: string;
  readonly warnings: readonly { readonly rule: string; readonly line: number }[];
  readonly dockerignore?: string | null;
  readonly frontendAttrs?: Readonly<Record<string, string>>;
  readonly note?: string;
}

function buildkitCases(corpora: string): readonly OracleCase[] {
  const path = join(corpora, "buildkit/lint_cases.json");
  if (!existsSync(path)) return [];
  const cases = JSON.parse(read(path)) as readonly LintCase[];
  // Build arguments change what the builder sees, and templates are no Dockerfiles.
  const usable = cases.filter(
    ({ frontendAttrs, note }) => note === undefined && frontendAttrs === undefined,
  );
  return usable.map((one) => ({
    tool: "buildkit",
    file: `buildkit/${one.test}/${one.case}`,
    text: one.dockerfile,
    context:
      typeof one.dockerignore === "string"
        ? contextOf({ ".dockerignore": one.dockerignore, Dockerfile: one.dockerfile })
        : undefined,
    expected: one.warnings.map(({ rule, line }) => ({ rule, line })),
    judges: () => true,
  }));
}

interface KicsResult {
  readonly line: number;
  readonly fileName?: string;
}

function kicsCases(corpora: string): readonly OracleCase[] {
  const folder = join(corpora, "kics/assets/queries/dockerfile");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((query) => {
      const { id } = JSON.parse(read(join(folder, query, "metadata.json"))) as { id: string };
      const tests = join(folder, query, "test");
      const results = JSON.parse(
        read(join(tests, "positive_expected_result.json")),
      ) as readonly KicsResult[];
      return readdirSync(tests)
        .sort()
        .filter((name) => /^(?:positive|negative).*dockerfile$/i.test(name))
        .map((name) => ({
          tool: "kics",
          file: `kics/${query}/${name}`,
          text: read(join(tests, name)),
          context: undefined,
          expected: results
            .filter(
              ({ fileName }) =>
                name.startsWith("positive") && (fileName === undefined || fileName === name),
            )
            .map(({ line }) => ({ rule: id, line })),
          judges: (rule: string) => rule === id,
        }));
    });
}

/** Folders of checkov's tests by the check they are about. */
const checkovIds: Readonly<Record<string, string>> = {
  example_AddExists: "CKV_DOCKER_4",
  example_AliasIsUnique: "CKV_DOCKER_11",
  example_ExposePort22: "CKV_DOCKER_1",
  example_HealthcheckExists: "CKV_DOCKER_2",
  example_MaintainerExists: "CKV_DOCKER_6",
  example_ReferenceLatestTag: "CKV_DOCKER_7",
  example_RootUser: "CKV_DOCKER_8",
  example_RunUsingAPT: "CKV_DOCKER_9",
  example_UpdateNotAlone: "CKV_DOCKER_5",
  example_UserExists: "CKV_DOCKER_3",
  example_WorkdirIsAbsolute: "CKV_DOCKER_10",
  EnvGitSslNoVerify: "CKV2_DOCKER_14",
  EnvNodeTlsRejectUnauthorized: "CKV2_DOCKER_6",
  EnvNpmConfigStrictSsl: "CKV2_DOCKER_12",
  EnvPipTrustedHost: "CKV2_DOCKER_16",
  EnvPythonHttpsVerify: "CKV2_DOCKER_5",
  RunApkAllowUntrusted: "CKV2_DOCKER_7",
  RunAptGetAllowUnauthenticated: "CKV2_DOCKER_8",
  RunAptGetForceYes: "CKV2_DOCKER_11",
  RunChpasswd: "CKV2_DOCKER_17",
  RunNpmConfigSetStrictSsl: "CKV2_DOCKER_13",
  RunPipTrustedHost: "CKV2_DOCKER_4",
  RunRpmNoSignature: "CKV2_DOCKER_10",
  RunUnsafeCurl: "CKV2_DOCKER_2",
  RunUnsafeWget: "CKV2_DOCKER_3",
  RunUsingSudo: "CKV2_DOCKER_1",
  RunYumConfigManagerSslVerify: "CKV2_DOCKER_15",
  RunYumNoGpgCheck: "CKV2_DOCKER_9",
};

function checkovCases(corpora: string): readonly OracleCase[] {
  const folder = join(corpora, "checkov/tests/dockerfile");
  return filesBelow(folder).flatMap((path) => {
    if (!basename(path).startsWith("Dockerfile")) return [];
    const verdict = basename(dirname(path));
    const id = checkovIds[basename(dirname(dirname(path)))];
    if (id === undefined || !/^(?:fail|pass|success)/.test(verdict)) return [];
    return {
      tool: "checkov",
      file: relative(corpora, path),
      text: read(path),
      context: undefined,
      expected: verdict.startsWith("fail") ? [{ rule: id, line: 0 }] : [],
      judges: (rule: string) => rule === id,
    };
  });
}

/** trivy-checks' examples, whose files are named after the check. */
const trivyIds: Readonly<Record<string, string>> = {
  add_instead_of_copy: "DS005",
  apt_get_missing_yes_flag_to_avoid_manual_input: "DS021",
  copy_from_references_current_from_alias: "DS006",
  copy_with_more_than_two_arguments_not_ending_with_slash: "DS011",
  latest_tag: "DS001",
  maintainer_is_deprecated: "DS022",
  missing_dnf_clean_all: "DS019",
  missing_zypper_clean: "DS020",
  multiple_cmd_instructions_listed: "DS016",
  multiple_entrypoint_instructions_listed: "DS007",
  multiple_healthcheck_instructions: "DS023",
  port22: "DS004",
  root_user: "DS002",
  run_apt_get_dist_upgrade: "DS024",
  run_command_cd_instead_of_workdir: "DS013",
  run_using_sudo: "DS010",
  run_using_wget_and_curl: "DS014",
  same_alias_in_different_froms: "DS012",
  unix_ports_out_of_range: "DS008",
  update_instruction_alone: "DS017",
  workdir_path_not_absolute: "DS009",
  yum_clean_all_missing: "DS015",
};

function trivyCheckCases(corpora: string): readonly OracleCase[] {
  const folder = join(corpora, "trivy-checks/checks/docker");
  return filesBelow(folder).flatMap((path) => {
    const name = basename(path, ".yaml");
    const id = trivyIds[name];
    if (id === undefined) return [];
    const { dockerfile } = parseYaml(read(path)) as {
      dockerfile: Readonly<Record<"good" | "bad", readonly string[] | undefined>>;
    };
    return (["good", "bad"] as const).flatMap((verdict) =>
      (dockerfile[verdict] ?? []).map((text, i) => ({
        tool: "trivy",
        file: `trivy-checks/${name}/${verdict}${i + 1}`,
        text,
        context: undefined,
        expected: verdict === "bad" ? [{ rule: id, line: 0 }] : [],
        judges: (rule: string) => rule === id,
      })),
    );
  });
}

interface Golden {
  readonly Results: readonly {
    readonly Misconfigurations?: readonly {
      readonly ID: string;
      readonly CauseMetadata?: { readonly StartLine?: number };
    }[];
  }[];
}

function trivyGoldenCases(corpora: string): readonly OracleCase[] {
  const folder = join(corpora, "trivy/integration/testdata");
  const path = join(folder, "dockerfile.json.golden");
  if (!existsSync(path)) return [];
  const { Results } = JSON.parse(read(path)) as Golden;
  const found = Results.flatMap(({ Misconfigurations = [] }) => Misconfigurations);
  return [
    {
      tool: "trivy",
      file: "trivy/dockerfile.json.golden",
      text: read(join(folder, "fixtures/repo/dockerfile/Dockerfile")),
      context: undefined,
      expected: found.map(({ ID, CauseMetadata }) => ({
        rule: plainId(ID),
        line: CauseMetadata?.StartLine ?? 0,
      })),
      judges: () => true,
    },
  ];
}

/** What a peer writes when it cannot read a file: then it says nothing about the rest. */
const unread = new Set(["DL1000", "ERROR"]);

/** Real files with what peers found in them: a table of file, tool, rule, line, and the folder of the files. */
export function realCasesOf(table: string, folder: string): readonly OracleCase[] {
  const byFile = new Map<string, Map<string, Expected[]>>();
  const rulesOf = new Map<string, Set<string>>();
  for (const row of read(table).split("\n")) {
    const [file, tool, rule, line] = row.split("\t");
    if (file === undefined || tool === undefined || rule === undefined) continue;
    const tools = byFile.get(file) ?? new Map<string, Expected[]>();
    byFile.set(file, tools);
    const expected = tools.get(tool) ?? [];
    tools.set(tool, expected);
    expected.push({ rule: plainId(rule), line: Number(line) });
    rulesOf.set(tool, (rulesOf.get(tool) ?? new Set()).add(plainId(rule)));
  }
  return [...byFile].flatMap(([file, tools]) => {
    const path = join(folder, file);
    const text = read(path);
    const context = readContext(path);
    return [...rulesOf].flatMap(([tool, rules]) => {
      const expected = tools.get(tool) ?? [];
      if (expected.some(({ rule }) => unread.has(rule))) return [];
      const judges = (rule: string): boolean => rules.has(rule);
      return { tool: `${tool} (real)`, file, text, context, expected, judges };
    });
  });
}
