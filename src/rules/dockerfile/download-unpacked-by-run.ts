import {
  isArchiveName,
  isUnpacking,
  lastPart,
  namedFiles,
} from "../../audit/dockerfile/helpers-archive.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import {
  commandsAfter,
  commandsNamed,
  findFlag,
  pipeReaders,
  scriptOf,
} from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1318",
    name: "download-unpacked-by-run",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "A remote archive is downloaded and unpacked by RUN, unchecked",
    why: "The image needs a downloader and an unpacker for it, nothing checks what came, and the cache does not see when the archive behind the address changes.",
    howToFix:
      "`ADD --unpack --checksum=sha256:… https://example.com/app.tar.gz /opt/` downloads, checks and unpacks; or check the file in the same `RUN` with `sha256sum -c`.",
    bad: "FROM debian:12\nRUN curl -fsSL https://example.com/app.tar.gz | tar -xz -C /opt\n",
    good: "# syntax=docker/dockerfile:1\nFROM debian:12\nADD --unpack --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/app.tar.gz /opt/\n",
    since: "0.1.0",
    profile: "strict",
    aliases: ["tally:prefer-add-unpack"],
    cwe: ["CWE-494"],
    references: ["https://docs.docker.com/reference/dockerfile/#add"],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      if (commandsNamed(script, CHECKS).length > 0) continue;
      for (const command of commandsNamed(script, ["curl", "wget"])) {
        const word = command.args.find(isArchiveAddress);
        if (word !== undefined && isUnpacked(script, command, word))
          report(
            word.span,
            `"${lastPart(word.text)}" is downloaded and unpacked, and nothing checks it`,
          );
      }
    }
  },
});

const CHECKS =
  "sha256sum sha512sum sha384sum sha1sum shasum md5sum b2sum openssl gpg gpg2 gpgv cosign minisign signify".split(
    " ",
  );

// Only the end matters: a version in a variable hides nothing.
const isArchiveAddress = ({ text }: ShellWord): boolean =>
  /^(?:https?|ftp):\/\//i.test(text) && isArchiveName(text);

function isUnpacked(script: Script, command: SimpleCommand, { text }: ShellWord): boolean {
  if (pipeReaders(script, command).some(isUnpacking)) return true;
  const { valueWord } = findFlag(command, "-o", "--output", "-O", "--output-document") ?? {};
  const named = command.name === "wget" || valueWord?.text !== undefined ? valueWord : undefined;
  const file = lastPart(named?.value ?? named?.text ?? text);
  return commandsAfter(script, command).some(
    (later) => isUnpacking(later) && namedFiles(later).includes(file),
  );
}

export default rule;
