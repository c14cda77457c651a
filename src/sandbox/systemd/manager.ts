/** systemd itself, the machine's or the user's, over D-Bus: start a scope, change it, end it. */
import { existsSync } from "node:fs";
import { UserError } from "../../base/error.ts";
import { type Bus, connectBus, DBusError } from "./connection.ts";
import { type Property, toBody } from "./unit.ts";
import type { DBusValue, Variant } from "./wire.ts";

const SERVICE = "org.freedesktop.systemd1";
const PATH = "/org/freedesktop/systemd1";
const MANAGER = "org.freedesktop.systemd1.Manager";

/** A systemd that answers. */
export interface Manager {
  /** The manager's own group: "" or "/" for the machine's, "/user.slice/…/user@1000.service" for a user's. */
  readonly group: string;
  start(unit: string, properties: readonly Property[]): Promise<void>;
  attach(unit: string, pids: readonly number[]): Promise<void>;
  set(unit: string, properties: readonly Property[]): Promise<void>;
  /** End the unit and forget its failure; one that is gone already is no error. */
  stop(unit: string): Promise<void>;
  close(): void;
}

/**
 * Connect to the machine's systemd, or with `isUser` to the user's own.
 * @throws UserError when it is not there.
 */
export async function connectManager(isUser: boolean): Promise<Manager> {
  const bus = isUser ? await connectUser() : await connectSystem();
  try {
    await bus.call({ path: PATH, interface: MANAGER, member: "Subscribe" });
    const [group] = (await bus.call({
      path: PATH,
      interface: "org.freedesktop.DBus.Properties",
      member: "Get",
      signature: "ss",
      body: [MANAGER, "ControlGroup"],
    })) as readonly [Variant];
    return new Systemd(bus, String(group.value));
  } catch (error) {
    bus.close();
    throw error;
  }
}

async function connectSystem(): Promise<Bus> {
  const socket = "/run/dbus/system_bus_socket";
  const own = "/run/systemd/private";
  try {
    return existsSync(own)
      ? await connectBus(own, SERVICE, true)
      : await connectBus(socket, SERVICE, false);
  } catch (cause) {
    throw new UserError("cannot reach systemd", {
      where: "--systemd-cgroup",
      cause,
      hint: "start it where systemd is process 1 and D-Bus runs, or leave out --systemd-cgroup",
    });
  }
}

async function connectUser(): Promise<Bus> {
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR } = process.env;
  const directory = XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.()}`;
  const session = /(?:^|;)unix:path=([^,;]+)/.exec(address ?? "")?.[1];
  const own = `${directory}/systemd/private`;
  try {
    return existsSync(own)
      ? await connectBus(own, SERVICE, true)
      : await connectBus(session ?? `${directory}/bus`, SERVICE, false);
  } catch (cause) {
    throw new UserError("cannot reach your systemd", {
      where: "--systemd-cgroup",
      cause,
      hint: "log in as a user with a session (loginctl enable-linger keeps one), or leave out --systemd-cgroup",
    });
  }
}

class Systemd implements Manager {
  readonly group: string;
  private readonly bus: Bus;

  constructor(bus: Bus, group: string) {
    this.bus = bus;
    this.group = group === "/" ? "" : group;
  }

  async start(unit: string, properties: readonly Property[]): Promise<void> {
    try {
      await this.job("StartTransientUnit", "ssa(sv)a(sa(sv))", [
        unit,
        "replace",
        toBody(properties),
        [],
      ]);
    } catch (error) {
      // A unit of that name that failed once is kept, and in the way, until it is forgotten.
      if (!(error instanceof DBusError) || !error.name.endsWith(".UnitExists"))
        throw failed("start", unit, error);
      await this.forget(unit);
      await this.job("StartTransientUnit", "ssa(sv)a(sa(sv))", [
        unit,
        "replace",
        toBody(properties),
        [],
      ]).catch((again: unknown) => {
        throw failed("start", unit, again);
      });
    }
  }

  async attach(unit: string, pids: readonly number[]): Promise<void> {
    await this.method("AttachProcessesToUnit", "ssau", [unit, "", [...pids]]).catch(
      (error: unknown) => {
        throw failed("enter", unit, error);
      },
    );
  }

  async set(unit: string, properties: readonly Property[]): Promise<void> {
    if (properties.length === 0) return;
    // true: until the unit ends, not for ever.
    await this.method("SetUnitProperties", "sba(sv)", [unit, true, toBody(properties)]).catch(
      (error: unknown) => {
        throw failed("change", unit, error);
      },
    );
  }

  async stop(unit: string): Promise<void> {
    try {
      await this.job("StopUnit", "ss", [unit, "replace"]);
    } catch (error) {
      if (!(error instanceof DBusError) || !error.name.endsWith(".NoSuchUnit"))
        throw failed("stop", unit, error);
    }
    await this.forget(unit);
  }

  close(): void {
    this.bus.close();
  }

  private async forget(unit: string): Promise<void> {
    try {
      await this.method("ResetFailedUnit", "s", [unit]);
    } catch (error) {
      if (!(error instanceof DBusError)) throw error; // it has not failed, or is gone
    }
  }

  /** A method that queues a job; done when systemd says that the job is. */
  private async job(member: string, signature: string, body: readonly DBusValue[]): Promise<void> {
    const results = new Map<string, string>();
    let wanted: string | undefined;
    // The signal can come before the answer that tells the job's name.
    const removed = this.bus.signal(({ member: name, body: told = [] }) => {
      if (name !== "JobRemoved") return false;
      results.set(String(told[1]), String(told[3]));
      return wanted !== undefined && results.has(wanted);
    });
    const [job] = await this.method(member, signature, body);
    wanted = String(job);
    if (!results.has(wanted)) await removed;
    const result = results.get(wanted);
    if (result !== "done") throw new Error(`systemd's job ended with "${result}"`);
  }

  private method(
    member: string,
    signature: string,
    body: readonly DBusValue[],
  ): Promise<readonly DBusValue[]> {
    return this.bus.call({ path: PATH, interface: MANAGER, member, signature, body });
  }
}

function failed(verb: string, unit: string, cause: unknown): UserError {
  return new UserError(`systemd did not ${verb} the unit ${unit}`, {
    where: "--systemd-cgroup",
    cause,
    hint: `systemctl status ${unit} says more`,
  });
}
