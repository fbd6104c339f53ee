/**
 * The machine that the program runs on.
 *
 * @module
 */

import type { Host } from "./host.ts";
import { createLocalBus } from "../systemd/bus/local_bus.ts";
import { ownUid } from "../os/accounts.ts";
import { createLocalArchives } from "../os/archive/local_archives.ts";
import type { DownloadPlace, Downloads } from "../os/network/download/downloads.ts";
import { createLocalFiles } from "../os/files/local_files.ts";
import { PathResolver } from "../os/files/path_resolver.ts";
import { createLocalWatcher } from "../os/watch/local_watcher.ts";
import { createLocalClock } from "../os/local_clock.ts";
import { createLocalNetwork } from "../os/network/local_network.ts";
import { createLocalProcesses } from "../os/process/local_processes.ts";
import { createLocalRandom } from "../os/local_random.ts";
import { createMountList } from "../os/mounts/mount_list.ts";
import { createMounts } from "../os/mounts/mounts.ts";
import { readingBus, readingFiles, readingProcesses } from "./reading.ts";
import { createPackages } from "../packages/batching.ts";
import { createLocalServices } from "../systemd/local_services.ts";
import { createLocalUsers } from "../os/local_users.ts";

export interface LocalHostOptions {
  /** The state directory, absolute and made already; undefined: nothing may be written. */
  readonly prefix: string | undefined;
  /** Says something that is no failure but should be known. */
  readonly warn: (text: string) => void;
  /** Given: nothing is changed, and commands of a graph are run only if `probes` says so. */
  readonly readsOnly?: { readonly probes: boolean } | undefined;
}

/** A {@linkcode Host} that can be closed. */
export interface LocalHost extends Host {
  /** Ends watches and commands; resolves when those are gone and all files are on the disk. */
  close(): Promise<void>;
  /** Kills commands that still run, at once; for a program that is about to exit. */
  kill(): void;
}

/** Opens the one door to this machine. */
export function createLocalHost({ prefix, warn, readsOnly }: LocalHostOptions): LocalHost {
  const clock = createLocalClock();
  const random = createLocalRandom();
  const started = createLocalProcesses({ clock, random });
  const processes = readsOnly === undefined ? started : readingProcesses(started, readsOnly);
  const mounts = createMounts(clock);
  const places = new PathResolver(clock, mounts, ownUid());
  const watcher = createLocalWatcher({ clock, warn, mounts, wayChanged: () => places.forget() });
  const written = createLocalFiles({ prefix, clock, random, warn, places });
  const files = readsOnly === undefined ? written : readingFiles(written);
  const buses = {
    system: createLocalBus({ scope: "system", clock, warn }),
    session: createLocalBus({ scope: "session", clock, warn }),
  };
  const [systemBus, sessionBus] = readsOnly === undefined
    ? [buses.system, buses.session]
    : [readingBus(buses.system), readingBus(buses.session)];
  const parts = { clock, watcher, processes, readsOnly: readsOnly !== undefined };
  const packages = createPackages({
    clock,
    choose: async () => {
      const { chooseProvider } = await import("../packages/choose.ts");
      return await chooseProvider({ ...parts, files, systemBus });
    },
  });
  return {
    clock,
    random,
    users: createLocalUsers({ clock, processes }),
    files,
    archives: createLocalArchives(files),
    watcher,
    processes,
    systemBus,
    services: {
      system: createLocalServices({ ...parts, bus: systemBus, scope: "system" }),
      session: createLocalServices({ ...parts, bus: sessionBus, scope: "session" }),
    },
    mounts: createMountList(clock, watcher),
    network: createLocalNetwork({ clock }),
    downloads: downloadsOnDemand({ prefix: readsOnly === undefined ? prefix : undefined, clock }),
    log: {
      write: async (...args) =>
        (await import("../systemd/local_log.ts")).createLocalLog(clock).write(...args),
    },
    packages,
    close: async () => {
      packages.close();
      const watcherEnds = watcher.close();
      buses.system.close();
      buses.session.close();
      await Promise.all([watcherEnds, started.close(), files.landed()]);
    },
    kill: () => started.kill(),
  };
}

/** Downloads whose way is loaded with the first of them. */
function downloadsOnDemand(place: DownloadPlace): Downloads {
  let opened: Downloads | undefined;
  return {
    fetch: async (request, use) => {
      const { createLocalDownloads } = await import("../os/network/download/local_downloads.ts");
      opened ??= createLocalDownloads(place);
      return await opened.fetch(request, use);
    },
  };
}
