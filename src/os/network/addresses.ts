// Not node:dns/promises: on one of the runtimes it prints a warning of its own.
import { lookup } from "node:dns";
import { isIP } from "node:net";
import { onAbort } from "../../base/either.ts";
import { reasonOf } from "../../base/result.ts";

/** A name has no address, or nobody could say which. */
export class UnknownHost extends Error {}

/** The addresses of a name, in the order that the system prefers. */
export function addressesOf(host: string, signal: AbortSignal): Promise<string[]> {
  if (isIP(host) !== 0) return Promise.resolve([host]);
  return new Promise((resolve, reject) => {
    const letGo = onAbort(signal, () => reject(new Error("aborted")));
    lookup(host, { all: true, verbatim: true }, (error, found) => {
      letGo();
      if (error) reject(new UnknownHost(whyUnknown(error)));
      else resolve(found.map(({ address }) => address));
    });
  });
}

function whyUnknown(thrown: unknown): string {
  const reason = reasonOf(thrown);
  if (/ENOTFOUND|not known/.test(reason)) return "nobody knows it";
  return /EAI_AGAIN|emporary/.test(reason) ? "no name server answers" : reason;
}
