import { readFileSync } from "node:fs";

const HEARD = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal that the program hears. */
export type HeardSignal = typeof HEARD[number];

/**
 * Calls `heard` for SIGINT, SIGTERM and SIGHUP from now on; the result ends that. A SIGHUP that is
 * ignored from the start (`nohup`) stays without effect.
 */
export function onSignals(heard: (signal: HeardSignal) => void): () => void {
  const isDeaf = ignores("SIGHUP");
  const listeners = HEARD.map((signal) => {
    // It needs a listener all the same: once one hears any signal, the runtime ends by this one.
    const listener = signal === "SIGHUP" && isDeaf ? () => {} : () => heard(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => {
    for (const remove of listeners.splice(0)) remove();
  };
}

/** Their places in the kernel's mask, of which the lowest bit is the first signal. */
const BITS = { SIGHUP: 0n, SIGTSTP: 19n };

/** Whether a signal is ignored from the start; asked after it is listened to, it is not. */
export function ignores(signal: keyof typeof BITS): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return ((BigInt(`0x${mask ?? "0"}`) >> BITS[signal]) & 1n) === 1n;
  } catch {
    return false;
  }
}
