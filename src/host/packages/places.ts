import type { Hub, Watch, WatchRequest } from "../hub/hub.ts";

/** Watches several places of the file system as one. */
export function watchPlaces(
  hub: Hub,
  places: readonly Omit<WatchRequest, "changed">[],
  changed: () => void,
): Watch {
  const watches = places.map((place) => hub.watch({ ...place, changed }));
  return {
    close: () => {
      for (const watch of watches) watch.close();
    },
  };
}
