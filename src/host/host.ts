/**
 * The one door to the machine: everything that reads a clock, draws a random number, touches a file
 * or starts a process goes through a {@linkcode Host}.
 *
 * @module
 */

import type { Archives } from "../os/archive/archives.ts";
import type { Bus } from "../systemd/bus/bus.ts";
import type { Clock } from "../os/clock.ts";
import type { Downloads } from "../os/network/download/downloads.ts";
import type { Files } from "../os/files/files.ts";
import type { Watcher } from "../os/watch/watcher.ts";
import type { Log } from "../systemd/log.ts";
import type { MountList } from "../os/mounts/mount_list.ts";
import type { Network } from "../os/network/network.ts";
import type { Packages } from "../packages/packages.ts";
import type { Processes } from "../os/process/processes.ts";
import type { Random } from "../os/random.ts";
import type { Services } from "../systemd/services.ts";
import type { Users } from "../os/users.ts";

/** The machine as the rest of the program sees it. */
export interface Host {
  readonly clock: Clock;
  readonly random: Random;
  readonly users: Users;
  readonly files: Files;
  readonly archives: Archives;
  readonly watcher: Watcher;
  readonly processes: Processes;
  /** The host's message bus; nothing is connected before it is used. */
  readonly systemBus: Bus;
  /** The service managers: the host's, and that of the agent's own user. */
  readonly services: { readonly system: Services; readonly session: Services };
  readonly mounts: MountList;
  readonly network: Network;
  readonly downloads: Downloads;
  readonly log: Log;
  /** The packages of the distribution; nobody is asked before they are used. */
  readonly packages: Packages;
}
