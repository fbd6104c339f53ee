/** The names of all environment variables. */
export function environmentNames(): readonly string[] {
  return Object.keys(Deno.env.toObject());
}

/** The value of an environment variable. */
export function environment(name: string): string | undefined {
  return Deno.env.get(name);
}

/** The same, and takes it away, so that commands do not inherit it. */
export function takeEnvironment(name: string): string | undefined {
  const value = Deno.env.get(name);
  if (value !== undefined) Deno.env.delete(name);
  return value === "" ? undefined : value;
}

/** Whether a standard stream is a terminal. */
export function isTerminal(stream: "stdin" | "stdout" | "stderr"): boolean {
  return Deno[stream].isTerminal();
}
