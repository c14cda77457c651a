/**
 * AppArmor on a kernel that has it, by the built executable; run.sh boots the machine and starts this in it. Each check
 * prints a line, the last line counts them.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, TestBundle } from "../support/bundle.ts";
import { hostHook, imageHook, printed } from "../support/hooks.ts";

const PROFILE = "tguard-vm-test";
const LABEL = `${PROFILE} (enforce)`;

writeFileSync(
  "/tmp/profile",
  `profile ${PROFILE} flags=(attach_disconnected, mediate_deleted) {
  /** mrwlkix,
  / r,
  capability,
  network,
  signal,
  ptrace,
  deny /etc/secret r,
}
`,
);
execFileSync("apparmor_parser", ["--replace", "/tmp/profile"], { stdio: "inherit" });

let passed = 0;
let failed = 0;
async function check(name: string, work: (bundle: TestBundle) => void): Promise<void> {
  const bundle = new TestBundle();
  writeFileSync(join(bundle.rootfs, "etc/secret"), "top secret\n");
  writeFileSync(join(bundle.rootfs, "etc/open"), "for all\n");
  try {
    work(bundle);
    passed += 1;
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${String(error)}`);
  } finally {
    bundle.remove();
  }
}

const SCRIPT = "cat /proc/self/attr/current /etc/open; cat /etc/secret || echo denied";
const confined =
  (more: (config: Config) => void = () => undefined) =>
  (config: Config): void => {
    config.process.apparmorProfile = PROFILE;
    more(config);
  };

for (const noNewPrivileges of [true, false])
  await check(`a profile is enforced: a file denied (noNewPrivileges ${noNewPrivileges})`, (b) => {
    const run = b.run(SCRIPT, {
      change: confined((config) => {
        config.process.noNewPrivileges = noNewPrivileges;
      }),
    });
    assert.equal(run.stdout, `${LABEL}\nfor all\ndenied\n`, run.stderr);
    assert.match(run.stderr, /etc\/secret'?: Permission denied/);
  });

await check(
  "in a user namespace, by an unprivileged user, behind the default profile's filter",
  (b) => {
    const run = b.run(SCRIPT, {
      flags: ["--profile", "default"],
      change: confined((config) => {
        config.process.user = { uid: 33, gid: 33 };
        config.linux.namespaces.push({ type: "user" });
        config.linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1000 }];
        config.linux.gidMappings = [{ containerID: 0, hostID: 0, size: 1000 }];
      }),
    });
    assert.match(
      run.stdout,
      new RegExp(`^${PROFILE} \\(enforce\\)\nfor all\ndenied\n`),
      run.stderr,
    );
  },
);

await check("a profile that is not loaded is an error with its name and place", (b) => {
  const run = b.run("true", {
    change: (config) => {
      config.process.apparmorProfile = "no-such-profile";
    },
  });
  assert.equal(run.status, 125);
  assert.match(run.stderr, /no-such-profile/);
  assert.match(run.stderr, /no AppArmor profile of that name is loaded/);
  assert.match(run.stderr, /config\.json \/process\/apparmorProfile/);
});

await check("hooks of the host are not confined, those of the image are", (b) => {
  const run = b.run("true", {
    change: confined((config) => {
      config.root.readonly = false;
      config.hooks = {
        createRuntime: [hostHook(b, "runtime", "cat /proc/self/attr/current")],
        createContainer: [hostHook(b, "container", "cat /proc/self/attr/current")],
        startContainer: [imageHook(b, "start", "cat /proc/self/attr/current > /tmp/label")],
      };
    }),
  });
  assert.equal(run.status, 0, run.stderr);
  assert.match(printed(b, "runtime") + printed(b, "container"), /^unconfined\nunconfined\n?$/);
  assert.equal(readFileSync(join(b.rootfs, "tmp/label"), "utf8").trim(), LABEL);
});

await check("exec takes the container's profile, and another by its option", (b) => {
  b.write(b.spec("sleep 1000", confined()));
  assert.equal(b.detach("--no-harden"), 0);
  const own = b.tguard("exec", b.id, "cat", "/proc/self/attr/current", "/etc/secret");
  assert.equal(own.stdout, `${LABEL}\n`, own.stderr);
  const wrong = b.tguard("exec", "--apparmor", "no-such-profile", b.id, "true");
  assert.match(wrong.stderr, /no AppArmor profile of that name is loaded/);
  assert.equal(b.tguard("delete", "--force", b.id).status, 0);
  assert.equal(existsSync(join(b.state, b.id)), false);
});

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
