/**
 * Ports for what tests and benchmarks start on this machine.
 *
 * @module
 */

const FIRST = 20_000;

/** Of each who runs at the same time (scripts/testing): a port that is free is not free a moment later. */
const SHARE = 1_000;
const SHARES = 12;

const given = new Set<number>();

/** A port of the loopback address that nobody uses, outside of those that connections get. */
export function freePort(): number {
  const hand = Deno.env.get("MGMT_TEST_HAND");
  const [first, count] = hand === undefined
    ? [FIRST, SHARE * SHARES]
    : [FIRST + SHARE * (Number(hand) % SHARES), SHARE];
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
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
