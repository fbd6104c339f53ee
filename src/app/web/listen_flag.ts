import { type Address, hostAndPort, isLoopbackAddress, readHost } from "../../base/address.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { hostName } from "../../os/host_name.ts";
import type { Flag } from "../flags.ts";

/** Where it is served unless something else is said. */
export const USUAL_LISTEN: Address = { scheme: "http", host: "127.0.0.1", port: 9234 };

/** Where the page is served. */
export const LISTEN_FLAG = {
  name: "listen",
  value: "ADDRESS:PORT",
  summary: "where browsers of this machine find the page: a loopback address",
  read: readListen,
  defaultText: hostAndPort(USUAL_LISTEN),
} as const satisfies Flag<Address>;

function readListen(text: string, source: string): Result<Address> {
  const address = /:\d{1,5}$/.test(text) ? readHost("http", text) : undefined;
  const isLiteral = address !== undefined && /^(\d+\.){3}\d+$|:/.test(address.host);
  if (address === undefined || !isLiteral || address.port === 0) {
    return fail(
      `${source} takes an address and a port, such as ${hostAndPort(USUAL_LISTEN)}, not "${text}"`,
    );
  }
  if (isLoopbackAddress(address)) return ok(address);
  return fail(
    `${source} takes a loopback address: ${address.host} could be reached from elsewhere`,
    {
      hint: `from elsewhere, type there: ${tunnelLine({ ...USUAL_LISTEN, port: address.port })}`,
    },
  );
}

/** What to type on another machine, so that a browser there sees what is at `address` here. */
export function tunnelLine(address: Address): string {
  const place = hostAndPort(address);
  return `ssh -L ${place}:${place} ${hostName()}`;
}
