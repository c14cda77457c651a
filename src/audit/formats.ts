/** Report formats of `tguard audit`, in the order in which help lists them. */
export const formats = [
  "table",
  "sarif",
  "json",
  "ndjson",
  "github",
  "gitlab",
  "gitlab-sast",
  "junit",
  "checkstyle",
  "sonar",
  "markdown",
  "html",
] as const;

export type Format = (typeof formats)[number];
