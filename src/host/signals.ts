const HEARD = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal that the program hears. */
export type HeardSignal = typeof HEARD[number];

/** Calls `heard` for SIGINT, SIGTERM and SIGHUP from now on; the result ends that. */
export function onSignals(heard: (signal: HeardSignal) => void): () => void {
  const listeners = HEARD.map((signal) => {
    const listener = () => heard(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => {
    for (const remove of listeners.splice(0)) remove();
  };
}
