import process from "node:process";

/**
 * Sends a signal to a process, or with a negative number to a process group; 0 only asks. The result
 * is whether there was someone to take it.
 */
export function sendSignal(pid: number, signal: Deno.Signal | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (thrown) {
    // Gone, or not ours: a program that changes its user cannot be ended by another user.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}
