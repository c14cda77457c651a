import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ImageModel } from "../../../src/audit/image/model.ts";
import { parseImage } from "../../../src/audit/image/parse.ts";
import { imageModelFromSnippet } from "../../support/snippets.ts";

const textAt = (model: ImageModel, span: { start: number; end: number }): string =>
  model.text.slice(span.start, span.end);

test("config, history and ports are taken apart, each with its place", () => {
  const model = imageModelFromSnippet(
    JSON.stringify({
      config: {
        Env: ["A=b=c", "NOVALUE"],
        ExposedPorts: { "53": {}, "8000-8010/udp": {} },
        Volumes: { "/a/b": {} },
      },
      history: [{ created_by: "ENV A=b=c", created: "2025-12-31T00:00:00Z", empty_layer: true }],
    }),
  );
  expect(model.config.env).toEqual([
    { name: "A", value: "b=c", pointer: "/config/Env/0" },
    { name: "NOVALUE", value: "", pointer: "/config/Env/1" },
  ]);
  expect(model.config.exposedPorts.map(({ pointer: _, ...port }) => port)).toEqual([
    { first: 53, last: 53, protocol: "tcp" },
    { first: 8000, last: 8010, protocol: "udp" },
  ]);
  const [, port] = model.config.exposedPorts;
  expect(textAt(model, model.spanOf(port?.pointer ?? ""))).toBe('"8000-8010/udp"');
  const [volume] = model.config.volumes;
  expect(textAt(model, model.spanOf(volume?.pointer ?? ""))).toBe('"/a/b"');
  expect(model.history[0]?.step.instruction).toBe("ENV");
  expect(textAt(model, model.spanInString("/config/Env/0", 2, 5))).toBe("b=c");
});

test.each(["", "80/tcp/x", "http", "-1", "123456", "80-"])("port %j is refused", (key) => {
  expect(() =>
    imageModelFromSnippet(JSON.stringify({ config: { ExposedPorts: { [key]: {} } } })),
  ).toThrow("is not a port such as 80/tcp");
});

describe("no secret reaches the text that reports quote", () => {
  const secret = "s3cr3t-v4lue";
  test.each([
    { config: { Env: [`API_TOKEN=${secret}`] } },
    { config: { Env: [`DATABASE_URL=postgres://u:${secret}@db/x`] } },
    { config: { Labels: { url: `https://u:${secret}@git.example/x` } } },
    { config: { Cmd: ["app", `https://u:${secret}@git.example/x`] } },
    { history: [{ created_by: `RUN |1 NPM_TOKEN=${secret} /bin/sh -c npm ci # buildkit` }] },
    { history: [{ created_by: `ARG NPM_TOKEN=${secret}` }] },
    { history: [{ created_by: `/bin/sh -c #(nop)  ENV A=b PASSWORD=${secret}` }] },
    { history: [{ created_by: `RUN /bin/sh -c login --password='${secret}'` }] },
    { history: [{ comment: `https://u:${secret}@git.example/x` }] },
  ])("%j", (patch) => {
    const { text } = imageModelFromSnippet(JSON.stringify(patch));
    expect(text).not.toContain(secret);
    expect(text).toContain("*".repeat(secret.length));
  });

  test("the model still has the value, and places do not move", () => {
    const model = imageModelFromSnippet('{"config": {"Env": ["TOKEN=a\\"\\u0001b", "X=y"]}}');
    expect(model.config.env[0]?.value).toBe('a"\u0001b');
    expect(textAt(model, model.spanInString("/config/Env/0", 0, 5))).toBe("TOKEN");
    expect(textAt(model, model.spanOf("/config/Env/1"))).toBe('"X=y"');
  });
});

test("any JSON gives a model or a UserError", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (config, history, rest) => {
      const configText = JSON.stringify({ config, history, rest, rootfs: { diff_ids: [] } });
      try {
        const model = parseImage(
          {
            configText,
            configPath: "c",
            configDigest: "",
            configMediaType: "",
            layers: [],
            repoTags: [],
          },
          { displayName: "d", auditedAt: "2026-01-01T00:00:00Z" },
        );
        expect(() => JSON.parse(model.text)).not.toThrow();
      } catch (error) {
        expect((error as Error).name).toBe("UserError");
      }
    }),
  );
});
