/** Certificates that count no more, or soon no more, or are in use for long. */

import { assertEquals, assertMatch } from "@std/assert";
import { certificates } from "../../../../src/app/doctor/checks/certificates.ts";
import { createLocalClock } from "../../../../src/os/local_clock.ts";
import { privateFiles } from "../../../../src/os/state/private_files.ts";
import { writeAge } from "../../../../src/trust/certificate_age.ts";
import { fingerprintOf } from "../../../../src/trust/fingerprint.ts";
import { takeServerRole } from "../../../../src/trust/make_trust.ts";
import { readTrust, TRUST_PLACE } from "../../../../src/trust/trust_files.ts";
import { doctorWorld } from "../../../support/doctor_world.ts";
import { RANDOM, testAuthority } from "../../../support/trust.ts";
import { unwrap } from "../../../support/unwrap.ts";

Deno.test("certificates: that they end, have ended, begin later, or are in use for long", () =>
  doctorWorld(async ({ codes, says, directory }) => {
    await Deno.mkdir(`${directory}/prefix/cluster`, { mode: 0o700 });
    const files = privateFiles(`${directory}/prefix/${TRUST_PLACE}`);
    unwrap(await takeServerRole(files, (await testAuthority()).secret, RANDOM));
    const on = (day: string) => ({
      clock: { ...createLocalClock(), wall: () => new Date(`${day}T12:00:00Z`) },
    });
    assertEquals(await codes(certificates, on("2030-01-01")), []);
    assertEquals(await codes(certificates, on("2099-12-15")), ["certificate-ending"]);
    assertEquals(await codes(certificates, on("2100-01-15")), ["certificate-ended"]);
    assertMatch(await says(certificates, on("2100-01-15")), /host\.pem ended on 2099-12-31$/);
    assertEquals(await codes(certificates, on("1999-12-15")), ["certificate-ended"]);
    assertMatch(await says(certificates, on("1999-12-15")), /counts from 2000-01-01 on$/);
    const { cert } = unwrap(readTrust(files))!.credentials;
    const age = { issuedAtMs: Date.parse("2030-01-01"), usedMs: 1 };
    unwrap(writeAge(files, { ...age, fingerprint: await fingerprintOf(cert.text) ?? "" }));
    assertEquals(await codes(certificates, on("2030-06-01")), []);
    assertEquals(await codes(certificates, on("2031-01-01")), ["certificate-old"]);
    assertMatch(await says(certificates, on("2031-01-01")), /host\.pem is in use for 365 days$/);
    // What is kept of an earlier one says nothing of this.
    unwrap(writeAge(files, { ...age, fingerprint: "another" }));
    assertEquals(await codes(certificates, on("2031-01-01")), []);
  }));
