/** What an elected host has made, when it is elected no more: with real agents and a real etcd. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { contentOf, within } from "../support/program.ts";
import { type ProgramFleet, withProgramFleet } from "../support/program_fleet.ts";

/** What a host says that stands; with files of its own. */
const stands = (host: string) => `
  file("DIR/always-${host}", { content: "a" });
  if (!fleet.elect("lead")) return;
  file("DIR/new-${host}", { content: "made" });
  file("DIR/old-${host}", { content: "mine" });
  file("DIR/kept-${host}", { content: "k", meta: { reverse: false } });
  exec("ran-${host}", { cmd: "/bin/true" });`;

/** What is there of a host. */
function there(fleet: ProgramFleet, host: string): string {
  return ["always", "new", "old", "kept"].map((name) => fleet.says(`${name}-${host}`) ?? "-")
    .join();
}

Deno.test("what a host made because it was elected is taken back when it is not any more, also after a kill", () =>
  withProgramFleet(async (fleet) => {
    const { directory } = fleet;
    const at = (host: string, text: string) =>
      within(90_000, () => there(fleet, host) === text, () => `${host}: ${there(fleet, host)}`);
    for (const host of ["a", "b"]) {
      fleet.writes(host, stands(host));
      Deno.writeTextFileSync(`${directory}/old-${host}`, "before");
    }
    fleet.writes("etcd", "");
    fleet.start("etcd");
    const a = fleet.start("a");
    await at("a", "a,made,mine,k");
    const b = fleet.start("b");
    await at("b", "a,-,before,-");
    assert(!b.stderr.includes("Reverse"), b.stderr);

    // Nobody hears from it for longer than its lease: another one is elected, and it finds out.
    a.signal("SIGSTOP");
    await at("b", "a,made,mine,k");
    a.signal("SIGCONT");
    await at("a", "a,-,before,k");
    assertStringIncludes(a.stderr, "left as it is, for nothing takes it back: Exec[ran-a]");

    // Killed while it is elected, it takes back what it made when it is back and another one is elected.
    await fleet.stop("b");
    assertEquals(contentOf(`${directory}/new-b`), "made", "who ends leaves it");
    await at("a", "a,made,mine,k");
    fleet.start("b");
    await at("b", "a,-,before,k");
    a.signal("SIGKILL");
    await a.ended();
    await at("b", "a,made,mine,k");
    fleet.start("a");
    await at("a", "a,-,before,k");
  }));
