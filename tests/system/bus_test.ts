import { assert, assertEquals } from "@std/assert";
import { contentOf, shell, within } from "../support/program.ts";
import {
  agent,
  becomes,
  property,
  removeUnits,
  saysTimes,
  writeUnit,
} from "../support/host_world.ts";

const GRAPH = `graph: t
resources:
  svc:
  - {name: t-bus, state: running}
  file:
  - {name: /run/t-bus-file, content: here}
`;

async function withUnit(test: () => Promise<void>): Promise<void> {
  await writeUnit("t-bus.service", "ExecStart=sleep infinity");
  try {
    await test();
  } finally {
    await removeUnits("t-bus.service");
    await shell("rm -f /run/t-bus-file");
  }
}

Deno.test("after the bus was killed, services are healed by events again", async () => {
  await withUnit(() =>
    agent(GRAPH, async ({ program }) => {
      await becomes("t-bus.service", "ActiveState", "active", program);
      for (let round = 0; round < 3; round++) {
        await shell(`kill -9 ${await property("dbus.service", "MainPID")}`);
        await shell("systemctl start dbus");
        await becomes("dbus.service", "ActiveState", "active");
        await shell("systemctl stop t-bus");
        await becomes("t-bus.service", "ActiveState", "active", program);
      }
      await Deno.remove("/run/t-bus-file");
      await within(60_000, () => contentOf("/run/t-bus-file") === "here", () => program.stderr);
    })
  );
});

Deno.test("without a bus services fail with a clear reason, and the rest runs on", async () => {
  await withUnit(async () => {
    await shell("systemctl stop dbus.socket dbus.service");
    try {
      await agent(GRAPH, async ({ program }) => {
        await program.says("cannot reach the message bus at /run/dbus/system_bus_socket");
        await within(60_000, () => contentOf("/run/t-bus-file") === "here", () => program.stderr);
        await Deno.remove("/run/t-bus-file");
        await within(60_000, () => contentOf("/run/t-bus-file") === "here", () => program.stderr);
        await shell("systemctl start dbus.socket dbus.service");
        await becomes("t-bus.service", "ActiveState", "active", program);
        await saysTimes(program, "Svc[t-bus]: Apply", 1);
      });
    } finally {
      await shell("systemctl start dbus.socket dbus.service");
    }
  });
});

Deno.test("a bus that accepts and says nothing is no reason to hang", async () => {
  await withUnit(async () => {
    const listener = Deno.listen({ transport: "unix", path: "/run/t-silent-bus" });
    const held: Deno.Conn[] = [];
    const accepting = (async () => {
      for await (const connection of listener) held.push(connection);
    })();
    const before = Deno.env.get("DBUS_SYSTEM_BUS_ADDRESS");
    Deno.env.set("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/run/t-silent-bus");
    try {
      await agent(GRAPH, async ({ program }) => {
        await program.says("no answer within 5 s");
        assertEquals(contentOf("/run/t-bus-file"), "here");
      });
    } finally {
      if (before === undefined) Deno.env.delete("DBUS_SYSTEM_BUS_ADDRESS");
      for (const connection of held) connection.close();
      listener.close();
      await accepting.catch(() => {});
    }
    assert(held.length > 0);
  });
});

Deno.test("systemd that starts itself anew is heard again", async () => {
  await withUnit(() =>
    agent(GRAPH, async ({ program }) => {
      await becomes("t-bus.service", "ActiveState", "active", program);
      await shell("systemctl daemon-reexec");
      await becomes("t-bus.service", "ActiveState", "active", program);
      await shell("systemctl stop t-bus");
      await becomes("t-bus.service", "ActiveState", "active", program);
    })
  );
});
