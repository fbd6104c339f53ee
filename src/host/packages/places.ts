import type { Hub, Watch, WatchRequest } from "../hub/hub.ts";

/** A place of the file system that tells something by changing. */
export type Place = Omit<WatchRequest, "changed">;

/** Where apt and dpkg keep what is installed and what is offered. */
export const APT_PLACES: readonly Place[] = [
  // Replaced whenever a package changes.
  { path: "/var/lib/dpkg/status", tree: false },
  { path: "/var/lib/apt/lists", tree: true },
  { path: "/etc/apt", tree: true },
];

/** Where rpm keeps what is installed. */
export const RPM_PLACES: readonly Place[] = [
  { path: "/var/lib/rpm", tree: true },
  { path: "/usr/lib/sysimage/rpm", tree: true },
];

/** Watches several places of the file system as one; calls back once when the watch stands. */
export function watchPlaces(hub: Hub, places: readonly Place[], changed: () => void): Watch {
  const watches = places.map((place) => hub.watch({ ...place, changed }));
  // What happened before the kernel watched was not heard.
  void hub.settle().then(changed);
  return {
    close: () => {
      for (const watch of watches) watch.close();
    },
  };
}
