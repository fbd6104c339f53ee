// leaves nothing: the manager of root's session stays, which disturbs nobody

import { assert, assertEquals } from "@std/assert";
import { isSoon } from "../support/polling.ts";
import { inDirectory, mgmt, shell } from "../support/program.ts";
import { agent, property } from "../support/host_world.ts";

const GRAPH =
  "graph: t\nresources:\n  svc:\n  - {name: t-session, state: running, session: true}\n";
const UNITS = "/root/.config/systemd/user";

Deno.test("without a session of the user, its units fail with a clear reason", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/g.yaml`, GRAPH);
    const env = { XDG_RUNTIME_DIR: "", DBUS_SESSION_BUS_ADDRESS: "" };
    const ended = await mgmt(["run", `${directory}/g.yaml`, "-t", "0", "--tmp-prefix"], { env });
    assertEquals(ended.code, 4, ended.stderr);
    assertEquals(ended.stderr.includes("this user has no session bus"), true, ended.stderr);
  });
});

Deno.test("units of the user's own service manager are kept running", async () => {
  await shell("loginctl enable-linger root");
  await shell("until systemctl is-active user@0; do sleep 0.1; done");
  await Deno.mkdir(UNITS, { recursive: true });
  await Deno.writeTextFile(`${UNITS}/t-session.service`, "[Service]\nExecStart=sleep infinity\n");
  const before = Deno.env.get("XDG_RUNTIME_DIR");
  Deno.env.set("XDG_RUNTIME_DIR", "/run/user/0");
  const runs = async () =>
    /^[1-9]/.test(await shell("systemctl --user show --value -p MainPID t-session"));
  try {
    await agent(GRAPH, async ({ program }) => {
      assert(await isSoon(runs, 60_000), program.stderr);
      await program.says("Svc[t-session]");
      await shell("systemctl --user stop t-session");
      assert(await isSoon(runs, 60_000), program.stderr);
    });
    assertEquals(await property("t-session.service", "LoadState"), "not-found");
  } finally {
    if (before === undefined) Deno.env.delete("XDG_RUNTIME_DIR");
    else Deno.env.set("XDG_RUNTIME_DIR", before);
    await shell("XDG_RUNTIME_DIR=/run/user/0 systemctl --user stop t-session");
  }
});
