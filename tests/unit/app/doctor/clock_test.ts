/** A clock that says what cannot be, or another time than those of the cluster. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { clock } from "../../../../src/app/doctor/checks/clock.ts";
import { failure, ok } from "../../../../src/base/result.ts";
import { createLocalClock } from "../../../../src/os/local_clock.ts";
import { doctorWorld } from "../../../support/doctor_world.ts";

Deno.test("clock: a time before the executable was put there is wrong", () =>
  doctorWorld(async ({ codes, says, file, directory }) => {
    file("mgmt", "");
    const executable = `${directory}/mgmt`;
    assert(!(await codes(clock, { executable })).includes("clock-wrong"));
    const early = { ...createLocalClock(), wall: () => new Date("2001-01-01T00:00:00Z") };
    assert((await codes(clock, { executable, clock: early })).includes("clock-wrong"));
    assertMatch(
      await says(clock, { executable, clock: early }),
      /^the clock says 2001-01-01T00:00:00.000Z, before \S+\/mgmt was put there \(20[2-9]/m,
    );
    assert(!(await codes(clock, { clock: early })).includes("clock-wrong"));
  }));

Deno.test("clock: how far it is from that of a member, and of the one that is farthest", () =>
  doctorWorld(async ({ codes, says, file }) => {
    const endpoints = ["http://192.0.2.1:2379", "http://192.0.2.2:2379"];
    const identity = { id: "i", clusterId: "c", endpoints };
    file("prefix/cluster/state/identity.json", JSON.stringify(identity));
    const wall = () => new Date("2030-01-01T12:00:00Z");
    const saying = (dates: Readonly<Record<string, string>>) => ({
      clock: { ...createLocalClock(), wall },
      network: {
        connect: () => Promise.resolve({ ok: false as const, failure: failure("refused") }),
        get: ({ url }: { readonly url: URL }) =>
          Promise.resolve(ok({ status: 200, body: "", date: dates[url.hostname] })) as never,
      },
    });
    const right = "Tue, 01 Jan 2030 12:00:00 GMT";
    const far = async (dates: Readonly<Record<string, string>>) =>
      (await codes(clock, saying(dates))).includes("clock-far");
    assertEquals(await far({ "192.0.2.1": right, "192.0.2.2": right }), false);
    const behind = { "192.0.2.1": right, "192.0.2.2": "Tue, 01 Jan 2030 13:00:00 GMT" };
    assertEquals(await far(behind), true);
    assertMatch(
      await says(clock, saying(behind)),
      /^this clock is 1 h behind that at http:\/\/192\.0\.2\.2:2379$/m,
    );
    const ahead = { "192.0.2.1": "Tue, 01 Jan 2030 11:00:00 GMT" };
    assertMatch(await says(clock, saying(ahead)), /is (59 min \d+ s|1 h) ahead of that at/);
    assertEquals(await far({ "192.0.2.1": "no date" }), false);
  }));
