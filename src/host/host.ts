/**
 * The one door to the machine: everything that reads a clock, draws a random number, touches a file
 * or starts a process goes through a {@linkcode Host}.
 *
 * @module
 */

import type { Bus } from "./bus/bus.ts";
import type { Clock } from "./clock.ts";
import type { Files } from "./files/files.ts";
import type { Hub } from "./hub/hub.ts";
import type { Log } from "./log.ts";
import type { MountList } from "./mount_list.ts";
import type { Network } from "./network.ts";
import type { Packages } from "./packages/packages.ts";
import type { Processes } from "./processes.ts";
import type { Random } from "./random.ts";
import type { Services } from "./systemd/services.ts";
import type { Users } from "./users.ts";

/** The machine as the rest of the program sees it. */
export interface Host {
  readonly clock: Clock;
  readonly random: Random;
  readonly users: Users;
  readonly files: Files;
  readonly hub: Hub;
  readonly processes: Processes;
  /** The host's message bus; nothing is connected before it is used. */
  readonly systemBus: Bus;
  /** The service managers: the host's, and that of the agent's own user. */
  readonly services: { readonly system: Services; readonly session: Services };
  readonly mounts: MountList;
  readonly network: Network;
  readonly log: Log;
  /** The packages of the distribution; nobody is asked before they are used. */
  readonly packages: Packages;
}
