import type { BaseImage } from "./model.ts";

// Images whose publishers give them an ordinary user; by registry and repository, and by words of the name or tag.
const ORDINARY_USER: readonly RegExp[] = [
  // edu.chainguard.dev: images run as user nonroot (65532).
  /^(?:docker\.io\/)?chainguard\//,
  /^cgr\.dev\//,
  // docs.docker.com/dhi: runtime images run as nonroot.
  /^dhi\.io\//,
  // Bitnami's images run as 1001; its own base system does not.
  /^(?:(?:docker\.io|public\.ecr\.aws)\/)?bitnami(?:secure|legacy)?\/(?!minideb(?:[:@]|$))/,
  // GoogleContainerTools/distroless: tags `nonroot` and `debug-nonroot`.
  /[:-]nonroot(?:[-@]|$)/,
  /[:/-](?:rootless|unprivileged)(?:[:@-]|$)/,
  // learn.microsoft.com: chiseled .NET images run as `app`, nanoserver as ContainerUser.
  /[:-]chiseled(?:[-@]|$)/,
  /(?:[:-]|\/windows\/)nanoserver(?:[:@-]|$)/,
  /^(?:docker\.io\/)?(?:jenkins\/jenkins|grafana\/grafana|prom\/[\w-]+|apache\/airflow)(?:[:@]|$)/,
  /^(?:registry\.access\.redhat\.com|registry\.redhat\.io)\/ubi\d+\/(?:nodejs|python|ruby|perl|php|go-toolset|openjdk|httpd|nginx)-/,
  /^quay\.io\/keycloak\/keycloak(?:[:@]|$)/,
];

/** True when the base image is known to set an ordinary user, or cannot be told at all. */
export function setsUser({ kind, reference, isNameKnown, isResolved }: BaseImage): boolean {
  if (kind === "scratch") return false;
  // `$IMAGE`, and `{{image}}` of a template.
  if (!isNameKnown || !/^[\w$]/.test(reference)) return true;
  // The tag decides with these, and a variable hides it.
  if (!isResolved && /(?:^|\/)distroless\//.test(reference)) return true;
  return ORDINARY_USER.some((pattern) => pattern.test(reference));
}
