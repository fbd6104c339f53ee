// leaves nothing: the manager of root's session stays, which disturbs nobody

import { assertEquals } from "@std/assert";
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
  const pid = async () => {
    const command = "systemctl --user show --value -p MainPID t-session";
    for (let i = 0; i < 200; i++) {
      const text = (await shell(command)).trim();
      if (/^[1-9][0-9]*$/.test(text)) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return "0";
  };
  try {
    await agent(GRAPH, async ({ program }) => {
      const first = await pid();
      assertEquals(first === "0", false, program.stderr);
      await program.says("Svc[t-session]");
      await shell("systemctl --user stop t-session");
      assertEquals(await pid() === "0", false, program.stderr);
    });
    assertEquals(await property("t-session.service", "LoadState"), "not-found");
  } finally {
    if (before === undefined) Deno.env.delete("XDG_RUNTIME_DIR");
    else Deno.env.set("XDG_RUNTIME_DIR", before);
    await shell("XDG_RUNTIME_DIR=/run/user/0 systemctl --user stop t-session");
  }
});
