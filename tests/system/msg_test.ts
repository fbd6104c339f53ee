// leaves nothing: the journal is started again

import { assertEquals } from "@std/assert";
import { agent } from "../support/host_world.ts";
import { shell } from "../support/program.ts";

/** Entries of the journal with this field, as the journal has them. */
async function entries(field: string): Promise<Record<string, string>[]> {
  await shell("journalctl --sync");
  const text = await shell(`journalctl -q -o json ${field}`);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("a message is in the journal once, with its fields, and once more after a refresh", async () => {
  const graph = `graph: messages
resources:
  timer:
  - name: soon
    interval: 0.5
  msg:
  - name: once
    body: "first line\\nsecond line"
    priority: warning
    fields: {MGMT_TEST: once}
  - name: again
    body: tick
    fields: {MGMT_TEST: again}
edges:
- from: {kind: timer, name: soon}
  to: {kind: msg, name: again}
  notify: true
`;
  await agent(graph, async ({ program }) => {
    await program.says(/(Msg\[again\]: Refresh[^]*){2}/);
    const [once, ...more] = await entries("MGMT_TEST=once");
    assertEquals(more, []);
    assertEquals(
      [once?.["MESSAGE"], once?.["PRIORITY"], once?.["SYSLOG_IDENTIFIER"]],
      ["first line\nsecond line", "4", "mgmt"],
    );
    assertEquals([once?.["_PID"], once?.["MGMT_RESOURCE"]], [`${program.pid}`, "msg[once]"]);
    assertEquals((await entries("MGMT_TEST=again")).length >= 2, true);
  });
});

Deno.test("without a journal the syslog gets it, and without both the agent's output", async () => {
  const graph = `graph: no log
resources:
  msg:
  - name: orphan
    body: nobody keeps this
`;
  const units = "systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket";
  await shell(`systemctl stop ${units}; rm -f /run/systemd/journal/socket`);
  try {
    await agent(graph, async ({ program }) => {
      await program.says("Msg[orphan]: nobody keeps this");
    });
  } finally {
    await shell(`systemctl start ${units}`);
  }
});
