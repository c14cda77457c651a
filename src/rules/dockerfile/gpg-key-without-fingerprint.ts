import { namesFile, pathKey, stepsOf, walkStages } from "../../audit/dockerfile/helpers-fetched.ts";
import { checksFingerprint } from "../../audit/dockerfile/helpers-keys.ts";
import { isLocalUrl, shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import { type Download, downloadsOf } from "../../audit/shell/downloads.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, hasFlag, operands, pipeReaders, scriptOf } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1413",
    name: "gpg-key-without-fingerprint",
    target: "dockerfile",
    severity: "medium",
    confidence: "medium",
    summary: "A key from the network is trusted without a look at its fingerprint",
    why: "What signs the packages comes from the same place as the packages: whoever takes over the server gives his own key first, and all his packages verify.",
    howToFix:
      "Copy the key from the build context, add it with `ADD --checksum=`, or compare: `gpg --show-keys --with-colons key.asc | grep -q ^fpr:::::::::<fingerprint>:`.",
    bad: "FROM debian:12\nRUN curl -fsSL https://example.com/key.asc | gpg --dearmor -o /etc/apt/keyrings/vendor.gpg\n",
    good: "FROM debian:12\nCOPY vendor.asc /etc/apt/keyrings/vendor.asc\n",
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-322", "CWE-494"],
    references: [
      "https://www.gnupg.org/gph/en/manual/x56.html",
      "https://wiki.debian.org/DebianRepository/UseThirdParty",
    ],
  },

  check(dockerfile, report) {
    const told = new Set<Download>();
    const start = (): Map<string, Download> => new Map();
    walkStages(
      dockerfile,
      start,
      (files) => new Map(files),
      (stage, files) => {
        for (const run of stepsOf(stage)) {
          const script = scriptOf(dockerfile, run);
          const isChecked = checksFingerprint(script);
          for (const command of script.commands) {
            for (const download of downloadsOf(command)) {
              if (isLocalUrl(download.url)) continue;
              const key =
                download.file === undefined ? "" : pathKey(download.file, command.directory);
              if (!isChecked && isTrustedAtOnce(script, command, key)) tell(download);
              else if (download.file !== undefined && files.size < MAX_FILES)
                files.set(key, download);
            }
            if (isChecked || !takesKey(command)) continue;
            for (const [key, download] of files)
              if (operands(command).some((word) => namesFile(word, command.directory, key)))
                tell(download);
          }
        }
      },
    );

    function tell(download: Download): void {
      if (told.has(download)) return;
      told.add(download);
      report(download.word.span, `key from "${shownUrl(download.url)}" is trusted as it comes`);
    }
  },
});

/** More files at a time than honest steps fetch; bounds the search. */
const MAX_FILES = 64;

/** Piped into a program that takes keys, or saved where APT looks for keys. */
function isTrustedAtOnce(script: Script, command: SimpleCommand, key: string): boolean {
  return (
    /^\/(?:etc\/apt\/(?:keyrings|trusted\.gpg\.d)|usr\/share\/keyrings)\//.test(key) ||
    pipeReaders(script, command).some(takesKey)
  );
}

/** `gpg --import`, `gpg --dearmor`, `apt-key add`. */
function takesKey(command: SimpleCommand): boolean {
  const { tool, subcommand } = argumentsOf(command);
  if (tool === "apt-key") return subcommand?.text === "add";
  return tool === "gpg" && hasFlag(command, "--import", "--dearmor", "--dearmour");
}

export default rule;
