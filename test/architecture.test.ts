import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** Folders of `src`, top first. A folder imports from itself and from lower lines only. */
const LAYERS = [
  ["cli"],
  ["lsp"],
  ["rules", "report"],
  ["audit", "sandbox"],
  ["image", "seccomp", "apparmor"],
  ["oci", "sys"],
  ["base"],
];

/** The auditor runs on any system and needs no rights: these three never reach for the launcher or for native code. */
const AUDITOR = ["audit", "rules", "report", "lsp"];
const LAUNCHER = ["sandbox", "sys", "seccomp"];

/** Packages with one importing module each, so that replacing one is a change to one file. */
const OWNERS: Readonly<Record<string, RegExp>> = {
  koffi: /^sys\//,
  unbash: /^audit\/shell\//,
  "tar-stream": /^image\/archive\.ts$/,
  commander: /^cli\//,
};

const src = resolve(import.meta.dirname, "../src");
const folderOf = (path: string): string => relative(src, path).split("/")[0] ?? "";
const levelOf = (folder: string): number => LAYERS.findIndex((line) => line.includes(folder));

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((f) =>
  f.endsWith(".ts"),
);

/** What a file imports: modules of ours as absolute paths, packages by name; data outside of src is left out. */
function importsOf(file: string): { readonly own: string[]; readonly packages: string[] } {
  const path = join(src, file);
  const named = [
    ...readFileSync(path, "utf8").matchAll(/(?:from |import |import\()"([^"]+)"/g),
  ].map((m) => m[1] ?? "");
  const own = named
    .filter((name) => name.startsWith("."))
    .map((name) => resolve(dirname(path), name))
    .filter((to) => !relative(src, to).startsWith(".."));
  return { own, packages: named.filter((name) => !name.startsWith(".")) };
}

test.each(files)("%s imports downward only", (file) => {
  const folder = folderOf(join(src, file));
  const { own, packages } = importsOf(file);
  const upward = own.filter(
    (to) => folderOf(to) !== folder && levelOf(folderOf(to)) <= levelOf(folder),
  );
  expect(upward.map((to) => relative(src, to))).toEqual([]);
  if (AUDITOR.includes(folder))
    expect(own.map(folderOf).filter((to) => LAUNCHER.includes(to))).toEqual([]);
  for (const [name, owner] of Object.entries(OWNERS))
    if (packages.includes(name)) expect(file).toMatch(owner);
});
