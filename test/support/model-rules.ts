import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Rule } from "../../src/audit/rule.ts";

const rules = resolve(import.meta.dirname, "../../src/rules");

async function load<T extends "image" | "bundle">(folder: T): Promise<readonly Rule<T>[]> {
  const files = readdirSync(join(rules, folder)).filter((file) => file.endsWith(".ts"));
  return Promise.all(
    files.map(async (file) => (await import(join(rules, folder, file))).default as Rule<T>),
  );
}

/** Every rule file for images, whether or not the index knows it. */
export const imageRules = (): Promise<readonly Rule<"image">[]> => load("image");

/** Every rule file for bundles, whether or not the index knows it. */
export const bundleRules = (): Promise<readonly Rule<"bundle">[]> => load("bundle");
