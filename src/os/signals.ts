import { readFileSync } from "node:fs";

const HEARD = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal that the program hears. */
export type HeardSignal = typeof HEARD[number];

/**
 * Calls `heard` for SIGINT, SIGTERM and SIGHUP from now on; the result ends that. A SIGHUP that is
 * ignored from the start (`nohup`) stays without effect.
 */
export function onSignals(heard: (signal: HeardSignal) => void): () => void {
  const isDeaf = ignoresHangUp();
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

/** The lowest bit of the kernel's mask is the first signal, SIGHUP. */
function ignoresHangUp(): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return (parseInt(mask?.at(-1) ?? "0", 16) & 1) === 1;
  } catch {
    return false;
  }
}
