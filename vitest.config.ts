import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Where scripts and .ci/run want the numbers of a suite, next to what is printed.
const results = process.env["TGUARD_TEST_RESULTS"];

// Real kernels, daemons and machines under load: one that fails is tried again, in CI alone, and vitest tells so.
const retry = process.env["CI"] === "true" ? 2 : 0;

// Suites of their own command: they install what they need (debootstrap, qemu) and take minutes.
const slow = ["test/debian/**", "test/vm/**", "test/engines/**"];

export default defineConfig({
  test: {
    // Child processes, not threads: tests change the working directory, the umask and load native code.
    pool: "forks",
    // Whether the machine has ShellCheck must not change what tests of other things see; its own tests ask for it.
    env: { TGUARD_SHELLCHECK: "never" },
    maxWorkers: availableParallelism(),
    // Guards against a hang, not a measure of speed: the slowest machine must not come near.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: [
      "default",
      "./scripts/skip-reporter.ts",
      ...(results === undefined ? [] : [["json", { outputFile: results }] as ["json", object]]),
    ],
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**", ...slow] },
      },
      // Drives dist/tguard, which must be built: `npm test` does.
      { extends: true, test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], retry } },
      { extends: true, test: { name: "debian", include: ["test/debian/**/*.test.ts"], retry } },
      { extends: true, test: { name: "vm", include: ["test/vm/**/*.test.ts"] } },
      { extends: true, test: { name: "engines", include: ["test/engines/**/*.test.ts"], retry } },
    ],
    coverage: { include: ["src/**/*.ts"], exclude: ["**/*.generated.*"] },
  },
});
