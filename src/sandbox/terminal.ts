/** The container's terminal: a pty from its own devpts, its master handed to whoever holds the other side. */
import type { Process } from "../oci/runtime-config.ts";
import type { Handover } from "./handover.ts";
import { NONE, type Op, TARGET_FILE, TARGET_NOFOLLOW } from "./ops.ts";
import { SLOT } from "./slots.ts";

const OPEN_TREE_CLONE = 1;
const O_PATH = 0x200000;
const O_DIRECTORY = 0x10000;
const IN_ROOT_NO_SYMLINKS = 0x14;
const at = "/process/terminal";

/** For the container's first process: the pty also becomes /dev/console. */
export function planTerminal(process: Process, handover: Handover): readonly Op[] {
  const console: readonly Op[] = [
    {
      op: "open_tree",
      at,
      slot: SLOT.SCRATCH,
      dir: SLOT.PTY_SLAVE,
      path: "",
      flags: OPEN_TREE_CLONE,
    },
    {
      op: "open_target",
      at,
      slot: SLOT.SCRATCH + 1,
      root: SLOT.ROOT,
      path: "/dev/console",
      kind: TARGET_FILE | TARGET_NOFOLLOW,
      like: NONE,
      mode: 0o644,
    },
    { op: "move_mount", at, from: SLOT.SCRATCH, to: SLOT.SCRATCH + 1 },
  ];
  return planPtyWith(process, handover, console);
}

/** For a process that joins a container. */
export function planPty(process: Process, handover: Handover): readonly Op[] {
  return planPtyWith(process, handover, []);
}

function planPtyWith(
  process: Process,
  { consoleSocket }: Handover,
  between: readonly Op[],
): readonly Op[] {
  if (process.terminal !== true) return [];
  const size = process.consoleSize;
  return [
    {
      op: "open",
      at,
      slot: SLOT.PTS,
      dir: SLOT.ROOT,
      path: "dev/pts",
      flags: O_PATH | O_DIRECTORY,
      mode: 0,
      resolve: IN_ROOT_NO_SYMLINKS,
    },
    { op: "open_pty", at, master: SLOT.PTY_MASTER, slave: SLOT.PTY_SLAVE, pts: SLOT.PTS },
    ...(size === undefined
      ? []
      : [
          {
            op: "set_winsize",
            at: "/process/consoleSize",
            slot: SLOT.PTY_MASTER,
            rows: size.height,
            cols: size.width,
          } as const,
        ]),
    ...between,
    {
      op: "send_console",
      at,
      master: SLOT.PTY_MASTER,
      socket: consoleSocket === undefined ? NONE : SLOT.CONSOLE_SOCKET,
    },
    { op: "set_stdio", at, slot: SLOT.PTY_SLAVE },
    { op: "set_ctty", at },
    { op: "close", at, slot: SLOT.PTS },
  ];
}
