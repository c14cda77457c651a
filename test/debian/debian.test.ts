import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Config, type Outcome, TestBundle } from "../support/bundle.ts";

// What Docker gives by default: the profiles cut it down.
const DOCKER_CAPS =
  "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE"
    .split(" ")
    .map((name) => `CAP_${name}`);

let bundle: TestBundle;
/** Why there is no root file system here. */
let lacking: string | undefined;

beforeAll(() => {
  const made = spawnSync("sh", [join(import.meta.dirname, "rootfs.sh")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (made.status === 3) {
    lacking = made.stderr.trim().split("\n").at(-1) ?? "no reason given";
    return;
  }
  expect(made.status, made.stderr).toBe(0);
  bundle = new TestBundle();
  rmSync(bundle.rootfs, { recursive: true });
  // A copy: what a writable container changes is not there the next time.
  const copied = spawnSync("cp", ["-a", made.stdout.trim(), bundle.rootfs], { encoding: "utf8" });
  expect(copied.status, copied.stderr).toBe(0);
}, 900_000);

beforeEach(({ skip }) => skip(lacking !== undefined, lacking));

afterAll(() => {
  if (lacking !== undefined) return;
  const left = bundle.leftovers();
  bundle.remove();
  expect(left).toEqual([]);
});

interface RunOptions {
  readonly flags?: readonly string[];
  readonly user?: number;
}

/** A bundle as an engine writes it for such an image: writable root, Docker's capabilities. */
function run(args: readonly string[], { flags = [], user = 0 }: RunOptions = {}): Outcome {
  const capabilities = user === 0 ? DOCKER_CAPS : [];
  return bundle.run("", {
    flags,
    change: (c: Config) => {
      c.process.args = args;
      c.process.user = { uid: user, gid: user };
      c.process.capabilities = {
        bounding: DOCKER_CAPS,
        effective: capabilities,
        permitted: capabilities,
      };
      c.root.readonly = false;
    },
  });
}

const bash = (script: string, options?: RunOptions): Outcome =>
  run(["bash", "-ec", script], options);
const python = (program: string, options?: RunOptions): Outcome =>
  run(["python3", "-c", program], options);

const ALL: readonly (readonly [string, readonly string[]])[] = [
  ["default", []],
  ["compat", ["--profile", "compat"]],
  ["strict", ["--profile", "strict"]],
  ["none", ["--no-harden"]],
];

describe.each(ALL)("profile %s", (_, flags) => {
  test("apt-get --version", () => {
    const { status, stdout, stderr } = run(["apt-get", "--version"], { flags });
    expect(stdout, stderr).toMatch(/^apt \d/);
    expect(status).toBe(0);
  });

  test("python3 prints", () => {
    expect(python("print(6 * 7)", { flags })).toMatchObject({ status: 0, stdout: "42\n" });
  });

  test.each([
    ["exit 0", 0],
    ["exit 42", 42],
    ["no-such-command", 127],
    ["/etc/passwd", 126],
    ["bash -c 'kill -TERM $$'; exit", 143],
  ])("bash: %s gives %i", (script, status) => {
    expect(bash(script, { flags }).status).toBe(status);
  });
});

describe("bash", () => {
  test("pipes, substitutions, here-documents, arrays, traps and jobs", () => {
    const { status, stdout, stderr } = bash(`
      trap 'echo bye' EXIT
      a=(one two three); echo "\${#a[@]} \${a[-1]}"
      diff <(printf 'a\\nb\\n') <(printf 'a\\nb\\n') && echo same
      tr a-z A-Z <<< word
      cat <<END
$((1 << 10))
END
      sleep 0 & wait $!; echo "job $?"
      printf '%s\\n' c a b | sort | tr '\\n' ' ' > /tmp/sorted; cat /tmp/sorted; echo
      set -o pipefail; false | true || echo "pipe $?"
    `);
    expect(stdout, stderr).toBe("3 three\nsame\nWORD\n1024\njob 0\na b c \npipe 1\nbye\n");
    expect(status).toBe(0);
  });

  test("archives and owners", () => {
    const { stdout, stderr } = bash(`
      cd /tmp; mkdir d; echo x > d/f; chown www-data:nogroup d/f; chmod 640 d/f
      tar cf a.tar d; rm -r d; tar xf a.tar; stat -c '%U:%G %a' d/f
    `);
    expect(stdout, stderr).toBe("www-data:nogroup 640\n");
  });

  test("programs of Debian that look at the system", () => {
    const { stdout, stderr } = bash(`
      dpkg-query -W -f '\${Status}\\n' nginx-light
      perl -e 'print 2 ** 8, "\\n"'
      getent passwd www-data | cut -d: -f3
      find / -xdev -name os-release -path '/usr/*' | wc -l
    `);
    expect(stdout, stderr).toBe("install ok installed\n256\n33\n1\n");
  });
});

const PYTHON = `
import asyncio, hashlib, mmap, multiprocessing, os, pty, signal, socket, sqlite3, ssl, subprocess, tempfile, threading
out = []
threads = [threading.Thread(target=out.append, args=(i,)) for i in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
print("threads", sorted(out))
done = subprocess.run(["sh", "-c", "id -u; exit 3"], capture_output=True, text=True)
print("subprocess", done.returncode, done.stdout.strip())
with multiprocessing.Pool(2) as pool: print("processes", pool.map(abs, [-1, -2]))
async def child(): return await (await asyncio.create_subprocess_exec("true")).wait()
print("asyncio", asyncio.run(child()))
def exchange(family, address):
    server = socket.socket(family); server.bind(address); server.listen()
    client = socket.socket(family); client.connect(server.getsockname())
    peer, _ = server.accept(); peer.sendall(b"ping")
    return client.recv(4)
print("tcp", exchange(socket.AF_INET, ("127.0.0.1", 0)), exchange(socket.AF_INET6, ("::1", 0)))
folder = tempfile.mkdtemp()
print("unix", exchange(socket.AF_UNIX, folder + "/socket"))
print("temporary", os.path.dirname(folder))
db = sqlite3.connect(folder + "/db"); db.execute("pragma journal_mode = wal")
db.execute("create table t (a)"); db.execute("insert into t values (1)"); db.commit()
print("sqlite", db.execute("select a from t").fetchall())
print("certificates", len(ssl.create_default_context().get_ca_certs()) > 50)
print("sha256", hashlib.sha256(b"").hexdigest()[:8])
print("pty", len(os.ttyname(pty.openpty()[1])) > 0)
mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
os.memfd_create("m"); os.eventfd(0); os.nice(1)
signal.signal(signal.SIGALRM, lambda *_: print("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.001); signal.pause()
`;

describe("python3", () => {
  test.each([
    ["root", 0],
    ["an ordinary user", 1000],
  ])("threads, processes, sockets, files, databases as %s", (_, user) => {
    const { status, stdout, stderr } = python(PYTHON, { user });
    expect(stdout.split("\n"), stderr).toEqual([
      "threads [0, 1, 2, 3, 4, 5, 6, 7]",
      `subprocess 3 ${user}`,
      "processes [1, 2]",
      "asyncio 0",
      "tcp b'ping' b'ping'",
      "unix b'ping'",
      "temporary /tmp",
      "sqlite [(1,)]",
      "certificates True",
      "sha256 e3b0c442",
      "pty True",
      "alarm",
      "",
    ]);
    expect(status).toBe(0);
  });

  test("an exception is the program's own: status 1 and its traceback", () => {
    const { status, stderr } = python("1 / 0");
    expect(status).toBe(1);
    expect(stderr).toContain("ZeroDivisionError");
    expect(stderr).not.toContain("tguard: ");
  });

  test("the strict profile has neither a network nor a place to write", () => {
    const { stdout, stderr } = python(
      `
import socket
try: socket.socket()
except OSError as e: print(e.strerror)
try: open("/tmp/x", "w")
except OSError as e: print(e.strerror)
`,
      { flags: ["--profile", "strict"] },
    );
    expect(stdout, stderr).toBe(
      "Address family not supported by protocol\nRead-only file system\n",
    );
  });
});

// Pages are compared byte by byte; 130 kB do not fit in one buffer of the socket.
const NGINX_OWN = `
rm -f /var/log/nginx/access.log
mkdir -p /run/site /tmp/www
cat > /run/site/nginx.conf <<'END'
pid /run/site/pid;
user www-data;
worker_processes 2;
error_log /var/log/nginx/error.log;
events {}
http {
  access_log /var/log/nginx/access.log;
  client_body_temp_path /tmp/body;
  server { listen 127.0.0.1:80; root /tmp/www; }
}
END
head -c 100000 /dev/urandom | base64 > /tmp/www/page
nginx -c /run/site/nginx.conf
python3 - <<'END'
import urllib.error, urllib.request
page = urllib.request.urlopen("http://127.0.0.1/page", timeout=20).read()
print("same", page == open("/tmp/www/page", "rb").read())
try: urllib.request.urlopen("http://127.0.0.1/other", timeout=20)
except urllib.error.HTTPError as e: print(e.code)
END
for pid in $(cat /proc/$(cat /run/site/pid)/task/*/children); do stat -c 'worker %u' /proc/$pid; done
nginx -c /run/site/nginx.conf -s quit
while [ -e /run/site/pid ]; do sleep 0.05; done
cut -d' ' -f6-9 /var/log/nginx/access.log
`;

const NGINX_SHIPPED = `
nginx
while [ ! -s /run/nginx.pid ]; do sleep 0.05; done
python3 -c 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1/", timeout=20).status)'
nginx -s stop
`;

describe("nginx", () => {
  test.each(ALL.filter(([name]) => name !== "strict"))(
    "serves pages on the container's loopback and drops to its user: profile %s",
    (_, flags) => {
      const { status, stdout, stderr } = bash(NGINX_OWN, { flags });
      expect(stdout, stderr).toBe(
        'same True\n404\nworker 33\nworker 33\n"GET /page HTTP/1.1" 200\n"GET /other HTTP/1.1" 404\n',
      );
      expect(status).toBe(0);
    },
  );

  test("serves with the configuration that Debian ships", () => {
    const { status, stdout, stderr } = bash(NGINX_SHIPPED);
    expect(stdout, stderr).toBe("200\n");
    expect(status).toBe(0);
  });
});

describe("users and packages", () => {
  test("dropping to another user works", () => {
    const { stdout, stderr } = bash(`
      su nobody -s /bin/sh -c 'id -u; id -G'
      runuser -u www-data -- id -un
      setpriv --reuid=33 --regid=33 --clear-groups id -u
      start-stop-daemon --start --quiet --chuid www-data --exec /usr/bin/id -- -u
    `);
    expect(stdout, stderr).toBe("65534\n65534\nwww-data\n33\n33\n");
  });

  test("a setuid program gives an ordinary user nothing", () => {
    const { status, stderr } = bash("su root -c id </dev/null", { user: 1000 });
    expect(status).toBe(1);
    expect(stderr).toContain("su:");
  });

  test("changing the image is refused with an error of the program's own", () => {
    const { status, stdout, stderr } = bash(
      "useradd tester && exit 9; touch /usr/bin/x && exit 9; echo going on",
    );
    expect(stdout).toBe("going on\n");
    expect(stderr).toMatch(/cannot lock \/etc\/passwd/);
    expect(stderr).toMatch(/touch: .*Read-only file system/);
    expect(status).toBe(0);
  });

  test.each(ALL.filter(([name]) => name === "compat" || name === "none"))(
    "useradd and su work where the root is writable: profile %s",
    (name, flags) => {
      const { status, stdout, stderr } = bash(
        `useradd -m ${name}; su ${name} -c 'cd; pwd; touch f; stat -c %U f'; userdel -r ${name} 2>/dev/null; id ${name} 2>/dev/null || echo gone`,
        { flags },
      );
      expect(stdout, stderr).toBe(`/home/${name}\n${name}\ngone\n`);
      expect(status).toBe(0);
    },
  );

  test("apt-get update without a network ends by itself, with apt's own words", () => {
    const { status, stderr } = run(["apt-get", "-o", "Acquire::Retries=0", "update"]);
    expect([0, 100]).toContain(status);
    expect(stderr).toMatch(/^[EW]: /m);
    expect(stderr).not.toContain("tguard: ");
  });

  test("an ordinary user writes to the temporary folders alone", () => {
    const { stdout } = bash(
      "for d in /tmp /var/tmp /dev/shm /run /etc /usr /var/log; do [ ! -w $d ] || echo $d; done",
      { user: 1000 },
    );
    expect(stdout).toBe("/tmp\n/var/tmp\n/dev/shm\n");
  });
});
