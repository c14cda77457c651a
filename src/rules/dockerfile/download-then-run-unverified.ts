import {
  isVerifier,
  pathKey,
  stepsOf,
  useOf,
  walkStages,
} from "../../audit/dockerfile/helpers-fetched.ts";
import { isLocalUrl, shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { type Download, downloadsOf } from "../../audit/shell/downloads.ts";
import { scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1403",
    name: "download-then-run-unverified",
    target: "dockerfile",
    severity: "high",
    confidence: "medium",
    summary: "A downloaded file is run, unpacked or installed without a check",
    why: "Whoever takes over the server, its account at the host of downloads, or the way there decides what the image runs. HTTPS says that the server is the right one, not that the file is.",
    howToFix:
      'Compare it with a sum that stands in the Dockerfile: `echo "<sha256>  file" | sha256sum -c -`, or verify a signature by a known key. `ADD --checksum=sha256:… URL` does both in one.',
    bad: "FROM debian:12\nRUN curl -fsSLo app.tgz https://example.com/app.tgz && tar xzf app.tgz\n",
    good: 'FROM debian:12\nRUN curl -fsSLo app.tgz https://example.com/app.tgz && echo "24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d  app.tgz" | sha256sum -c - && tar xzf app.tgz\n',
    since: "0.1.0",
    aliases: [],
    cwe: ["CWE-494", "CWE-345"],
    references: [
      "https://cwe.mitre.org/data/definitions/494.html",
      "https://docs.docker.com/reference/dockerfile/#add---checksum",
    ],
  },

  check(dockerfile, report) {
    const told = new Set<Download>();
    const start = (): OpenFiles => new Map();
    walkStages(
      dockerfile,
      start,
      (open) => new Map(open),
      (stage, open) => {
        for (const run of stepsOf(stage))
          for (const command of scriptOf(dockerfile, run).commands) {
            // One check often stands for several files: all that were fetched before it count as checked.
            if (isVerifier(command)) open.clear();
            for (const [key, download] of open) {
              const use = useOf(command, key);
              if (use === undefined) continue;
              open.delete(key);
              if (told.has(download)) continue;
              told.add(download);
              const [word = command] = command.words;
              report(
                download.word.span,
                `what "${shownUrl(download.url)}" gives is ${use} without a check`,
                { related: [{ span: word.span, message: `${use} here` }] },
              );
            }
            for (const download of downloadsOf(command))
              if (isOfInterest(download) && open.size < MAX_OPEN)
                open.set(pathKey(download.file ?? "", command.directory), download);
          }
      },
    );
  },
});

/** Files that were fetched and that nothing has looked at yet, by path. */
type OpenFiles = Map<string, Download>;

/** More files at a time than honest steps fetch; bounds the search. */
const MAX_OPEN = 64;

function isOfInterest({ url, file }: Download): boolean {
  // Keys and lists of repositories are what packages are checked with, and signatures what files are.
  return (
    file !== undefined &&
    !isLocalUrl(url) &&
    !/\.(?:asc|sig|gpg|key|pub|list|repo|sources|sha\d+(?:sum)?)$/i.test(file)
  );
}

export default rule;
