/** The name of this machine; empty where it has none. */
export function hostName(): string {
  try {
    return Deno.hostname();
  } catch {
    return "";
  }
}
