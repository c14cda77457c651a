import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  assignmentsIn,
  findCredentials,
  isSecretName,
  maskRanges,
  mayBeSecretValue,
} from "../../../src/audit/image/secrets.ts";

describe("names", () => {
  test.each([
    "PASSWORD",
    "db_password",
    "PGPASSWORD",
    "MYSQL_ROOT_PASSWORD",
    "API_KEY",
    "APIKEY",
    "STRIPE_APIKEY",
    "SECRET_KEY_BASE",
    "NPM_TOKEN",
    "VITE_API_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AUTH",
    "SSHPASS",
    "app.secret",
    "docker-password",
  ])("%s is one of a secret", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  // hadolint#1230, buildkit#5410, dockle#130 and the others of the kind.
  test.each([
    "PATH",
    "GPG_KEY",
    "GPG_KEYS",
    "GOPRIVATE",
    "PUBLIC_KEY",
    "NEXT_PUBLIC_KEY_ID",
    "DB_PASSWORD_FILE",
    "TOKEN_PATH",
    "SSH_AUTH_SOCK",
    "KEYCLOAK_VERSION",
    "KEY_SIZE",
    "APT_KEY_SHA256",
    "TOKENIZERS_PARALLELISM",
    "AUTH_URL",
    "PASSWORD_MIN_LENGTH",
    "USERNAME",
    "MONKEY",
    "NOPASSWD",
    "SECRET_KEY_BASE_DUMMY",
    "KEYBOARD",
    "",
  ])("%s is none", (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

test.each([
  ["", false],
  ["  ", false],
  ["yes", false],
  ["True", false],
  ["1", false],
  ["$TOKEN", false],
  ["${TOKEN:-}", false],
  ["/run/secrets/db", false],
  ["<token>", false],
  ["xxxxxx", false],
  ["your-token-here", false],
  ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", false],
  ["hunter2", true],
  ["changeme", true],
  ["/etc/passwd", true],
  ["$6$salt$hash", true],
])("value %j may be a secret: %s", (value, expected) => {
  expect(mayBeSecretValue(value)).toBe(expected);
});

describe("literal credentials", () => {
  // Put together here, so that no scanner takes this file for a leak.
  const a = "a".repeat(40);
  const cases: readonly (readonly [string, string])[] = [
    ["AWS access key", `AKI${"A"}IOSFODNN7ABCDEFG`],
    ["GitHub token", `gh${"p"}_${a.slice(4)}`],
    ["GitHub token", `github${"_"}pat_${a}`],
    ["GitLab token", `gl${"p"}at-${a.slice(20)}`],
    ["npm token", `np${"m"}_${a.slice(4)}`],
    ["Slack token", `xo${"x"}b-123456789012-abc`],
    ["Slack webhook", `https://hooks.${"slack"}.com/services/T0/B0/xyz`],
    ["Google API key", `AI${"z"}a${a.slice(5)}`],
    ["Stripe key", `sk${"_"}live_${a.slice(20)}`],
    ["private key", `-----BEGIN RSA ${"PRIVATE"} KEY-----`],
    ["JSON web token", `ey${"J"}${a}.eyJ${a}.${a}`],
  ];
  test.each(cases)("%s %#", (kind, text) => {
    expect(findCredentials(`curl -H 'x: ${text}' y`)).toEqual([
      { kind, start: 12, end: 12 + text.length },
    ]);
  });

  test("the password of a URL alone", () => {
    expect(findCredentials("git clone https://bob:hunter2@git.example/x")).toEqual([
      { kind: "password in a URL", start: 22, end: 29 },
    ]);
  });

  test.each([
    `AKI${"A"}IOSFODNN7EXAMPLE`,
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "https://user:$PASSWORD@host/",
    "https://user:${PASSWORD}@host/",
    "https://user@host/",
    "https://host:8080/a@b",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "git@github.com:a/b.git",
  ])("%s is none", (text) => {
    expect(findCredentials(text)).toEqual([]);
  });

  test("hostile text costs no more than linear time", () => {
    // A pattern that backtracks needs minutes for these.
    for (const part of ["a", "eyJ", "ey", "https://", "https://a:", "-----BEGIN ", "AIza", "x:@/"])
      expect(findCredentials(part.repeat(100_000)).length).toBeLessThan(2);
  });
});

describe("assignments in a command", () => {
  const pairs = (command: string): string[] =>
    assignmentsIn(command).map((a) => {
      expect(command.slice(a.start, a.start + a.name.length)).toBe(a.name);
      return `${a.name}=${a.value} ${command.slice(a.valueStart, a.end)}`;
    });
  test.each([
    ["A=b cmd", ["A=b b"]],
    ["export A='b c' && x", ["A=b c 'b c'"]],
    ['cmd --password="b" -x', ['password=b "b"']],
    ["a;B=c|D=e", ["B=c c", "D=e e"]],
    ["A=$B C=`id` D=$(id)", []],
    ["A='$x'", ["A=$x '$x'"]],
    ["echo 'B=c'", []],
    ['echo "x B=c"', []],
    ["A=", ["A= "]],
    ["A=b\\ c", ["A=b\\ c b\\ c"]],
    ["A='unfinished", ["A= "]],
  ])("%s", (command, expected) => {
    expect(pairs(command)).toEqual(expected);
  });

  test("offsets are those of the text, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        for (const a of assignmentsIn(text)) {
          expect(text.slice(a.start, a.start + a.name.length)).toBe(a.name);
          expect(a.end).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});

test("masking keeps every offset", () => {
  expect(maskRanges("a=secret b", [{ start: 2, end: 8 }])).toBe("a=****** b");
  expect(
    maskRanges("abcdef", [
      { start: 1, end: 4 },
      { start: 2, end: 5 },
    ]),
  ).toBe("a****f");
});
