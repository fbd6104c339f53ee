/** Asks an agent at the address that it has for monitoring, as Prometheus and others do. */

import { eventually } from "./processes.ts";
import { readMetrics } from "./metrics_text.ts";

/** What came of a question; status 0: nobody answers. */
export interface Monitored {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

/** Asks at a host and port. */
export async function monitored(
  place: string,
  path = "/metrics",
  method = "GET",
): Promise<Monitored> {
  try {
    const answer = await fetch(`http://${place}${path}`, { method });
    const { status, headers } = answer;
    return { status, type: headers.get("content-type"), text: await answer.text() };
  } catch {
    return { status: 0, type: null, text: "" };
  }
}

/** The metrics there, once they are as `isThere` says; undefined: that does not come true. */
export async function metricsWhere(
  place: string,
  isThere: (values: ReadonlyMap<string, number>) => boolean,
  withinMs = 60_000,
): Promise<ReadonlyMap<string, number> | undefined> {
  let last: ReadonlyMap<string, number> = new Map();
  const come = await eventually(async () => {
    last = readMetrics((await monitored(place)).text);
    return isThere(last);
  }, withinMs);
  return come ? last : undefined;
}
