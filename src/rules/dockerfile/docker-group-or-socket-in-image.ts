import { createdGroup, membershipsOf } from "../../audit/dockerfile/helpers-groups.ts";
import { isInShippedLayers } from "../../audit/dockerfile/helpers-shipped.ts";
import { startOf } from "../../audit/dockerfile/helpers-start.ts";
import type { BaseImage, Dockerfile, Stage } from "../../audit/dockerfile/model.ts";
import {
  environmentOf,
  externalBase,
  finalStage,
  instructionsOf,
  stageOf,
} from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { packages, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1441",
    name: "docker-group-or-socket-in-image",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "Image is made to talk to a Docker engine",
    why: "Whoever may talk to the engine starts a container with the host's files and is root on the host. A group `docker`, `DOCKER_HOST` or a `dockerd` in the image say that the container will get that access, or the privileges that an engine needs.",
    howToFix:
      "Build images without an engine (BuildKit rootless, Buildah, Kaniko), ask the engine through a proxy that allows single calls, or start it rootless.",
    bad: "FROM debian:12\nRUN groupadd docker && usermod -aG docker app\nUSER app\n",
    good: "FROM moby/buildkit:rootless\nUSER 1000\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-250", "CWE-269"],
    references: [
      "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
      "https://docs.docker.com/engine/security/rootless/",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const stage = stageOf(dockerfile, run);
      if (
        stage === undefined ||
        !isInShippedLayers(dockerfile, run) ||
        isEngineImage(externalBase(dockerfile, stage))
      )
        continue;
      for (const command of scriptOf(dockerfile, run).commands) {
        const made = createdGroup(command);
        if (made?.value === "docker") report(made.span, 'group "docker" is made');
        for (const { group, span } of membershipsOf(command))
          if (group === "docker") report(span, 'a user is put into group "docker"');
      }
    }
    const stage = finalStage(dockerfile);
    if (stage === undefined || isEngineImage(externalBase(dockerfile, stage))) return;
    const host = environmentOf(dockerfile, stage).get("DOCKER_HOST");
    if (host?.value !== undefined && host.value !== "" && hasClient(dockerfile, stage))
      report(host.span, `"DOCKER_HOST" leads the docker client to "${host.value}"`);
    const start = startOf(dockerfile, stage);
    const engine =
      start && scriptOf(dockerfile, start).commands.find(({ name }) => name === "dockerd");
    if (engine !== undefined) {
      const [word = engine] = engine.words;
      report(word.span, '"dockerd" is started as root');
    }
  },
});

/** Images that are there to run an engine. */
function isEngineImage({ repository, tag = "" }: BaseImage): boolean {
  const name = repository.split("/").at(-1) ?? "";
  return /^(?:docker|dind|dockerd|moby)$|dind|rootless/.test(name) || /dind|rootless/.test(tag);
}

/** The docker client is installed, or copied from Docker's image. */
function hasClient(dockerfile: Dockerfile, { index }: Stage): boolean {
  return (
    instructionsOf(dockerfile, "copy").some(
      ({ from, stageIndex }) =>
        stageIndex === index && from?.kind === "image" && /(?:^|\/)docker$/.test(from.repository),
    ) ||
    instructionsOf(dockerfile, "run").some((run) =>
      scriptOf(dockerfile, run).commands.some((command) =>
        packages(command).some(({ name }) =>
          /^(?:docker(?:\.io)?|docker-(?:ce|cli|engine)(?:-cli)?|podman-docker)$/.test(name),
        ),
      ),
    )
  );
}

export default rule;
