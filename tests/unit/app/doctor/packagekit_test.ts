/** PackageKit that is not there, that runs and says nothing, and that is not started for a look. */

import { assertEquals, assertMatch } from "@std/assert";
import { packagekit } from "../../../../src/app/doctor/checks/packagekit.ts";
import { failure } from "../../../../src/base/result.ts";
import { doctorWorld } from "../../../support/doctor_world.ts";

/** A bus that answers so, by what it is asked; what is not there is a silence. */
function answering(answers: Readonly<Record<string, unknown>>, asked: string[] = []) {
  return {
    listen: () => ({ close: () => {} }),
    call: ({ member }: { readonly member: string }) => {
      asked.push(member);
      const silence = failure("no answer within 5 s", { code: "timeout" });
      return Promise.resolve(
        member in answers
          ? { ok: true as const, value: [answers[member]] }
          : { ok: false as const, failure: silence },
      );
    },
  };
}

const NAME = "org.freedesktop.PackageKit";

Deno.test("packagekit: absent, there, running, or running without an answer", () =>
  doctorWorld(async ({ codes, says }) => {
    assertEquals(await codes(packagekit), ["not-seen"]);
    const absent = { NameHasOwner: false, ListActivatableNames: ["org.example"] };
    assertEquals(await codes(packagekit, { bus: answering(absent) }), ["packagekit-absent"]);
    const asked: string[] = [];
    const there = { NameHasOwner: false, ListActivatableNames: [NAME] };
    assertEquals(await codes(packagekit, { bus: answering(there, asked) }), []);
    // To ask PackageKit itself would start it.
    assertEquals(asked, ["NameHasOwner", "ListActivatableNames"]);
    const runs = { NameHasOwner: true, Get: "apt" };
    assertEquals(await codes(packagekit, { bus: answering(runs) }), []);
    const silent = { bus: answering({ NameHasOwner: true }) };
    assertEquals(await codes(packagekit, silent), ["packagekit-silent"]);
    assertMatch(await says(packagekit, silent), /runs and does not answer: no answer within 5 s$/);
    assertEquals(await codes(packagekit, { bus: answering({}) }), ["not-seen"]);
  }));
