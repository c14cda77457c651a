import { shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { commandsNamed, operands, scriptOf, urls } from "../../audit/shell/query.ts";

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
      for (const { download, reader } of [...piped(script), ...substituted(script)]) {
        const [word] = download.words;
        // A `-c` string is read twice: as a word, and as the script that it is.
        if (reader.name === undefined || word === undefined || seen.has(word.span.start)) continue;
        seen.add(word.span.start);
        const [address] = urls(download);
        report(
          word.span,
          address?.word.value === undefined
            ? `"${reader.name}" runs what "${download.name}" downloads`
            : `"${reader.name}" runs "${shownUrl(address.url)}"`,
        );
      }
    }
  },
});

/** A download and the interpreter that runs it. */
interface Remote {
  readonly download: SimpleCommand;
  readonly reader: SimpleCommand;
}

const DOWNLOADERS = ["curl", "wget", "fetch"];
const SHELLS = ["sh", "bash", "dash", "ash", "zsh", "ksh", "fish"];
const VERIFIERS = ["gpg", "gpg2", "gpgv", "sha256sum", "sha512sum", "shasum", "cosign", "minisign"];

const isOneOf = (names: readonly string[], { name }: SimpleCommand): boolean =>
  name !== undefined && names.includes(name);

/** `curl … | sh`, when nothing between them looks at a signature. */
function piped({ pipelines }: Script): readonly Remote[] {
  return pipelines.flatMap(({ parts }) => {
    const [first] = parts[0] ?? [];
    if (parts.length < 2 || first === undefined) return [];
    // What a part runs in `$( )` reads something else.
    const own = parts.map((part) => part.filter(({ nestedIn }) => nestedIn === first.nestedIn));
    const last = own.findLastIndex((part) => part.some(readsScript));
    const reader = own[last]?.find(readsScript);
    if (reader === undefined) return [];
    const checked = own.findLastIndex((part) => part.some((c) => isOneOf(VERIFIERS, c)));
    return own
      .slice(Math.max(checked, 0), last)
      .flatMap((part) => part.filter((c) => isOneOf(DOWNLOADERS, c)))
      .map((download) => ({ download, reader }));
  });
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

/** `sh -c "$(curl …)"`, `bash <(curl …)`, `eval "$(curl …)"`, `. <(curl …)`, `sh <<< "$(curl …)"`. */
function substituted(script: Script): readonly Remote[] {
  return commandsNamed(script, DOWNLOADERS).flatMap((download) => {
    const owner = script.commands[download.nestedIn ?? -1];
    const isRun = owner !== undefined && download.context.isSubstitution && runs(owner, download);
    return isRun ? [{ download, reader: owner }] : [];
  });
}

const INTERPRETER = /^(?:python[\d.]*|perl|ruby|node|php)$/;
/** Words behind these are arguments of the script, not the script. */
const MAX_WORDS = 20;

function runs(owner: SimpleCommand, { span }: SimpleCommand): boolean {
  const { name = "", args, redirects } = owner;
  const isSource = name === "source" || name === ".";
  const isInterpreter = SHELLS.includes(name) || INTERPRETER.test(name);
  if (name !== "eval" && !isSource && !isInterpreter) return false;
  const words = args.slice(0, MAX_WORDS);
  const holder = [...words, ...redirects.flatMap(({ target }) => target ?? [])].find(
    (word) => word.span.start <= span.start && span.end <= word.span.end,
  );
  // The whole word, not a version that is put into a script.
  if (holder === undefined || !/^["']?(?:\$\(|`|<\()/.test(holder.raw)) return false;
  if (name === "eval") return true;
  const isFile = holder.raw.startsWith("<(");
  if (isSource) return isFile;
  const place = words.indexOf(holder);
  if (place === -1) return true;
  if (isFile) return operands(owner)[0] === holder;
  return /^-[a-z]*[ce]$/.test(words[place - 1]?.text ?? "");
}

export default rule;
