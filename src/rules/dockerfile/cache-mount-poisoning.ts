import { mountTarget } from "../../audit/dockerfile/helpers-mount.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import type { Mount, RunInstruction } from "../../audit/dockerfile/model.ts";
import {
  effectiveUser,
  externalBase,
  instructionsOf,
  stageOf,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1434",
    name: "cache-mount-poisoning",
    target: "dockerfile",
    severity: "low",
    confidence: "medium",
    summary: "Cache mount carries programs from one build into another",
    why: "What one build leaves in a cache is taken by the next as its own. A build of a branch that nobody reviewed, or of another base image, so hands programs to the build that ships.",
    howToFix:
      "Give each base image and user a cache `id=` of its own. Mount caches on folders of downloads, not on folders that `PATH` holds.",
    bad: "FROM golang:1.25\nRUN --mount=type=cache,target=/usr/local/bin go build -o /usr/local/bin/app .\n",
    good: "FROM golang:1.25\nRUN --mount=type=cache,target=/root/.cache/go-build go build -o /usr/local/bin/app .\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-349", "CWE-427"],
    references: [
      "https://docs.docker.com/reference/dockerfile/#run---mounttypecache",
      "https://docs.docker.com/build/cache/optimize/#use-cache-mounts",
    ],
  },

  check(dockerfile, report) {
    /** First user of each cache id. */
    const owners = new Map<string, { readonly mount: Mount; readonly maker: string }>();
    for (const run of instructionsOf(dockerfile, "run"))
      for (const mount of run.mounts) {
        if (mount.type !== "cache") continue;
        const target = mountTarget(dockerfile, run, mount);
        if (target !== undefined && isProgramFolder(target) && isInShippedLayers(dockerfile, run))
          report(mount.span, `cache on "${target}", where programs are looked for`);
        const id = mount.id?.value;
        const maker = makerOf(run);
        if (id === undefined || maker === undefined) continue;
        const owner = owners.get(id);
        if (owner === undefined) owners.set(id, { mount, maker });
        else if (owner.maker !== maker)
          report(
            mount.id?.span ?? mount.span,
            `cache "${id}" is shared with another base image or user`,
            {
              related: [{ span: owner.mount.span, message: "used here first" }],
            },
          );
      }

    /** Base image and user of a step, as far as known. */
    function makerOf(run: RunInstruction): string | undefined {
      const stage = stageOf(dockerfile, run);
      if (stage === undefined) return undefined;
      const { reference, isResolved } = externalBase(dockerfile, stage);
      const user = effectiveUser(dockerfile, run);
      if (!isResolved || (user !== undefined && user.user === undefined)) return undefined;
      return `${reference} ${user?.user ?? ""}`;
    }
  },
});

function isProgramFolder(path: string): boolean {
  return (
    /^(?:\/usr(?:\/local)?)?\/s?bin$/.test(path) ||
    /\/node_modules\/\.bin$|\/\.(?:cargo|local|bun|deno|dotnet\/tools)\/bin$|^\/(?:usr\/local\/cargo|go)\/bin$/.test(
      path,
    )
  );
}

export default rule;
