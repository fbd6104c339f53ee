/**
 * The keys below `/_mgmt/` by which a cluster replaces the authority that signs its certificates.
 *
 * @module
 */

import { ROOT_KEY } from "./keys.ts";

/** The cluster replaces the authority that signs its certificates, or has, and how far that is. */
export function rotationKey(): string {
  return `${ROOT_KEY}ctl/rotation`;
}

/** A host with the server role asks for the key of the next authority (lease). */
export function keyAskedKey(host: string): string {
  return `${ROOT_KEY}keyasked/${host}`;
}

/** That key, encrypted for the host that asked. */
export function keyGivenKey(host: string): string {
  return `${ROOT_KEY}keygiven/${host}`;
}
