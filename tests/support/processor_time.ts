import process from "node:process";

/** How much of the processor this process has used so far, in milliseconds: on a busy machine time says nothing. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
