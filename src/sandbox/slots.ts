/** Who uses which of init's 256 descriptor slots; a plan that mixes them up would bind one thing over another. */
export const SLOT = {
  /** The container's root, attached. */
  ROOT: 1,
  /** The host's /dev/null, checked. */
  NULL: 2,
  /** A procfs that nobody else sees. */
  PROC: 3,
  LANDLOCK: 4,
  CONSOLE_SOCKET: 5,
  PTY_MASTER: 6,
  PTY_SLAVE: 7,
  FIFO: 8,
  PTS: 9,
  /** 10 to 19: free inside one mount, closed again at its end. */
  SCRATCH: 10,
  /** 20 to 29: namespaces to join, in order. */
  NAMESPACES: 20,
  /** The user namespace whose maps an idmapped mount takes. */
  IDMAP: 30,
  HOST_ROOT: 31,
  /** The container's v2 control group. */
  CGROUP: 32,
  /** /proc/self/attr/…/exec: takes the security label of the next exec. */
  LABEL: 36,
  /** The connection to a seccomp agent. */
  LISTENER: 37,
  /** /proc/PID of the container's process, for `exec`. */
  PROCESS: 33,
  PIDFD_SOCKET: 34,
  /** Where `start` reads what became of the program. */
  REPORT: 35,
  /** Where a container that waits for `start` is asked for its namespaces. */
  JOIN_LISTENER: 36,
  /** 240 to 255: the container's own namespaces, to be handed out there. */
  OWN_NAMESPACES: 240,
  /** 40 to 239: bind sources opened before the user namespace is entered. */
  SOURCES: 40,
} as const;

/** How many bind sources can be opened beforehand. */
export const MAX_SOURCES = 200;
