import { fetchedUrls } from "../../audit/dockerfile/helpers-fetched-urls.ts";
import { shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1407",
    name: "latest-release-url",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A download takes whatever release is the latest",
    why: "Each build may get another program: one that breaks the image, or the release that somebody with a stolen account published an hour ago. No checksum can be written down for it.",
    howToFix:
      "Name the version, best in an `ARG` with a default that a robot raises: `ARG VERSION=1.2.3`, `…/releases/download/v$VERSION/app.tgz`.",
    bad: "FROM debian:12\nRUN curl -fsSLO https://github.com/o/app/releases/latest/download/app.tgz\n",
    good: "FROM debian:12\nARG VERSION=1.2.3\nRUN curl -fsSLO https://github.com/o/app/releases/download/v$VERSION/app.tgz\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-1357", "CWE-494"],
    references: [
      "https://docs.github.com/repositories/releasing-projects-on-github/linking-to-releases",
      "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    ],
  },

  check(dockerfile, report) {
    for (const { url, span } of fetchedUrls(dockerfile))
      if (isLatest(url)) report(span, `"${shownUrl(url)}" is another file with every release`);
  },
});

/** `/releases/latest`, `/latest/download/`, the lists of releases and tags of GitHub's and GitLab's API. */
function isLatest(url: string): boolean {
  const path = url.replace(/[?#].*$/s, "");
  return (
    /\/releases\/(?:permalink\/)?latest(?:\/|$)|\/latest\/download(?:\/|$)/.test(path) ||
    /^https?:\/\/api\.github\.com\/repos\/[^/]{1,100}\/[^/]{1,100}\/(?:releases|tags)\/?$/.test(
      path,
    ) ||
    /\/api\/v4\/projects\/[^/]{1,200}\/(?:releases|repository\/tags)\/?$/.test(path)
  );
}

export default rule;
