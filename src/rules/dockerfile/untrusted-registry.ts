import type { Dockerfile, ImageReference } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1103",
    name: "untrusted-registry",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Image comes from a registry that is not on the list of allowed ones",
    why: "What is built on an image runs that image's code. Registries that nobody vouches for are where look-alike and abandoned images wait to be pulled.",
    howToFix:
      "Take the image from an allowed registry (mirror it there), or add the registry to the option `allowed`. Without the option the rule is silent.",
    bad: "FROM registry.invalid/team/app:1\n",
    good: "FROM registry.example.com/team/app:1\n",
    since: "0.1.0",
    options: {
      allowed: {
        default: [],
        description:
          "Registries that images may come from: hosts (`docker.io` stands for names without one), `*.example.com`, `example*`, `*`, or a host with the beginning of a path, `ghcr.io/team`.",
      },
      buildContexts: {
        default: [],
        description: "Names given to `docker build --build-context`: these are no images.",
      },
    },
    exampleOptions: { allowed: ["*.example.com"] },
    aliases: [
      "hadolint:DL3026",
      "datadog-iac:d0b535a2-5e5f-d18f-52f8-cc59a3f236bd",
      "droast:DF065",
      "docker-bench:4.2",
      "dockerfile_lint:specified_registry",
      "dockerfile_lint:not_from_fedora",
    ],
    cwe: ["CWE-829"],
    benchmarks: ["CIS-Docker-4.2"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#from",
      "https://csrc.nist.gov/pubs/sp/800/190/final",
    ],
  },

  check(dockerfile, report, options) {
    const allowed = options.strings("allowed").map((entry) => entry.toLowerCase());
    const contexts = options.strings("buildContexts");
    if (allowed.length === 0) return;
    for (const { name, span, ...image } of imagesOf(dockerfile)) {
      if (contexts.includes(image.reference) || !isHostKnown(image)) continue;
      const host = hostOf(image.registry);
      if (allowed.some((entry) => matches(entry, host, image.repository))) continue;
      report(span, `image "${name}" comes from "${host}"`);
    }
  },
});

/** What FROM, `COPY --from` and `RUN --mount=from=` take from outside of the file. */
function imagesOf(dockerfile: Dockerfile): readonly ImageReference[] {
  const bases = dockerfile.stages.map(({ base }) => base).filter(({ kind }) => kind === "image");
  const sources = instructionsOf(dockerfile, "copy", "run").flatMap((node) =>
    node.kind === "run"
      ? node.mounts.flatMap(({ type, from }) =>
          from !== undefined && (type === "bind" || type === "cache") ? [from] : [],
        )
      : (node.from ?? []),
  );
  return [...bases, ...sources.filter(({ kind }) => kind === "image" || kind === "unknown")];
}

/** False when a variable of unknown value could hold the registry, or when the text is a template's. */
function isHostKnown({
  isResolved,
  registry,
  reference,
}: Pick<ImageReference, "isResolved" | "registry" | "reference">): boolean {
  if (isResolved) return /^\w/.test(reference);
  return registry !== undefined
    ? !registry.includes("$")
    : /^[\w.-]+[:/]/.test(reference) && !reference.startsWith("$");
}

// Docker's own names of its registry.
const DOCKER_HUB = ["hub.docker.com", "index.docker.io", "registry-1.docker.io"];

function hostOf(registry: string | undefined): string {
  const host = registry?.toLowerCase() ?? "docker.io";
  return DOCKER_HUB.includes(host) ? "docker.io" : host;
}

/** `host`, `*`, `*.suffix`, `prefix*`, or `host/path` for all below the path. */
function matches(entry: string, host: string, repository: string): boolean {
  const slash = entry.indexOf("/");
  if (slash !== -1) {
    const path = entry.slice(slash + 1).replace(/\/$/, "");
    const isBelow = repository === path || repository.startsWith(`${path}/`);
    return isBelow && matches(entry.slice(0, slash), host, repository);
  }
  if (entry === "*") return true;
  if (entry.startsWith("*")) return host.endsWith(entry.slice(1));
  if (entry.endsWith("*")) return host.startsWith(entry.slice(0, -1));
  return hostOf(entry) === host;
}

export default rule;
