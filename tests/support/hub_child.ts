/**
 * A hub in a process of its own. Arguments: paths; one that ends in `/` is wanted as a tree.
 * With `--close` the hub is closed at once, so that the process ends.
 * Prints `settled N` (directories watched), then `changed PATH`, `mounts` and `warning TEXT` as they
 * come.
 */

import { createLocalHub } from "../../src/host/hub/local_hub.ts";
import { createLocalClock } from "../../src/host/local_clock.ts";

const hub = createLocalHub({
  clock: createLocalClock(),
  warn: (text) => console.log(`warning ${text}`),
});
const close = Deno.args[0] === "--close";
for (const argument of Deno.args.slice(close ? 1 : 0)) {
  const tree = argument.endsWith("/");
  const path = tree ? argument.slice(0, -1) : argument;
  hub.watch({ path, tree, changed: () => console.log(`changed ${path}`) });
}
hub.watchMounts(() => console.log("mounts"));
await hub.settle();
console.log(`settled ${hub.status().directories.length}`);
if (close) hub.close();
