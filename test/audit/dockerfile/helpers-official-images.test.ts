import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isOfficialImage,
  officialImageLike,
} from "../../../src/audit/dockerfile/helpers-official-images.ts";

test.each([
  ["ngnix", "nginx"],
  ["alpne", "alpine"],
  ["ubunttu", "ubuntu"],
  ["pythom", "python"],
  ["ndoe", "node"],
  ["base", undefined],
  ["code", undefined],
  ["nginx", undefined],
  ["myapp", undefined],
  ["", undefined],
])("%s is like %s", (name, official) => {
  expect(officialImageLike(name)).toBe(official);
});

test("one slip in a long name is found, two are not taken for an official image itself", () => {
  const official = fc.constantFrom("postgres", "wordpress", "elasticsearch", "memcached");
  fc.assert(
    fc.property(official, fc.nat(), fc.constantFrom("x", "q", ""), (name, at, letter) => {
      const place = at % name.length;
      const slip = name.slice(0, place) + letter + name.slice(place + 1);
      expect(isOfficialImage(slip) || officialImageLike(slip) !== undefined).toBe(true);
    }),
  );
});
