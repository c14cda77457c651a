import fc from "fast-check";
import { expect, test } from "vitest";
import { hostOf, isLocalUrl, shownUrl } from "../../../src/audit/dockerfile/helpers-url.ts";

test.each([
  ["https://h.example/a?token=x#y", "https://h.example/a"],
  ["https://user:pw@h.example/a", "https://h.example/a"],
  ["git+ssh://git@h.example/a.git", "git+ssh://h.example/a.git"],
  ["git@h.example:a.git", "git@h.example:a.git"],
])("%s is shown as %s", (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});

test("what is shown holds neither password nor query, and is short", () => {
  const secret = fc.stringMatching(/^[a-z]{8,12}$/);
  const path = fc.stringMatching(/^[A-Z/.]{0,200}$/);
  fc.assert(
    fc.property(secret, path, (word, rest) => {
      const shown = shownUrl(`https://U:${word}@H/${rest}?q=${word}#${word}`);
      expect(shown).not.toContain(word);
      expect(shown.length).toBeLessThanOrEqual(120);
    }),
  );
});

test.each([
  ["https://H.example:8080/a", "h.example"],
  ["https://h.example", "h.example"],
  ["https://user:pw@h.example/a", "h.example"],
  ["http://[::1]:80/", "[::1]"],
  ["https://$HOST/a", undefined],
  ["/a", undefined],
])("host of %s is %s", (url, host) => {
  expect(hostOf(url)).toBe(host);
});

test.each(["http://localhost:1/", "http://127.0.0.1/", "http://[::1]/", "http://0.0.0.0:80"])(
  "%s is the machine itself",
  (url) => {
    expect(isLocalUrl(url)).toBe(true);
    expect(isLocalUrl(url.replace(/\/\/[^/:]*|\/\/\[::1\]/, "//h.example"))).toBe(false);
  },
);
