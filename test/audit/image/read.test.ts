import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runRules } from "../../../src/audit/engine.ts";
import { readImageModel } from "../../../src/audit/image/read.ts";
import type { Rule } from "../../../src/audit/rule.ts";
import { MEDIA_TYPES } from "../../../src/image/image-spec.ts";
import {
  buildImage,
  dockerSaveOf,
  fixtureFiles,
  inTempDir,
  layoutOf,
  tarOf,
  writeFiles,
} from "../../support/image-builder.ts";
import { imageRules } from "../../support/model-rules.ts";

const fixtures = resolve(import.meta.dirname, "../../../fixtures/images");
const auditedAt = "2026-01-01T00:00:00Z";

test("the committed fixtures are those that the script makes", () => {
  for (const [path, content] of fixtureFiles())
    expect(readFileSync(join(fixtures, path)).equals(content), path).toBe(true);
});

describe("fixtures", () => {
  const everyRule = [
    "exposed-admin-port",
    "latest-tag",
    "missing-health-check",
    "root-user",
    "secret-in-environment",
    "secret-in-history",
    "stale-base",
    "system-directory",
  ];
  test.each([
    ["oci:safe-layout", []],
    ["oci:safe-layout:1.0", []],
    ["oci-archive:safe.oci.tar", []],
    ["oci:unsafe-layout:latest", everyRule.filter((name) => name !== "missing-health-check")],
    ["docker-archive:unsafe.docker.tar", everyRule],
    ["docker-archive:unsafe.docker.tar:example/unsafe:latest", everyRule],
  ])("%s", async (spec, expected) => {
    const colon = spec.indexOf(":") + 1;
    const path = `${spec.slice(0, colon)}${fixtures}/${spec.slice(colon)}`;
    const model = await readImageModel(path, { auditedAt });
    const { findings, failures } = runRules("image", model, (await imageRules()) as Rule[]);
    expect(failures).toEqual([]);
    const names = new Map((await imageRules()).map(({ meta }) => [meta.id, meta.name]));
    expect([...new Set(findings.map((f) => names.get(f.ruleId)))].sort()).toEqual(expected);
    expect(JSON.stringify(findings) + model.text).not.toContain("fixture-not-real");
  });

  test("the model names the artifact and the image", async () => {
    const spec = `oci:${fixtures}/safe-layout:1.0`;
    const model = await readImageModel(spec, { auditedAt });
    expect(model).toMatchObject({
      displayName: spec,
      configMediaType: MEDIA_TYPES.ociConfig,
      repoTags: ["1.0"],
      platform: { os: "linux", architecture: "amd64" },
      auditedAt,
      layers: [{ size: 2560, mediaType: "application/vnd.oci.image.layer.v1.tar" }],
    });
    expect(model.path).toBe(
      join(fixtures, "safe-layout/blobs/sha256", model.configDigest.slice("sha256:".length)),
    );
    expect(JSON.parse(model.text)).toEqual(JSON.parse(readFileSync(model.path, "utf8")));
  });

  test("without a date, now is the clock's", async () => {
    const before = Date.now();
    const model = await readImageModel(`oci:${fixtures}/safe-layout`);
    expect(Date.parse(model.auditedAt)).toBeGreaterThanOrEqual(before);
  });
});

describe("names of images", () => {
  const image = buildImage();
  test("a path with colons, with and without a tag", async () => {
    await inTempDir(async (dir) => {
      const path = join(dir, "a:b:c");
      mkdirSync(path);
      writeFiles(path, layoutOf({ "1.0": image }));
      const specs = [`oci:${path}`, `oci:${path}:1.0`, `oci:${path}:`];
      for (const spec of specs)
        expect((await readImageModel(spec, { auditedAt })).repoTags).toEqual(["1.0"]);
    });
  });

  test("an image by its digest", async () => {
    await inTempDir(async (dir) => {
      writeFiles(dir, layoutOf({ a: image, b: buildImage({ config: { User: "b" } }) }));
      const index = JSON.parse(readFileSync(join(dir, "index.json"), "utf8"));
      const spec = `oci:${dir}@${index.manifests[1].digest}`;
      expect((await readImageModel(spec, { auditedAt })).config.user).toBe("b");
    });
  });

  test("an image of an archive by its full name", async () => {
    await inTempDir(async (dir) => {
      const archive = tarOf(dockerSaveOf({ "r.example:5000/a:1": image, "b:2": buildImage() }));
      writeFiles(dir, new Map([["i.tar", archive]]));
      const spec = `docker-archive:${dir}/i.tar:r.example:5000/a:1`;
      expect((await readImageModel(spec, { auditedAt })).repoTags).toEqual(["r.example:5000/a:1"]);
    });
  });

  test.each([
    ["oci", 'image "oci" names no file'],
    ["oci:", 'image "oci:" names no file'],
    ["docker:busybox", 'unknown kind of image "docker"'],
    ["oci:/no/such/dir", "cannot open image layout /no/such/dir"],
    ["oci:/no/such/dir:tag", "cannot open image layout /no/such/dir"],
    ["oci-archive:/no/such/file", "cannot open image archive /no/such/file"],
    ["docker-archive:/no/such/file:a:1", "cannot open image archive /no/such/file"],
  ])("%s", async (spec, message) => {
    await expect(readImageModel(spec)).rejects.toThrow(message);
  });
});
