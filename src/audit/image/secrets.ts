/**
 * What counts as a secret in an image: names that announce one, and text in the shape that a provider gives its
 * credentials. Both are tuned against false positives; the exceptions are those that users of other tools asked for.
 */

/** Code units `start` to `end` of a text, and what stands there. */
export interface Credential {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** Words of a variable name that announce a secret. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  ..."apikey auth credential credentials creds key pass passphrase passwd password".split(" "),
  ..."pw psw pwd pword secret secrets token".split(" "),
]);

/** Words that make the whole name harmless: it tells where, how long or how a secret is, or is public. */
const HARMLESS_WORDS: ReadonlySet<string> = new Set([
  ..."algorithm checksum dir dummy expiry fingerprint file gpg hash id length method mode".split(
    " ",
  ),
  ..."name path pgp policy port prefix public sha sha256 sha512 size sock socket timeout".split(
    " ",
  ),
  ..."ttl type uri url user username version".split(" "),
]);

/** Names that hold a secret against the words in them. */
const KNOWN_SECRETS: ReadonlySet<string> = new Set([
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "REDISCLI_AUTH",
  "MYSQL_PWD",
  "SSHPASS",
]);

/** Prefixes that bundlers want on variables, which they then publish. */
const BUNDLER_PREFIX = /^(?:VITE|REACT_APP|NEXT_PUBLIC|NUXT_PUBLIC|VUE_APP|GATSBY)_/;

/** True for the name of a variable, build argument or option that should hold a secret. */
export function isSecretName(name: string): boolean {
  const upper = name.toUpperCase().replaceAll("-", "_").replace(BUNDLER_PREFIX, "");
  if (KNOWN_SECRETS.has(upper)) return true;
  const words = upper.toLowerCase().split(/[_.]+/);
  if (words.some((word) => HARMLESS_WORDS.has(word))) return false;
  return words.some(
    (word) =>
      SECRET_WORDS.has(word) ||
      // `PGPASSWORD`, `dbpasswd`; but `NOPASSWD` is a sudo tag.
      (/(?:password|passwd|apikey)$/.test(word) && !word.startsWith("no")),
  );
}

/** False for values that cannot be secrets: none, a switch, a reference, the path of a mounted secret. */
export function mayBeSecretValue(value: string): boolean {
  const bare = value.trim();
  return (
    bare !== "" &&
    !/^(?:0|1|true|false|yes|no|on|off|none|null)$/i.test(bare) &&
    !/^\$(?:\w+|\{[^}]{0,200}\})$/.test(bare) &&
    !/^\/(?:run|var\/run)\/secrets\//.test(bare) &&
    !isPlaceholder(bare)
  );
}

/** `<token>`, `xxxx`, `****`: text that stands for a value. */
function isPlaceholder(value: string): boolean {
  return /^(?:<[^>]{0,200}>|\[[^\]]{0,200}\]|(.)\1{2,}|your[-_ ].{0,200}|.{0,200}example.{0,200})$/i.test(
    value,
  );
}

// Quantifiers are bounded, so that hostile text costs no more than linear time.
const SHAPES: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  // docs.aws.amazon.com: IAM identifiers, unique ID prefixes.
  { kind: "AWS access key", pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  // github.blog, 2021-04-05: behind GitHub's new authentication token formats.
  { kind: "GitHub token", pattern: /\bgh[opsur]_[A-Za-z0-9]{36,255}\b/g },
  { kind: "GitHub token", pattern: /\bgithub_pat_[A-Za-z0-9_]{22,255}\b/g },
  { kind: "GitLab token", pattern: /\bglpat-[\w-]{20,64}/g },
  { kind: "npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: "Slack token", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g },
  {
    kind: "Slack webhook",
    pattern:
      /https:\/\/hooks\.slack\.com\/services\/[A-Za-z0-9]{1,32}\/[A-Za-z0-9]{1,32}\/[A-Za-z0-9]{1,64}/g,
  },
  { kind: "Google API key", pattern: /\bAIza[\w-]{35}(?![\w-])/g },
  { kind: "Stripe key", pattern: /\b[rs]k_live_[A-Za-z0-9]{16,255}\b/g },
  // docs.developer.amazonservices.com: MWS auth tokens.
  {
    kind: "Amazon MWS token",
    pattern: /\bamzn\.mws\.[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g,
  },
  { kind: "private key", pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\w+/=\s\\-]{0,8192}/g },
  { kind: "JSON web token", pattern: /\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}/g },
];

/** RFC 3986, section 3.2.1: the password of a URL is the text between the first colon and the `@`. */
const URL_PASSWORD = /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/'"]{0,128}:([^\s@/'"]{1,256})@/gi;

/** Literal credentials in a text, in order; documented example keys and placeholders are left out. */
export function findCredentials(text: string): readonly Credential[] {
  const found: Credential[] = [];
  for (const { kind, pattern } of SHAPES)
    for (const match of text.matchAll(pattern))
      if (!/EXAMPLE/.test(match[0]))
        found.push({ kind, start: match.index, end: match.index + match[0].length });
  for (const match of text.matchAll(URL_PASSWORD)) {
    const password = match[1] ?? "";
    if (password.startsWith("$") || !mayBeSecretValue(password)) continue;
    const end = match.index + match[0].length - 1;
    found.push({ kind: "password in a URL", start: end - password.length, end });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** A word of a shell command that assigns a literal value: `NAME=value`, `--name=value`. */
export interface Assignment {
  readonly name: string;
  /** Offsets of the name. */
  readonly start: number;
  /** Offsets of the value, quotes included. */
  readonly valueStart: number;
  readonly end: number;
  readonly value: string;
}

/**
 * The assigning words of a shell command line, quotes taken off. Only words are looked at, so that `a "B=c" d`
 * inside another string is none; a value with an expansion or substitution is no literal and is left out.
 */
export function assignmentsIn(command: string): readonly Assignment[] {
  const found: Assignment[] = [];
  // One word: runs of plain characters, escapes and quoted parts.
  const words = /(?:[^\s;&|()<>'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+/g;
  for (const match of command.matchAll(words)) {
    const [word] = match;
    const head = /^(?:--?)?([A-Za-z_][\w-]{0,127})=/.exec(word);
    if (head === null) continue;
    const raw = word.slice(head[0].length);
    if (/[$`]/.test(raw.replace(/'[^']*'/g, ""))) continue;
    found.push({
      name: head[1] ?? "",
      start: match.index + head[0].length - 1 - (head[1] ?? "").length,
      valueStart: match.index + head[0].length,
      end: match.index + word.length,
      value: raw.replace(/^(['"])([\s\S]*)\1$/, "$2"),
    });
  }
  return found;
}

/** Replace ranges by as many asterisks, so that all other offsets stay. */
export function maskRanges(
  text: string,
  ranges: readonly { readonly start: number; readonly end: number }[],
): string {
  let masked = text;
  for (const { start, end } of ranges)
    masked = masked.slice(0, start) + "*".repeat(end - start) + masked.slice(end);
  return masked;
}
