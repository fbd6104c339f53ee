/** The value of an environment variable. */
export function environment(name: string): string | undefined {
  return Deno.env.get(name);
}

/** Whether a standard stream is a terminal. */
export function isTerminal(stream: "stdout" | "stderr"): boolean {
  return Deno[stream].isTerminal();
}
