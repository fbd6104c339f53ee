/**
 * Authorities and certificates for tests.
 *
 * @module
 */

import { createLocalRandom } from "../../src/os/local_random.ts";
import { type Authority, createAuthority, issue, openAuthority } from "../../src/trust/issuing.ts";
import type { CertifiedKey } from "../../src/trust/pem.ts";
import type { Profile } from "../../src/trust/profiles.ts";
import { unwrap } from "./unwrap.ts";

export const RANDOM = createLocalRandom();

/** An authority with its secret, and what it issues. */
export interface TestAuthority {
  readonly secret: CertifiedKey;
  readonly authority: Authority;
  issue(profile: Profile): Promise<CertifiedKey>;
}

/** Makes one of its own. */
export async function testAuthority(): Promise<TestAuthority> {
  const secret = await createAuthority(RANDOM);
  const authority = unwrap(await openAuthority(secret));
  return {
    secret,
    authority,
    issue: async (profile) => unwrap(await issue(authority, profile, RANDOM)),
  };
}
