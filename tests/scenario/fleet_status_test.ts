/** `mgmt status --fleet`: how the hosts of a cluster are, as each tells the others. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { freePort } from "../support/free_port.ts";
import { eventually } from "../support/processes.ts";
import { inDirectory, mgmt, Program } from "../support/program.ts";

const BAD = `{name: bad, shell: /bin/sh, cmd: exit 3}`;

Deno.test("status --fleet: each host says how it is, one that is stopped is silent, and without a cluster there is none", () =>
  inDirectory(async (directory) => {
    const port = freePort();
    const seeds = `127.0.0.1:${port}`;
    const start = (name: string, resources: string, ...more: string[]) => {
      const file = join(directory, `${name}.yaml`);
      Deno.writeTextFileSync(file, `graph: ${name}\nresources: {${resources}}\n`);
      const prefix = ["--prefix", join(directory, name), "--hostname", name];
      return new Program(["run", file, ...prefix, "--max-runtime", "300", ...more]);
    };
    const urls = ["--client-urls", seeds, "--server-urls", `127.0.0.1:${freePort()}`];
    const first = start("h1", "noop: [{name: a}]", ...urls);
    const second = start("h2", `exec: [${BAD}]`, "--seeds", seeds, "--no-server");
    const fleet = (...more: string[]) =>
      mgmt(["status", "--fleet", "--prefix", join(directory, "h1"), ...more]);
    let said = "";
    const says = async (what: RegExp) => what.test(said = (await fleet()).stdout);
    try {
      const both =
        /^2 hosts: 1 failing, 1 converged\nHOST .*\nh2 +failing +1 +0 .*\nh1 +converged /;
      assert(await eventually(() => says(both)), said);
      const { hosts } = JSON.parse((await fleet("--output", "json")).stdout);
      const [bad, well] = hosts;
      assertEquals([bad.host, bad.is, bad.failed, bad.role], ["h2", "failing", 1, "client"]);
      assertEquals([well.host, well.converged, well.live], ["h1", true, true]);
      const wait = (timeout: string) =>
        mgmt([
          ...["wait", "--converged", "--fleet", "--prefix", join(directory, "h1")],
          ...["--timeout", timeout],
        ]);
      const late = await wait("1s");
      assertEquals(late.code, 5);
      assertMatch(late.stderr, /the time is over\n2 hosts: 1 failing[^]*\nh2 +failing/);
      assertMatch(well.version, /^\d+\.\d+\.\d+ \S+$/);
      await second.interrupt();
      assert(await eventually(() => says(/^1 host: 1 converged\n|1 silent/)), said);
      const waited = await wait("5m");
      assertEquals([waited.code, waited.stdout, waited.stderr], [0, "1 host: 1 converged\n", ""]);
    } finally {
      await second.interrupt();
      await first.interrupt();
    }
    const alone = await fleet();
    assertEquals([alone.code, alone.stdout], [1, ""]);
    assertStringIncludes(alone.stderr, "mgmt status: ");
    const odd = await fleet("--check");
    assertStringIncludes(odd.stderr, "--check is about one agent");
  }));
