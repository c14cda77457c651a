import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultSpec } from "../../src/oci/spec.ts";
import { isRoot, TGUARD } from "../support/bundle.ts";

// What Docker gives by default: the profile cuts it down.
const DOCKER_CAPS =
  "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE"
    .split(" ")
    .map((name) => `CAP_${name}`);

const rootfs = resolve(import.meta.dirname, "../../.cache/debian-rootfs");
const base = mkdtempSync(join(tmpdir(), "tguard-debian-"));
const state = join(base, "state");

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], flags: readonly string[] = [], user = 0): Outcome {
  const dir = join(base, "bundle");
  mkdirSync(dir, { recursive: true });
  const spec = defaultSpec({});
  const capabilities = { bounding: DOCKER_CAPS, effective: DOCKER_CAPS, permitted: DOCKER_CAPS };
  const process_ = {
    ...spec.process,
    terminal: false,
    args,
    capabilities,
    user: { uid: user, gid: user },
  };
  const config = { ...spec, process: process_, root: { path: rootfs } };
  writeFileSync(join(dir, "config.json"), JSON.stringify(config));
  const words = ["--root", state, "run", ...flags, "--bundle", dir, basename(base)];
  const { status, stdout, stderr } = spawnSync(TGUARD, words, {
    encoding: "utf8",
    timeout: 100_000,
  });
  return { status, stdout, stderr };
}

const NGINX = `
nginx
while [ ! -s /run/nginx.pid ]; do sleep 0.1; done
python3 -c 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1/").status)'
nginx -s stop
grep -c 'GET / ' /var/log/nginx/access.log
`;

const PYTHON = `
import hashlib, os, socket, sqlite3, ssl, subprocess, tempfile, threading
t = threading.Thread(target=print, args=("thread",)); t.start(); t.join()
print(subprocess.check_output(["id", "-u"]).decode().strip())
a, b = socket.socketpair(); a.send(b"x"); print(b.recv(1))
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print("listens")
print(os.path.dirname(tempfile.mkdtemp()))
print(sqlite3.connect(":memory:").execute("select 1").fetchone())
`;

describe.skipIf(!isRoot)(
  "a Debian bundle (skipped for ordinary users: debootstrap needs root)",
  () => {
    beforeAll(() => {
      const made = spawnSync("sh", [join(import.meta.dirname, "rootfs.sh")], { encoding: "utf8" });
      expect(made.status, made.stderr).toBe(0);
    }, 600_000);
    afterAll(() => {
      expect(readdirSync(state)).toEqual([]);
      rmSync(base, { recursive: true });
    });

    test.each([[[]], [["--profile", "compat"]], [["--no-harden"]]])(
      "apt-get --version %j",
      (flags) => {
        const { status, stdout, stderr } = run(["apt-get", "--version"], flags);
        expect(stdout, stderr).toMatch(/^apt \d/);
        expect(status).toBe(0);
      },
    );

    test("python3: threads, processes, sockets, files", () => {
      const { status, stdout, stderr } = run(["python3", "-c", PYTHON]);
      expect(status, stderr).toBe(0);
      expect(stdout).toBe("thread\n0\nb'x'\nlistens\n/tmp\n(1,)\n");
    });

    test("python3 as an ordinary user, and under the strict profile", () => {
      expect(run(["python3", "-c", "import os; print(os.getuid())"], [], 1000).stdout).toBe(
        "1000\n",
      );
      expect(run(["python3", "-c", "print(2)"], ["--profile", "strict"]).stdout).toBe("2\n");
    });

    test("nginx serves, with the configuration that Debian ships", () => {
      const { status, stdout, stderr } = run(["bash", "-ec", NGINX]);
      expect(stdout, stderr).toBe("200\n1\n");
      expect(status).toBe(0);
    });

    test("dropping to another user works, changing the system does not", () => {
      const { stdout } = run([
        "bash",
        "-c",
        "su nobody -s /bin/sh -c 'id -u'; touch /usr/bin/x || echo refused",
      ]);
      expect(stdout).toBe("65534\nrefused\n");
    });

    test("apt-get update without a network ends with an error of its own", () => {
      const { status, stderr } = run(["apt-get", "-o", "Acquire::Retries=0", "update"]);
      expect([0, 100]).toContain(status);
      expect(stderr).not.toContain("tguard: ");
    });
  },
);
