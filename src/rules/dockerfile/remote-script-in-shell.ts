import { shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, operands, pipeReaders, scriptOf, urls } from "../../audit/shell/query.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1134",
    name: "remote-script-in-shell",
    target: "dockerfile",
    severity: "high",
    confidence: "high",
    summary: "Downloaded script is run unseen",
    why: "Whoever controls the server, its name or the way to it runs commands in the build, with its secrets, and leaves what they like in the image. A download that breaks off runs half of a script.",
    howToFix:
      "Download to a file, compare its checksum (`sha256sum -c`) or signature, then run it; or take a package. `ADD --checksum=sha256:…` does both in one.",
    bad: "FROM debian:12\nRUN curl -fsSL https://example.com/install.sh | sh\n",
    good: "FROM debian:12\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/install.sh /tmp/install.sh\nRUN sh /tmp/install.sh\n",
    since: "0.1.0",
    aliases: ["droast:DF021"],
    cwe: ["CWE-494", "CWE-829"],
    references: [
      "https://cwe.mitre.org/data/definitions/494.html",
      "https://docs.docker.com/reference/dockerfile/#add---checksum",
    ],
  },

  check(dockerfile, report) {
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      const seen = new Set<number>();
      for (const command of commandsNamed(script, DOWNLOADERS)) {
        const reader = pipedInto(script, command) ?? substitutedInto(script, command);
        const [word] = command.words;
        // A `-c` string is read twice: as a word, and as the script that it is.
        if (reader?.name === undefined || word === undefined || seen.has(word.span.start)) continue;
        seen.add(word.span.start);
        const [address] = urls(command);
        report(
          word.span,
          address?.word.value === undefined
            ? `"${reader.name}" runs what "${command.name}" downloads`
            : `"${reader.name}" runs "${shownUrl(address.url)}"`,
        );
      }
    }
  },
});

const DOWNLOADERS = ["curl", "wget", "fetch"];
const SHELLS = ["sh", "bash", "dash", "ash", "zsh", "ksh", "fish"];
const VERIFIERS = ["gpg", "gpg2", "gpgv", "sha256sum", "sha512sum", "shasum", "cosign", "minisign"];

/** The interpreter behind `curl … |`. */
function pipedInto(script: Script, command: SimpleCommand): SimpleCommand | undefined {
  const readers = pipeReaders(script, command).filter(
    ({ nestedIn, context }) =>
      nestedIn === command.nestedIn && context.isSubstitution === command.context.isSubstitution,
  );
  if (readers.some(({ name }) => name !== undefined && VERIFIERS.includes(name))) return undefined;
  return readers.find(readsScript);
}

/** True for an interpreter whose program is its standard input. */
function readsScript(command: SimpleCommand): boolean {
  const { name = "", args, redirects } = command;
  if (redirects.some(({ operator }) => operator.startsWith("<"))) return false;
  const isShell = SHELLS.includes(name);
  const [first] = operands(command);
  const isInput = first === undefined || first.text === "-" || first.text === "/dev/stdin";
  if (isShell) {
    if (args.some(({ text }) => /^-[a-z]*c$/.test(text))) return false;
    return isInput || args.some(({ text }) => text === "--" || /^-[a-z]*s[a-z]*$/.test(text));
  }
  // Any other flag may give a program (`-c`, `-e`, `-ne`, `-m`, `-r`): only these do not.
  return (
    /^(?:python[\d.]*|perl|ruby|node|php|pwsh|powershell)$/.test(name) &&
    isInput &&
    args.every(({ text }) => ["-", "-u", "-w", "--", "/dev/stdin", "-Command"].includes(text))
  );
}

/** The interpreter in `sh -c "$(curl …)"`, `bash <(curl …)`, `eval "$(curl …)"`, `. <(curl …)`, `sh <<< "$(curl …)"`. */
function substitutedInto(
  { commands }: Script,
  { nestedIn, span, context }: SimpleCommand,
): SimpleCommand | undefined {
  const owner = nestedIn === undefined ? undefined : commands[nestedIn];
  if (owner?.name === undefined || !context.isSubstitution) return undefined;
  const holder = [...owner.args, ...owner.redirects.flatMap(({ target }) => target ?? [])].find(
    (word) => word.span.start <= span.start && span.end <= word.span.end,
  );
  const isWhole = holder !== undefined && /^["']?(?:\$\(|`|<\()/.test(holder.raw);
  if (!isWhole) return undefined;
  if (owner.name === "eval") return owner;
  const isFile = holder.raw.startsWith("<(");
  if (owner.name === "source" || owner.name === ".") return isFile ? owner : undefined;
  const isShell = SHELLS.includes(owner.name);
  const isInterpreter = isShell || /^(?:python[\d.]*|perl|ruby|node|php)$/.test(owner.name);
  if (!isInterpreter) return undefined;
  const place = owner.args.indexOf(holder);
  if (place === -1) return owner;
  const before = owner.args[place - 1]?.text ?? "";
  if (isFile) return operands(owner)[0] === holder ? owner : undefined;
  return /^-[a-z]*[ce]$/.test(before) ? owner : undefined;
}

export default rule;
