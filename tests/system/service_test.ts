import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { becomes, property } from "../support/host_world.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, shell, within } from "../support/program.ts";
import {
  addSetting,
  exec,
  GRAPH,
  install,
  journal,
  serviceTest,
  sh,
  UNIT,
  WORK,
  writeGraph,
} from "../support/service_world.ts";

/** Waits until systemd has heard from the agent that it works. */
async function tellsWatchdog(): Promise<void> {
  const heard = () => property(UNIT, "WatchdogTimestampMonotonic");
  const before = await heard();
  assertEquals(await eventually(async () => await heard() !== before, 60_000), true);
}

serviceTest(
  "the service is up when its graph is loaded, and not before",
  `  noop:\n  - name: n\n`,
  async () => {
    const filter = `${WORK}/filter`;
    await Deno.writeTextFile(
      filter,
      `#!/bin/sh\ntouch ${WORK}/begun\nwhile ! test -e ${WORK}/go; do sleep 0.05; done\n`,
      { mode: 0o755 },
    );
    const installing = sh(
      `mgmt service install ${GRAPH} --graphviz=${WORK}/g.dot --graphviz-filter=${filter}`,
    );
    await within(60_000, () => contentOf(`${WORK}/begun`) !== undefined, "the filter did not run");
    assertEquals(await property(UNIT, "ActiveState"), "activating");
    assertEquals(await property(UNIT, "StatusText"), `Starts with ${GRAPH}`);
    await Deno.writeTextFile(`${WORK}/go`, "");
    assertEquals((await installing).code, 0);
    assertEquals(await property(UNIT, "ActiveState"), "active");
  },
);

serviceTest(
  "what fails or takes long does not keep the service from being up",
  `  exec:\n${exec("slow", `touch ${WORK}/slow; sleep 100`)}${exec("bad", "exit 3")}`,
  async () => {
    await install();
    await within(60_000, () => contentOf(`${WORK}/slow`) !== undefined, "it does not run");
    const status = () => property(UNIT, "StatusText");
    await becomes(UNIT, "StatusText", "served: 0 ok, 1 failed; working on Exec[slow]");
    assertMatch(
      await shell("systemctl status mgmt"),
      /Status: "served: 0 ok, 1 failed/,
      await status(),
    );
    const failed = await journal("MGMT_NAME=bad PRIORITY=3");
    assertMatch(failed[0]?.["MESSAGE"] ?? "", /^Exec\[bad\]: Failed: exited with code 3/);
    await shell(`systemctl kill --kill-whom=all --signal=SIGKILL mgmt`);
  },
);

serviceTest(
  "the journal has kinds, names and priorities, and no second time",
  `  file:\n  - name: ${WORK}/a\n    content: a\n  exec:\n${exec("e", "echo hello; echo again")}`,
  async () => {
    await install();
    await becomes(UNIT, "StatusText", "served: 2 ok, 2 changed");
    const files = await journal("MGMT_KIND=file");
    assertEquals(files[0]?.["MESSAGE"], `File[${WORK}/a]: Apply: does not exist`);
    for (const entry of files) {
      assertEquals([entry["MGMT_NAME"], entry["SYSLOG_IDENTIFIER"]], [`${WORK}/a`, "mgmt"]);
    }
    const said = (await journal("MGMT_NAME=e PRIORITY=6")).map((entry) => entry["MESSAGE"]);
    assertEquals(said.slice(0, 2), ["Exec[e]: hello", "Exec[e]: again"]);
    const all = (await journal("_COMM=mgmt")).map((entry) => entry["MESSAGE"]);
    assertEquals(all.filter((message) => /^\d\d:\d\d/.test(message ?? "")), []);
  },
);

serviceTest(
  "commands of the service do not inherit what is only the agent's",
  `  exec:\n${exec("e", `env >${WORK}/env`)}`,
  async () => {
    await addSetting("WatchdogSec=20s");
    await install();
    await becomes(UNIT, "StatusText", "served: 1 ok, 1 changed");
    const environment = contentOf(`${WORK}/env`) ?? "";
    assertMatch(environment, /^PATH=/m);
    assertEquals(environment.match(/^(NOTIFY_SOCKET|WATCHDOG_.*|JOURNAL_STREAM)=/gm), null);
  },
);

serviceTest(
  "a reload swaps the graph, and a wrong one changes nothing",
  `  file:\n  - name: ${WORK}/a\n    content: a\n`,
  async () => {
    await install("--no-watch");
    await becomes(UNIT, "StatusText", "served: 1 ok, 1 changed");
    await writeGraph(`  file:\n  - name: ${WORK}/b\n    content: b\n`);
    assertEquals(contentOf(`${WORK}/b`), undefined);
    await shell("systemctl reload mgmt");
    await within(60_000, () => contentOf(`${WORK}/b`) === "b", "the reload did nothing");
    await writeGraph("  fiel: []\n");
    await shell("systemctl reload mgmt");
    const refused = "the graph file has mistakes: the graph before stays in force";
    await becomes(UNIT, "StatusText", `served: 1 ok, 1 changed; ${refused}`);
    await becomes(UNIT, "ActiveState", "active");
    assertEquals((await journal("PRIORITY=3")).length > 0, true);
    await Deno.remove(`${WORK}/b`);
    await within(60_000, () => contentOf(`${WORK}/b`) === "b", "the old graph is not in force");
  },
);

serviceTest(
  "an agent that is killed or hangs is started again",
  `  noop:\n  - name: n\n`,
  async () => {
    await addSetting("WatchdogSec=6s");
    await install();
    const first = await property(UNIT, "MainPID");
    await shell(`kill -9 ${first}`);
    await becomes(UNIT, "NRestarts", "1");
    await becomes(UNIT, "ActiveState", "active");
    const second = await property(UNIT, "MainPID");
    assertNotEquals(second, first);
    // One that works tells the watchdog so.
    for (const _ of [1, 2]) await tellsWatchdog();
    assertEquals(await property(UNIT, "MainPID"), second);
    await shell(`kill -STOP ${second}`);
    await becomes(UNIT, "NRestarts", "2");
    await becomes(UNIT, "ActiveState", "active");
    assertNotEquals(await property(UNIT, "MainPID"), second);
    assertMatch(await shell("journalctl -u mgmt -b --no-pager"), /Watchdog timeout/);
  },
);

serviceTest(
  "a stop waits for the command that runs, however short TimeoutStopSec is",
  `  exec:\n${
    exec(
      "slow",
      `touch ${WORK}/begun; while ! test -e ${WORK}/go; do sleep 0.05; done; touch ${WORK}/done`,
    )
  }`,
  async () => {
    await addSetting("TimeoutStopSec=2s");
    await install();
    await within(60_000, () => contentOf(`${WORK}/begun`) !== undefined, "it does not run");
    const stopped = shell("systemctl stop mgmt");
    await becomes(UNIT, "StatusText", "served: 0 ok; stops, and waits for Exec[slow]");
    // Longer than the setting says.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    Deno.writeTextFileSync(`${WORK}/go`, "");
    await stopped;
    assertEquals(contentOf(`${WORK}/done`), "");
    assertEquals(await property(UNIT, "Result"), "success");
    assertEquals(await property(UNIT, "ActiveState"), "inactive");
  },
);

serviceTest(
  "a new journald and a new systemd hear the agent as the old ones did",
  `  file:\n  - name: ${WORK}/a\n    content: a\n`,
  async () => {
    await addSetting("WatchdogSec=6s");
    await install();
    await becomes(UNIT, "StatusText", "served: 1 ok, 1 changed");
    const pid = await property(UNIT, "MainPID");
    await shell("systemctl restart systemd-journald; systemctl daemon-reexec");
    await writeGraph(`  file:\n  - name: ${WORK}/b\n    content: b\n`);
    await becomes(UNIT, "StatusText", "served: 1 ok, 1 changed");
    const said = async () => (await journal(`MGMT_NAME=${WORK}/b`)).length > 0;
    assertEquals(await eventually(said), true);
    for (const _ of [1, 2, 3]) await tellsWatchdog();
    assertEquals(await property(UNIT, "MainPID"), pid);
  },
);
