import { assert } from "@std/assert";
import { type Address, readAddress } from "../../src/base/address.ts";

/** The address that is written so. */
export function at(url: string): Address {
  const address = readAddress(url);
  assert(address !== undefined, `${url} is no address`);
  return address;
}
