import type { SeenChange, Watch, Watcher, WatchRequest } from "../os/watch/watcher.ts";

/** A place of the file system that tells something by changing. */
export type PackagePlace = Omit<WatchRequest, "changed">;

/** Where apt and dpkg keep what is installed and what is offered. */
export const APT_PLACES: readonly PackagePlace[] = [
  // Replaced whenever a package changes.
  { path: "/var/lib/dpkg/status", tree: false },
  { path: "/var/lib/apt/lists", tree: true },
  { path: "/etc/apt", tree: true },
];

/**
 * Where rpm keeps what is installed, by its three sorts of databases. Not the directory: whoever only
 * looks writes beside the database, too.
 */
export const RPM_PLACES: readonly PackagePlace[] = ["/var/lib/rpm", "/usr/lib/sysimage/rpm"]
  .flatMap((
    directory,
  ) =>
    ["rpmdb.sqlite", "Packages.db", "Packages"].map((name) => ({
      path: `${directory}/${name}`,
      tree: false,
    }))
  );

/** Where dnf's sources are told; what it fetched is in a cache that each look may write. */
export const DNF_PLACES: readonly PackagePlace[] = [
  { path: "/etc/dnf", tree: true },
  { path: "/etc/yum.repos.d", tree: true },
];

/** Watches several places of the file system as one; calls back once when the watch stands. */
export function watchPlaces(
  watcher: Watcher,
  places: readonly PackagePlace[],
  changed: (seen?: SeenChange) => void,
): Watch {
  const watches = places.map((place) =>
    watcher.watch({
      ...place,
      changed: ({ path, what, more, who }) =>
        changed({
          source: "package",
          path,
          ...(what && { what }),
          ...(more && { more }),
          ...(who && { who }),
        }),
    })
  );
  // What happened before the kernel watched was not heard.
  void watcher.settle().then(() => changed());
  return {
    close: () => {
      for (const watch of watches) watch.close();
    },
  };
}
