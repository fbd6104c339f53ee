/**
 * The machine that the program runs on.
 *
 * @module
 */

import type { Host } from "./host.ts";
import { createLocalBus } from "./bus/local_bus.ts";
import { createLocalFiles } from "./files/local_files.ts";
import { createPlaces } from "./files/places.ts";
import { createLocalHub } from "./hub/local_hub.ts";
import { createLocalClock } from "./local_clock.ts";
import { createLocalNetwork } from "./local_network.ts";
import { createLocalProcesses } from "./local_processes.ts";
import { createLocalRandom } from "./local_random.ts";
import { createMountList } from "./mount_list.ts";
import { createMounts } from "./mounts.ts";
import { createPackages } from "./packages/gathering.ts";
import { createLocalServices } from "./systemd/local_services.ts";
import { createLocalUsers } from "./local_users.ts";

export interface LocalHostOptions {
  /** The state directory, absolute and made already; undefined: nothing may be written. */
  readonly prefix: string | undefined;
  /** Says something that is no failure but should be known. */
  readonly warn: (text: string) => void;
}

/** A {@linkcode Host} that can be closed. */
export interface LocalHost extends Host {
  /** Ends watches and commands; resolves when those are gone and all files are on the disk. */
  close(): Promise<void>;
  /** Kills commands that still run, at once; for a program that is about to exit. */
  kill(): void;
}

/** Opens the one door to this machine. */
export function createLocalHost({ prefix, warn }: LocalHostOptions): LocalHost {
  const clock = createLocalClock();
  const random = createLocalRandom();
  const processes = createLocalProcesses({ clock, random });
  const mounts = createMounts(clock);
  const places = createPlaces(clock, mounts, Deno.uid() ?? 0);
  const hub = createLocalHub({ clock, warn, mounts, wayChanged: places.forget });
  const files = createLocalFiles({ prefix, clock, random, warn, places });
  const systemBus = createLocalBus({ scope: "system", clock, warn });
  const sessionBus = createLocalBus({ scope: "session", clock, warn });
  const parts = { clock, hub, processes };
  const packages = createPackages({
    clock,
    choose: async () => {
      const { chooseProvider } = await import("./packages/choose.ts");
      return await chooseProvider({ ...parts, files, systemBus });
    },
  });
  return {
    clock,
    random,
    users: createLocalUsers({ clock, processes }),
    files,
    hub,
    processes,
    systemBus,
    services: {
      system: createLocalServices({ ...parts, bus: systemBus, scope: "system" }),
      session: createLocalServices({ ...parts, bus: sessionBus, scope: "session" }),
    },
    mounts: createMountList(clock, hub),
    network: createLocalNetwork({ clock }),
    log: {
      write: async (...args) =>
        (await import("./local_log.ts")).createLocalLog(clock).write(...args),
    },
    packages,
    close: async () => {
      packages.close();
      hub.close();
      systemBus.close();
      sessionBus.close();
      await Promise.all([processes.close(), files.landed()]);
    },
    kill: () => processes.kill(),
  };
}
