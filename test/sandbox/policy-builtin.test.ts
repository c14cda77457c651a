import { expect, it, vi } from "vitest";
import { loadPolicy } from "../../src/sandbox/policy.ts";

// What the hot path must not load.
vi.mock("yaml", () => {
  throw new Error("yaml was loaded");
});
vi.mock("../../src/sandbox/policy-file.ts", () => {
  throw new Error("the reader of policy files was loaded");
});

it("shipped profiles need neither YAML nor a file", async () => {
  expect((await loadPolicy("default")).name).toBe("default");
  await expect(loadPolicy("./own.yaml")).rejects.toThrow();
});
