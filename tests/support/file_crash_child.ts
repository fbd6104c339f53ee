/**
 * Writes one file and kills itself at a step of it: `prefix`, `path`, `step`, `size`.
 *
 * @module
 */

import { createLocalFiles } from "../../src/os/files/local_files.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { createLocalRandom } from "../../src/os/local_random.ts";

const [prefix, path, step, size] = Deno.args as [string, string, string, string];
const files = createLocalFiles({
  prefix,
  clock: createLocalClock(),
  random: createLocalRandom(),
  step: (name) => {
    if (name === step) Deno.kill(Deno.pid, "SIGKILL");
  },
});
const seen = await files.look(path);
if (!seen.ok) throw new Error(seen.failure.message);
const content = new TextEncoder().encode("n".repeat(Number(size)));
const written = await files.write({ path, content, seen: seen.value });
await files.landed();
console.log(written.ok ? "written" : written.failure.message);
