import { hostOf, shownUrl } from "../../audit/dockerfile/helpers-url.ts";
import { instructionsOf } from "../../audit/dockerfile/query.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";
import type { Script, SimpleCommand } from "../../audit/shell/model.ts";
import { pipeReaders, scriptOf } from "../../audit/shell/query.ts";
import type { Span } from "../../base/text.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1412",
    name: "apt-source-without-signed-by",
    target: "dockerfile",
    severity: "low",
    confidence: "high",
    summary: "APT source of a vendor does not say which key signs it",
    why: "Without `signed-by` any key that the image trusts may sign the repository, and the vendor's key must be trusted for all others: each of them can then replace every package.",
    howToFix:
      "Name the key: `deb [signed-by=/etc/apt/keyrings/vendor.asc] https://…`, in a `.sources` file `Signed-By: /etc/apt/keyrings/vendor.asc`.",
    bad: 'FROM debian:12\nRUN echo "deb https://apt.example.com stable main" > /etc/apt/sources.list.d/vendor.list\n',
    good: 'FROM debian:12\nRUN echo "deb [signed-by=/etc/apt/keyrings/vendor.asc] https://apt.example.com stable main" > /etc/apt/sources.list.d/vendor.list\n',
    since: "0.1.0",
    profile: "strict",
    aliases: [],
    cwe: ["CWE-295"],
    references: [
      "https://manpages.debian.org/bookworm/apt/sources.list.5.en.html",
      "https://wiki.debian.org/DebianRepository/UseThirdParty",
    ],
  },

  check(dockerfile, report) {
    const tell = (span: Span, text: string): void => {
      const url = unsignedSource(text);
      if (url !== undefined) report(span, `no key is named for "${shownUrl(url)}"`);
    };
    for (const { destination, sources } of instructionsOf(dockerfile, "copy", "add"))
      for (const { heredoc } of sources)
        if (heredoc !== undefined && SOURCES.test(destination?.value ?? ""))
          tell(heredoc.span, heredoc.body.text);
    for (const run of instructionsOf(dockerfile, "run")) {
      const script = scriptOf(dockerfile, run);
      for (const command of script.commands) {
        if (!writesSources(script, command)) continue;
        const [first] = command.args;
        // `echo deb URL suite` has a word for each part.
        if (first?.text === "deb" || first?.text === "deb-src")
          tell(first.span, command.args.map(({ text }) => text).join(" "));
        else for (const { text, span } of command.args) tell(span, text);
        for (const { body, span } of command.redirects) if (body !== undefined) tell(span, body);
      }
    }
  },
});

const SOURCES = /^\/etc\/apt\/sources\.list(?:\.d\/|$)|^\/etc\/apt\/sources\.list\.d$/;

/** `echo … > /etc/apt/sources.list`, `… | tee FILE`, `add-apt-repository "deb …"`. */
function writesSources(script: Script, command: SimpleCommand): boolean {
  if (command.name === "add-apt-repository" || command.name === "apt-add-repository") return true;
  if (!["echo", "printf", "cat", "tee"].includes(command.name ?? "")) return false;
  return [command, ...pipeReaders(script, command)].some(
    ({ name, args, redirects }) =>
      redirects.some(
        ({ operator, target }) => operator.startsWith(">") && SOURCES.test(target?.text ?? ""),
      ) ||
      (name === "tee" && args.some(({ text }) => SOURCES.test(text))),
  );
}

/** Address of a vendor in `deb [options] URL …` without signed-by, or in a deb822 stanza without Signed-By. */
function unsignedSource(text: string): string | undefined {
  for (const match of text.matchAll(
    /\bdeb(?:-src)?[ \t]{1,20}(?:\[([^\]\n]{0,500})\][ \t]{0,20})?((?:https?|ftp):\/\/[^\s'"]{1,500})/g,
  )) {
    const [, options = "", url = ""] = match;
    if (!/signed-by=/i.test(options) && isVendor(url)) return url;
  }
  for (const stanza of text.split(/\n[ \t]*\r?\n/)) {
    const url = /^URIs:[ \t]*(\S{1,500})/im.exec(stanza)?.[1];
    if (url !== undefined && !/^Signed-By:/im.test(stanza) && isVendor(url)) return url;
  }
  return undefined;
}

/** Not the distribution itself, nor a mirror of it: mirrors have it directly below their root. */
function isVendor(url: string): boolean {
  const host = hostOf(url);
  if (host === undefined) return false;
  if (
    /(?:^|\.)(?:debian|ubuntu|kali|devuan|raspbian|raspberrypi|armbian|linuxmint)\.(?:org|com|net)$/.test(
      host,
    )
  )
    return false;
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, "");
  return !/^\/(?:debian|ubuntu|kali|raspbian)(?:-[a-z]+)*\/?$/.test(path);
}

export default rule;
