import { hostOfUrl, shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { writtenTexts } from "../../audit/dockerfile/helpers-written.ts";
import type { Dockerfile } from "../../audit/dockerfile/model.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import type { Fix, Severity } from "../../audit/finding.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { ShellWord, SimpleCommand } from "../../audit/shell/model.ts";
import { argumentsOf, scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1110",
    name: "cleartext-download",
    target: "dockerfile",
    severity: "medium",
    confidence: "high",
    summary: "Content is fetched over plain HTTP or FTP",
    why: "Everybody between the build and the server can read what is fetched, and put something else in its place: a changed program goes into the image without a trace.",
    howToFix:
      "Write `https://`. Where a server has no HTTPS, compare a checksum that came in another way. Mirrors of signed packages (APT, apk) are a note only.",
    bad: "FROM debian:12\nRUN curl -fsSLO http://example.com/app.tar\n",
    good: "FROM debian:12\nRUN curl -fsSLO https://example.com/app.tar\n",
    since: "0.1.0",
    aliases: [
      "datadog-iac:d5b3c9a1-7e8f-4c2a-9d6e-3f1a8b4c7e9d",
      "dockerfile_lint:no_add_without_https",
      "dockerfile_lint:no_run_without_https",
    ],
    cwe: ["CWE-319", "CWE-494"],
    references: [
      "https://cwe.mitre.org/data/definitions/319.html",
      "https://cwe.mitre.org/data/definitions/494.html",
    ],
  },

  check(dockerfile, report) {
    const tell = (url: string, span: Span, severity?: Severity): void => {
      const fix = withTls(dockerfile, span);
      report(span, `"${shownUrl(url)}" is fetched without encryption`, {
        ...(fix && { fix }),
        ...(severity && { severity }),
      });
    };
    for (const { sources, checksum } of instructionsOf(dockerfile, "add"))
      for (const { kind, word } of sources) {
        const url = word.value ?? word.text;
        if (kind !== "heredoc" && isCleartext(url)) tell(url, word.span, checksum && "info");
      }
    for (const run of instructionsOf(dockerfile, "run")) {
      const { commands } = scriptOf(dockerfile, run);
      // What stands before the last comparison of checksums may be compared by it.
      const lastCheck = commands.findLastIndex(isVerifier);
      for (const command of commands)
        for (const word of fetched(command)) {
          const url = addressIn(word);
          if (url === undefined) continue;
          const isChecked = command.name === "apk" || command.index < lastCheck;
          tell(url, word.span, isChecked ? "info" : undefined);
        }
    }
    // Package lists of these are signed.
    for (const { text, span } of writtenTexts(dockerfile)) {
      const url = SOURCE.exec(text)?.[1];
      if (url !== undefined && isCleartext(url)) tell(url, span, "info");
    }
  },
});

// sources.list(5): `deb [options] uri`; /etc/apk/repositories: lines of addresses, `@tag` before them.
const SOURCE =
  /(?:\bdeb(?:-src)?[ \t]{1,20}(?:\[[^\]\n]{0,200}\][ \t]{1,20})?|^URIs:[ \t]{0,20}|^(?:@\w{1,40}[ \t]{1,20})?(?=\S{1,300}\/alpine\/))(http:\/\/\S{1,300})/m;

/** Tools whose operands may be addresses to fetch from, and their flags whose values are. */
const FETCHERS: Readonly<Record<string, readonly string[]>> = {
  curl: ["--url"],
  wget: [],
  fetch: [],
  aria2c: [],
  git: [],
  svn: [],
  pip: ["-i", "--index-url", "--extra-index-url", "-f", "--find-links"],
  npm: ["--registry"],
  yarn: ["--registry"],
  pnpm: ["--registry"],
  gem: ["-s", "--source"],
  rpm: [],
  yum: ["--repofrompath"],
  dnf: ["--repofrompath"],
  microdnf: [],
  tdnf: [],
  "yum-config-manager": ["--add-repo"],
  zypper: ["-p", "--plus-repo"],
  apk: ["-X", "--repository"],
};

/** Words of a command that may be addresses it fetches from. */
function fetched(command: SimpleCommand): readonly ShellWord[] {
  const { tool, operands, flags } = argumentsOf(command);
  if (!Object.hasOwn(FETCHERS, tool)) return [];
  const names = FETCHERS[tool] ?? [];
  const values = flags.flatMap(({ name, valueWord }) =>
    names.includes(name) && valueWord !== undefined ? [valueWord] : [],
  );
  return [...operands, ...values];
}

/** The address in a word, as far as it is known. */
function addressIn({ value, prefix }: ShellWord): string | undefined {
  const url = /^(?:--[\w-]+=)?((?:http|ftp):\/\/.*)$/is.exec(value ?? prefix)?.[1];
  // Of `http://$HOST/x` and `http://mirror.$DOMAIN` the host is not known.
  if (url === undefined || (value === undefined && hostOfUrl(url) === undefined)) return undefined;
  return isCleartext(url) ? url : undefined;
}

/** True for plain addresses that leave the machine and its network. */
function isCleartext(url: string): boolean {
  if (!/^(?:http|ftp):\/\//i.test(url)) return false;
  const host = hostOfUrl(`${url}/`) ?? "";
  if (host.includes("$") || host.includes("{")) return false;
  return (
    host.includes(".") &&
    !/^(?:127|10|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(host) &&
    !/(?:^|\.)(?:localhost|local|internal|svc|test)$/.test(host) &&
    host !== "0.0.0.0"
  );
}

/** True for what compares a checksum or a signature. */
function isVerifier({ name = "", args }: SimpleCommand): boolean {
  if (name === "gpgv") return true;
  if (name === "gpg" || name === "gpg2") return args.some(({ text }) => text === "--verify");
  return (
    /^(?:sha\d+sum|shasum|b2sum|md5sum)$/.test(name) &&
    args.some(({ text }) => /^(?:-[a-z]*c[a-z]*|--check)$/.test(text))
  );
}

/** `https` in the place of the only `http` of a word. */
function withTls({ text }: Dockerfile, { start, end }: Span): Fix | undefined {
  const written = text.slice(start, end);
  const at = written.search(/\bhttp:\/\//i);
  if (at === -1 || at !== written.toLowerCase().lastIndexOf("http://")) return undefined;
  const place = { start: start + at, end: start + at + "http".length };
  return { title: 'write "https"', safe: false, edits: [{ span: place, text: "https" }] };
}

export default rule;
