/** Gives up what a command gives up that only looks and starts one process, and says how much processor time a process has used: the argument. */

import { restrictToReading } from "../../src/os/permissions.ts";
import { processorMs } from "../../src/os/process/table.ts";

restrictToReading({ andStarting: true });
console.log(processorMs(Number(Deno.args[0])));
