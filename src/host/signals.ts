/** A signal that asks the program to end. */
export type StopSignal = "SIGINT" | "SIGTERM";

const HEARD = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `heard` for SIGINT, SIGTERM and SIGHUP from now on; the result ends that. */
export function onSignals(heard: (signal: StopSignal | "SIGHUP") => void): () => void {
  const listeners = HEARD.map((signal) => {
    const listener = () => heard(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => {
    for (const remove of listeners.splice(0)) remove();
  };
}
