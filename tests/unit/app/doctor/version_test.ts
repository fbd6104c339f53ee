/** An agent whose executable is another one by now. */

import { assertEquals, assertMatch } from "@std/assert";
import { version } from "../../../../src/app/doctor/checks/version.ts";
import { doctorWorld } from "../../../support/doctor_world.ts";

Deno.test("version: an executable that was replaced or removed is told of, one under another name is not", () =>
  doctorWorld(async ({ codes, says, file, directory }) => {
    const host = {
      agent: { type: "answers", status: { pid: Deno.pid }, cluster: {}, hangs: undefined },
      holder: { pid: Deno.pid, started: 1, graph: "/g.yaml", sinceMs: 0 },
    } as const;
    const link = `${directory}/proc/${Deno.pid}/exe`;
    await Deno.mkdir(`${directory}/proc/${Deno.pid}`, { recursive: true });
    await Deno.symlink("/usr/bin/mgmt", link);
    file("mgmt", "");
    const executable = `${directory}/mgmt`;
    assertEquals(await codes(version, { ...host, executable }), []);
    await Deno.remove(link);
    await Deno.symlink("/usr/bin/mgmt (deleted)", link);
    assertEquals(await codes(version, { ...host, executable }), ["executable-gone"]);
    assertEquals(await codes(version, host), ["executable-gone"]);
    assertMatch(
      await says(version, { ...host, executable }),
      /^the agent runs \/usr\/bin\/mgmt as/,
    );
    // It is the very file, whatever the kernel calls it.
    assertEquals(await codes(version, { ...host, executable: Deno.execPath() }), []);
  }));
