/** Takes the lock of a prefix, starts a command, says its pid, and waits to be killed. */

import { createLocalClock } from "../../src/os/local_clock.ts";
import { takeStateLock } from "../../src/os/state/state_lock.ts";
import { freshProcesses } from "./processes.ts";

const taken = await takeStateLock(Deno.args[0] ?? "", "held.yaml", createLocalClock());
if (!taken.ok) throw new Error(taken.failure.message);
await freshProcesses().run({
  argv: ["/bin/sh", "-c", "echo $$; exec sleep 60"],
  line: (line) => console.log(`child ${line}`),
});
