import { fetchedUrls } from "../../audit/dockerfile/helpers-fetched-urls.ts";
import { shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1408",
    name: "branch-archive-url",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "A download takes the newest state of a branch",
    why: "Whatever is pushed to the branch is in the next build, reviewed or not, and without a trace in the Dockerfile. A build of last month cannot be made again.",
    howToFix:
      "Put the commit in the branch's place: `https://raw.githubusercontent.com/o/r/<commit>/install.sh`, or a tag, and check the sum.",
    bad: "FROM debian:12\nRUN curl -fsSLO https://raw.githubusercontent.com/o/r/main/install.sh\n",
    good: "FROM debian:12\nRUN curl -fsSLO https://raw.githubusercontent.com/o/r/4b825dc642cb6eb9a060e54bf8d69288fbee4904/install.sh\n",
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-1357", "CWE-494"],
    references: [
      "https://docs.github.com/repositories/working-with-files/using-files/getting-permanent-links-to-files",
      "https://docs.github.com/repositories/working-with-files/using-files/downloading-source-code-archives",
    ],
  },

  check(dockerfile, report) {
    for (const { url, span } of fetchedUrls(dockerfile)) {
      const branch = branchOf(url);
      if (branch !== undefined) report(span, `"${shownUrl(url)}" changes with branch "${branch}"`);
    }
  },
});

const BRANCH = "(main|master|develop|development|dev|trunk|HEAD|next|nightly)";

const FORMS: readonly RegExp[] = [
  new RegExp(
    `^https?://raw\\.githubusercontent\\.com/[^/]{1,100}/[^/]{1,100}/(?:refs/heads/)?${BRANCH}/`,
  ),
  /^https?:\/\/raw\.githubusercontent\.com\/[^/]{1,100}\/[^/]{1,100}\/refs\/heads\/([^/$]{1,100})\//,
  new RegExp(
    `^https?://(?:www\\.)?github\\.com/[^/]{1,100}/[^/]{1,100}/(?:raw|blob)/(?:refs/heads/)?${BRANCH}/`,
  ),
  new RegExp(
    `/(?:archive|tarball|zipball)/(?:refs/heads/)?${BRANCH}(?:\\.(?:tar\\.gz|tgz|zip|tar\\.bz2))?$`,
  ),
  /\/archive\/refs\/heads\/([^$]{1,100}?)\.(?:tar\.gz|zip)$/,
  new RegExp(
    `^https?://codeload\\.github\\.com/[^/]{1,100}/[^/]{1,100}/(?:tar\\.gz|zip|legacy\\.\\w{1,10}(?:\\.gz)?)/(?:refs/heads/)?${BRANCH}$`,
  ),
  // GitLab, Gitea and Forgejo.
  new RegExp(`/-/(?:raw|archive)/${BRANCH}/`),
  /\/raw\/branch\/([^/$]{1,100})\//,
];

/** The branch that an address of a forge names. */
function branchOf(url: string): string | undefined {
  const path = url.replace(/[?#].*$/s, "");
  for (const form of FORMS) {
    const branch = form.exec(path)?.[1];
    if (branch !== undefined) return branch;
  }
  return undefined;
}

export default rule;
