import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { schemaViolations } from "../../src/oci/schema-errors.ts";
import { validateConfig } from "../../src/oci/validate.ts";
import validate, { schema } from "../../src/oci/validate-config.generated.js";

const FOLDER = "fixtures/oci-schema";
const names = (folder: string): string[] => readdirSync(`${FOLDER}/${folder}`);
const read = (path: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${path}`, "utf8"));
const messages = (value: unknown): string[] => validateConfig(value).map((item) => item.message);

test.each(names("config/good"))("the schema takes the good sample %s", (name) => {
  expect(schemaViolations(validate, schema, read(`config/good/${name}`))).toEqual([]);
});

// Not JSON at all: bundle.test.ts. For FreeBSD: not our platform.
const elsewhere = ["invalid-json.json", "freebsd-vnet-disable.json"];

test.each([
  [
    "linux-hugepage.json",
    '/linux/resources/hugepageLimits/0/pageSize must be a page size such as "64KB", "2MB" or "1GB", found "64kB"',
  ],
  ["linux-netdevice.json", "/linux/netDevices/eth0/name must be a string, found a number (23)"],
  [
    "linux-rdma.json",
    '/linux/resources/rdma/mlx5_1/hcaHandles must be a whole number from 0 to 4294967295, found a string ("not a uint32")',
  ],
])("the schema refuses the bad sample %s", (name, message) => {
  elsewhere.push(name);
  expect(
    schemaViolations(validate, schema, read(`config/bad/${name}`)).map((item) => item.message),
  ).toEqual([message]);
});

test("no bad sample is left out", () => {
  expect(names("config/bad").sort()).toEqual(elsewhere.sort());
});

test("minimal-for-start can start, minimal cannot", () => {
  expect(messages(read("config/good/minimal-for-start.json"))).toEqual([]);
  const minimal = read("config/good/minimal.json");
  expect(messages(minimal)).toEqual([
    '/process is missing: it must be an object such as {"args": ["sh"], "cwd": "/"}',
  ]);
  expect(validateConfig(minimal, { start: false })).toEqual([]);
});

test.each([
  [
    "youki-helloworld.json",
    [
      "/linux/devices/0/fileMode must be permission bits as a decimal number from 0 to 511 (octal 0777), found 666",
    ],
  ],
  [
    "kata-image-bundle.json",
    ['/ociVersion must be a version 1.x of the runtime specification, found "0.5.0-dev"'],
  ],
  [
    "kata-agent.json",
    [
      "/linux/seccomp/syscalls/0/errnoRet must be left out, because SCMP_ACT_ALLOW returns no errno",
    ],
  ],
])("%s of another runtime has only its known mistake", (name, expected) => {
  expect(messages(read(`samples/${name}`))).toEqual(expected);
});

test.each(["runc-seccomp-1.json", "runc-seccomp-2.json"])("%s passes", (name) => {
  const linux = { seccomp: read(`samples/${name}`) };
  const config = read("config/good/minimal-for-start.json") as object;
  expect(messages({ ...config, linux })).toEqual([]);
});

test("the specification's example passes but for its version", () => {
  expect(messages(read("config/good/spec-example.json"))).toEqual([
    '/ociVersion must be a version 1.x of the runtime specification, found "0.5.0-dev"',
  ]);
});
