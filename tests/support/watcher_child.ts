/**
 * A watcher in a process of its own. Arguments: paths; one that ends in `/` is wanted as a tree.
 * With `--close` the watcher is closed at once, so that the process ends.
 * Prints `settled N` (directories watched), then `changed PATH`, `mounts` and `warning TEXT` as they
 * come.
 */

import { createLocalWatcher } from "../../src/os/watch/local_watcher.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";

const watcher = createLocalWatcher({
  clock: createLocalClock(),
  warn: (text) => console.log(`warning ${text}`),
});
const close = Deno.args[0] === "--close";
for (const argument of Deno.args.slice(close ? 1 : 0)) {
  const tree = argument.endsWith("/");
  const path = tree ? argument.slice(0, -1) : argument;
  watcher.watch({ path, tree, changed: () => console.log(`changed ${path}`) });
}
watcher.watchMounts(() => console.log("mounts"));
await watcher.settle();
console.log(`settled ${watcher.status().directories.length}`);
if (close) await watcher.close();
