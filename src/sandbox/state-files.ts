/** Files in a container's state directory; init's clean-up removes exactly these. */

/** The record, replaced whole at each change. */
export const STATE_FILE = "state.json";
/** config.json as it runs, hardened. */
export const CONFIG_FILE = "config.json";
/** A byte in it lets the program of `create` begin. */
export const EXEC_FIFO = "exec.fifo";
/** What became of that program; reads as ended once it runs. */
export const REPORT_FIFO = "report.fifo";
/** Where an ordinary user's `exec` gets the namespaces of a container that waits for `start`. */
export const JOIN_SOCKET = "join.sock";
/** Directory that a container which tells its readiness sees as /run/notify, and the socket in it. */
export const NOTIFY_DIR = "notify";
export const NOTIFY_SOCKET = "notify.sock";
