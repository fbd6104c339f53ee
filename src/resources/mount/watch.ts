/**
 * What a mount has to hear of.
 *
 * @module
 */

import type { SeenChange, Watch } from "../../os/watch/watcher.ts";
import type { WatchContext } from "../../kind/kind.ts";
import { type MountMemory, signatureAt } from "./check.ts";
import { devicePath } from "./device.ts";
import { FSTAB, type MountParams } from "./params.ts";

/** Of all mounts only its own concerns it; and its file, its directory and its device. */
export function watch(params: MountParams, context: WatchContext<MountMemory>): Watch {
  const { host: { watcher, mounts }, changed } = context;
  let last = signatureAt(params, context);
  const look = ({ what }: SeenChange) => {
    const now = signatureAt(params, context);
    // What is mounted on the directory that is shown there is another thing to show.
    if (now !== last || params.bind) {
      changed({ source: "mount", path: params.path, ...(what && { what }) });
    }
    last = now;
  };
  const paths = new Set([
    ...(params.fstab ? [FSTAB] : []),
    ...(params.state === "mounted" ? [params.path] : []),
    ...(params.state === "mounted" ? [devicePath(params.device) ?? []].flat() : []),
  ]);
  const watches = [
    mounts.watch(look),
    ...[...paths].map((path) =>
      watcher.watch({ path, tree: false, follow: path !== params.path, changed })
    ),
  ];
  return { close: () => watches.forEach((each) => each.close()) };
}
