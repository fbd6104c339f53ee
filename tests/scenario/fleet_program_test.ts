/** Programs that read what other hosts share, and stand for elections, with real agents and a real etcd. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { mgmt, within } from "../support/program.ts";
import { withProgramFleet as withFleet } from "../support/program_fleet.ts";

const READER = `
  const all = Object.entries(fleet.values("db"));
  file("DIR/backends", { content: all.map(([name, v]) => name + " " + v.port + "\\n").join("") });
  file("DIR/hosts", {
    content: fleet.hosts({ label: { role: "db" } }).map((name) => name + "\\n").join(""),
  });
  fleet.share("reader", { sees: all.length });`;

Deno.test("what hosts share reaches the programs of others, and is there at once where the cluster is away", () =>
  withFleet(async (fleet) => {
    fleet.writes("a", `fleet.share("db", { port: 1 });`);
    fleet.writes("b", READER);
    const a = fleet.start("a", "--label", "role=db");
    fleet.start("b");
    await fleet.becomes("backends", "a 1\n");
    await fleet.becomes("hosts", "a\n");
    // Against the running agent an unedited program changes nothing, for it reads what the agent knows.
    const same = await mgmt([
      ...["plan", `${fleet.directory}/b.ts`, "--running", ...fleet.args("b").slice(0, 4)],
    ]);
    assertEquals([same.stdout, same.code], ["Plan: 3 ok\n", 0], same.stderr);
    fleet.writes("a", `fleet.share("db", { port: 2 }); file("DIR/own", { content: "x" });`);
    await fleet.becomes("backends", "a 2\n");

    // A broken edit withdraws nothing, and a run that changes nothing shares nothing.
    fleet.writes("a", `fleet.share("db", { port: 3 }); file("DIR/own", { contend: "x" });`);
    await within(60_000, () => a.stderr.includes("contend"), () => a.stderr);
    fleet.writes("c", `fleet.share("db", { port: 9 }); ${READER.replaceAll("backends", "would")}`);
    const would = await mgmt([
      ...["run", `${fleet.directory}/c.ts`, ...fleet.args("c")],
      ...["--noop", "--converged-timeout", "0"],
    ]);
    assertEquals(would.code, 0, would.stderr);
    assertStringIncludes(would.stderr, "a 2");
    assertEquals(fleet.says("backends"), "a 2\n");

    // What a run that ends has shared stays.
    const once = await mgmt([
      ...["run", `${fleet.directory}/c.ts`, ...fleet.args("c"), "--converged-timeout", "0"],
    ]);
    assertEquals(once.code, 0, once.stderr);
    await fleet.becomes("backends", "a 2\nc 9\n");

    // The cluster goes, and with it nothing of what is known.
    await fleet.stop("b");
    await fleet.stop("a");
    const before = Deno.statSync(`${fleet.directory}/backends`).ino;
    Deno.removeSync(`${fleet.directory}/hosts`);
    const b = fleet.start("b", "--cluster-wait", "60");
    await fleet.becomes("hosts", "a\n");
    assertEquals(fleet.says("backends"), "a 2\nc 9\n");
    assertEquals(Deno.statSync(`${fleet.directory}/backends`).ino, before, "not written again");
    assert(!b.stderr.includes("the program waits"), b.stderr);

    // A host that has left shares nothing more, and who left its own has what it shares itself.
    fleet.writes("a", `fleet.share("db", { port: 4 });`);
    fleet.start("a");
    await fleet.becomes("backends", "a 4\nc 9\n", 60_000);
    const forgotten = await mgmt(["forget", "c", ...fleet.args("a").slice(0, 4)]);
    assertEquals(forgotten.code, 0, forgotten.stderr);
    await fleet.becomes("backends", "a 4\n");
  }));

Deno.test("on a fresh prefix a program waits for the cluster, and goes on alone when it does not come", () =>
  withFleet(async (fleet) => {
    fleet.writes("b", `fleet.share("db", { port: 5 });\n${READER}`);
    const away = ["--no-server", "--seeds", freeUrl(), "--cluster-wait", "2"];
    const b = fleet.start("b", ...away);
    await within(60_000, () => b.stderr.includes("the program waits"), () => b.stderr);
    assertEquals(fleet.says("backends"), undefined);
    await fleet.becomes("backends", "b 5\n");
    assertStringIncludes(b.stderr, "the cluster did not say yet what hosts share as db");
    await fleet.stop("b");

    fleet.writes("c", READER);
    // The wait ends with the run, also before anything is known.
    const stopped = fleet.start("c", ...away.slice(0, -1), "600");
    await within(60_000, () => stopped.stderr.includes("the program waits"), () => stopped.stderr);
    await fleet.stop("c");
    assert(!stopped.stderr.includes("rror"), stopped.stderr);
  }));

Deno.test("of the hosts that stand one is elected, another when it goes, and the cluster's status says who", () =>
  withFleet(async (fleet) => {
    const stands = `
      file("DIR/is-HOST", { content: fleet.elect("lead") ? "elected" : "not" });
      file("DIR/db-HOST", { content: fleet.elect("db", { among: { role: "db" } }) ? "yes" : "no" });`;
    for (const host of ["a", "b", "c"]) fleet.writes(host, stands.replaceAll("HOST", host));
    fleet.start("a", "--label", "role=db");
    await fleet.becomes("is-a", "elected");
    fleet.start("b");
    await fleet.becomes("is-b", "not");
    const c = fleet.start("c");
    await fleet.becomes("is-c", "not");
    for (const host of ["a", "b", "c"]) {
      await fleet.becomes(`db-${host}`, host === "a" ? "yes" : "no");
    }
    const status = await mgmt(["cluster", "status", ...fleet.args("a").slice(0, 4)]);
    assertStringIncludes(status.stdout, "lead, a of 1; b, c stand, too");

    // A plan of an edit knows who is elected, and stands for nothing.
    const edit = `file("DIR/" + (fleet.elect("lead") ? "mine" : "theirs"), { content: "" });
      if (fleet.elect("new")) file("DIR/new", { content: "" });`;
    fleet.writes("plan", edit);
    const at = fleet.args("a").slice(0, 4);
    const plan = await mgmt(["plan", `${fleet.directory}/plan.ts`, "--running", ...at]);
    assertStringIncludes(plan.stdout, "/mine");
    assert(!plan.stdout.includes("/new"), plan.stdout);

    // Who stands no more gives it up at once, and who is elected stays so while others come.
    fleet.writes("a", `file("DIR/is-a", { content: "resigned" });`);
    await fleet.becomes("is-b", "elected");
    assertEquals([fleet.says("is-a"), fleet.says("is-c")], ["resigned", "not"]);
    fleet.writes("a", stands.replaceAll("HOST", "a"));
    await fleet.becomes("is-a", "not");
    await fleet.stop("b");
    await fleet.becomes("is-c", "elected");
    assertStringIncludes(c.stderr, "this host is elected: lead");
  }));
