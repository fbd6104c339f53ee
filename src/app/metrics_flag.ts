/**
 * Where monitoring asks an agent, besides its sockets.
 *
 * @module
 */

import type { Address } from "../base/address.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { parseAddresses } from "../cluster/store/urls.ts";
import { type Flag, type FlagValues, wrong } from "./flags.ts";

/** The port that Prometheus keeps for mgmt. */
const PORT = 9233;

/** The flag of a run. */
export const METRICS_FLAG = {
  name: "metrics",
  value: "ADDRESS",
  read: readAddress,
  summary: "answer there, too: /metrics for Prometheus, /healthz and /readyz",
} as const satisfies Flag<Address>;

/** What it says, for a run that ends after so long without change. */
export function metricsSettings(
  given: FlagValues,
  convergedTimeoutSeconds: number,
): Result<{ readonly metrics?: Address }> {
  const metrics = given.of<Address>(METRICS_FLAG);
  if (metrics === undefined) return ok({});
  if (convergedTimeoutSeconds !== 0) return ok({ metrics });
  return fail("--metrics: a run that ends at the first quiet moment is asked by nobody", {
    hint: "leave it out; mgmt history tells what such runs did",
  });
}

/** One address, in plain HTTP; a port alone would be read as an address that nobody means. */
function readAddress(text: string, source: string): Result<Address> {
  const read = parseAddresses(text, source, PORT, { flag: source, isGiven: true });
  const [address, ...more] = read.ok && !/^\d+:?$/.test(text) ? read.value : [];
  if (address === undefined || more.length > 0 || address.scheme !== "http") {
    return wrong(source, `one address such as 127.0.0.1:${PORT} or [::1]:${PORT}`, text);
  }
  return ok({ scheme: address.scheme, host: address.host, port: address.port });
}
