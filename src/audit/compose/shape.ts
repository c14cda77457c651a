import type { ComposeMap, ComposeNode, ComposeProblem } from "./model.ts";

type Kind = ComposeNode["kind"];

/**
 * What the compose specification (github.com/compose-spec/compose-go, schema/compose-spec.json) lets stand at the keys
 * that rules read. A rule that met another kind would have to stay silent, and silence would look like a pass.
 */
const serviceShape: Readonly<Record<string, readonly Kind[]>> = {
  build: ["scalar", "map"],
  cap_add: ["list"],
  cap_drop: ["list"],
  cgroup: ["scalar"],
  cgroup_parent: ["scalar"],
  deploy: ["map"],
  device_cgroup_rules: ["list"],
  devices: ["list"],
  env_file: ["scalar", "list"],
  environment: ["map", "list"],
  group_add: ["list"],
  healthcheck: ["map"],
  image: ["scalar"],
  ipc: ["scalar"],
  labels: ["map", "list"],
  network_mode: ["scalar"],
  pid: ["scalar"],
  ports: ["list"],
  privileged: ["scalar"],
  read_only: ["scalar"],
  restart: ["scalar"],
  runtime: ["scalar"],
  security_opt: ["list"],
  sysctls: ["map", "list"],
  ulimits: ["map"],
  userns_mode: ["scalar"],
  uts: ["scalar"],
  volumes: ["list"],
};

const kindNames: Readonly<Record<Kind, string>> = {
  scalar: "a single value",
  map: "a mapping",
  list: "a list",
};

/** Services and settings of a kind that compose refuses. */
export function shapeProblems(document: ComposeMap): readonly ComposeProblem[] {
  const services = document.entries.get("services");
  if (services === undefined || isNull(services.value)) return [];
  if (services.value.kind !== "map")
    return [{ message: `"services" must be a mapping`, span: services.keySpan }];
  const problems: ComposeProblem[] = [];
  for (const { key, keySpan, value } of services.value.entries.values()) {
    if (value.kind === "map") problems.push(...settingProblems(value));
    else if (!isNull(value))
      problems.push({ message: `service "${key}" must be a mapping`, span: keySpan });
  }
  return problems;
}

function settingProblems({ entries }: ComposeMap): readonly ComposeProblem[] {
  return [...entries.values()].flatMap(({ key, keySpan, value }) => {
    const kinds = Object.hasOwn(serviceShape, key) ? serviceShape[key] : undefined;
    if (kinds === undefined || kinds.includes(value.kind) || isNull(value)) return [];
    const wanted = kinds.map((kind) => kindNames[kind]).join(" or ");
    return [{ message: `"${key}" must be ${wanted}`, span: keySpan }];
  });
}

const isNull = (node: ComposeNode): boolean => node.kind === "scalar" && node.isNull;
