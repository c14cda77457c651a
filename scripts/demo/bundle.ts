import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** The folders of a root file system that config.json mounts on or that programs expect. */
const FOLDERS = ["bin", "dev", "etc", "mnt", "proc", "root", "run", "sys", "tmp", "var/tmp"];

/**
 * Put the sample bundle together from examples/bundle and a static busybox, replacing what is in `folder`.
 * @param busybox Path of a static busybox; scripts/setup.sh leaves one at .cache/bin/busybox.
 */
export function makeSampleBundle(folder: string, busybox: string): void {
  const rootfs = join(folder, "rootfs");
  rmSync(folder, { recursive: true, force: true });
  for (const name of FOLDERS) mkdirSync(join(rootfs, name), { recursive: true });
  for (const name of ["tmp", "var/tmp"]) chmodSync(join(rootfs, name), 0o1777);

  copyFileSync(busybox, join(rootfs, "bin/busybox"));
  chmodSync(join(rootfs, "bin/busybox"), 0o755);
  const { stdout } = spawnSync(busybox, ["--list"], { encoding: "utf8" });
  for (const applet of stdout.split("\n"))
    if (applet !== "" && applet !== "busybox") symlinkSync("busybox", join(rootfs, "bin", applet));

  writeFileSync(join(rootfs, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(join(rootfs, "etc/group"), "root:x:0:\n");
  copyFileSync("examples/bundle/probe.sh", join(rootfs, "probe.sh"));
  writeFileSync(join(folder, "config.json"), readFileSync("examples/bundle/config.json"));
}
