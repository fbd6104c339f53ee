/**
 * Ports for what tests and benchmarks start on this machine.
 *
 * @module
 */

const given = new Set<number>();

/** A port of the loopback address that nobody uses, outside of those that connections get. */
export function freePort(): number {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (given.has(port)) continue;
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      given.add(port);
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
