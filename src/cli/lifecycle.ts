import { UserError } from "../base/error.ts";
import { formatList } from "../sandbox/format-list.ts";
import {
  deleteContainer,
  killContainer,
  listContainers,
  parseSignal,
  stateOf,
} from "../sandbox/manage.ts";
import { defaultStateRoot } from "../sandbox/places.ts";
import { Store } from "../sandbox/store.ts";
import type { CommandSpec, Globals } from "./command-spec.ts";
import { warnTo } from "./log.ts";
import { print } from "./output.ts";

const ID = { name: "<id>", description: "the container's id" } as const;

/** The store that `--root` names, or this user's own. */
function storeOf({ root }: Globals): Store {
  return new Store(root ?? defaultStateRoot());
}

function idOf(args: readonly string[]): string {
  const id = args[0];
  if (id === undefined) throw new UserError("a container's id is missing");
  return id;
}

/** `tguard state`: one container's state as JSON. */
export const stateSpec: CommandSpec = {
  name: "state",
  description: "print a container's state as JSON",
  arguments: [ID],
  options: [],
  run: (args, _flags, globals) =>
    print(`${JSON.stringify(stateOf(storeOf(globals), idOf(args)), null, 2)}\n`),
};

/** `tguard start`: let a created container's program run. */
export const startSpec: CommandSpec = {
  name: "start",
  description: "let the program of a created container run",
  arguments: [ID],
  options: [],
  run: async (args, _flags, globals) => {
    const { startContainer } = await import("../sandbox/start.ts");
    await startContainer(storeOf(globals), idOf(args), process.env["NOTIFY_SOCKET"] || undefined);
  },
};

/** `tguard list`: all containers. */
export const listSpec: CommandSpec = {
  name: "list",
  description: "list the containers",
  arguments: [],
  options: [
    { flags: "-f, --format <format>", description: "table or json", default: "table" },
    { flags: "-q, --quiet", description: "print ids alone" },
  ],
  run: (_args, flags, globals) =>
    print(
      formatList(
        listContainers(storeOf(globals)),
        flags["quiet"] === true ? "quiet" : String(flags["format"]),
      ),
    ),
};

/** `tguard kill`: send a signal. */
export const killSpec: CommandSpec = {
  name: "kill",
  description: "send a signal to a container's process",
  arguments: [ID, { name: "[signal]", description: "name or number (default: SIGTERM)" }],
  options: [{ flags: "-a, --all", description: "send it to every process in the container" }],
  run: (args, flags, globals) =>
    killContainer(
      storeOf(globals),
      idOf(args),
      parseSignal(args[1] ?? "SIGTERM"),
      flags["all"] === true,
    ),
};

/** `tguard delete`: remove a container. */
export const deleteSpec: CommandSpec = {
  name: "delete",
  description: "remove a container's cgroups and state",
  arguments: [ID],
  options: [
    {
      flags: "-f, --force",
      description: "kill it first if it is running; an unknown id is no error",
    },
  ],
  run: (args, flags, globals) =>
    deleteContainer(storeOf(globals), idOf(args), flags["force"] === true, warnTo(globals)),
};
