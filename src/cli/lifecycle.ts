import { Command } from "commander";

/** The store that `--root` names, or this user's own. */
async function storeOf(command: Command): Promise<import("../sandbox/store.ts").Store> {
  const { Store } = await import("../sandbox/store.ts");
  const { defaultStateRoot } = await import("../sandbox/places.ts");
  const { root } = command.optsWithGlobals<{ root?: string }>();
  return new Store(root ?? defaultStateRoot());
}

/** `tguard state`: one container's state as JSON. */
export function stateCommand(): Command {
  return new Command("state")
    .description("print a container's state as JSON")
    .argument("<id>", "the container's id")
    .action(async (id: string, _flags: object, command: Command) => {
      const { stateOf } = await import("../sandbox/container.ts");
      const { print } = await import("./output.ts");
      await print(`${JSON.stringify(stateOf(await storeOf(command), id), null, 2)}\n`);
    });
}

/** `tguard list`: all containers. */
export function listCommand(): Command {
  return new Command("list")
    .description("list the containers")
    .option("-f, --format <format>", "table or json", "table")
    .option("-q, --quiet", "print ids alone")
    .action(async (flags: { format: string; quiet?: true }, command: Command) => {
      const { listContainers } = await import("../sandbox/container.ts");
      const { print } = await import("./output.ts");
      const { formatList } = await import("../sandbox/format-list.ts");
      const all = listContainers(await storeOf(command));
      await print(formatList(all, flags.quiet === true ? "quiet" : flags.format));
    });
}

/** `tguard kill`: send a signal. */
export function killCommand(): Command {
  return new Command("kill")
    .description("send a signal to a container's process (default: SIGTERM)")
    .argument("<id>", "the container's id")
    .argument("[signal]", "name or number", "SIGTERM")
    .option("-a, --all", "send it to every process in the container")
    .action(async (id: string, signal: string, flags: { all?: true }, command: Command) => {
      const { killContainer, parseSignal } = await import("../sandbox/container.ts");
      const store = await storeOf(command);
      await killContainer(store, id, parseSignal(signal), flags.all === true);
    });
}

/** `tguard delete`: remove a container. */
export function deleteCommand(): Command {
  return new Command("delete")
    .description("remove a container's cgroups and state")
    .argument("<id>", "the container's id")
    .option("-f, --force", "kill it first if it is running; an unknown id is no error")
    .action(async (id: string, flags: { force?: true }, command: Command) => {
      const { deleteContainer } = await import("../sandbox/container.ts");
      await deleteContainer(await storeOf(command), id, flags.force === true);
    });
}
