import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { argumentWord, unitText } from "../../src/app/service_unit.ts";
import { becomes, property, removeUnits, writeUnit } from "../support/host_world.ts";
import { contentOf, EXECUTABLE, shell, within } from "../support/program.ts";

const UNIT = "mgmt.service";
const UNIT_PATH = `/etc/systemd/system/${UNIT}`;
const MGMT = "/usr/local/bin/mgmt";
const GRAPH = "/etc/mgmt/graph.yaml";
const WORK = "/tmp/mgmt-service";

/** Runs a command line as a user would; the output of both streams, and its exit code. */
async function sh(command: string): Promise<{ said: string; code: number }> {
  const said = await shell(`{ ${command}; } 2>&1; printf '\\n%s' $?`);
  const end = said.lastIndexOf("\n");
  return { said: said.slice(0, end), code: Number(said.slice(end + 1)) };
}

function resources(text: string): string {
  return `graph: served\nresources:\n${text}`;
}

function exec(name: string, cmd: string): string {
  return `  - name: ${name}\n    shell: /bin/sh\n    cmd: ${JSON.stringify(cmd)}\n`;
}

async function writeGraph(text: string): Promise<void> {
  await Deno.writeTextFile(`${GRAPH}.new`, resources(text));
  await Deno.rename(`${GRAPH}.new`, GRAPH);
}

/** Tests with a graph, the executable in its place and no service; none is left at the end. */
function serviceTest(name: string, graph: string, test: () => Promise<void>): void {
  Deno.test(name, async () => {
    await shell(`mkdir -p ${WORK} /etc/mgmt && install -m 755 ${EXECUTABLE} ${MGMT}`);
    await writeGraph(graph);
    try {
      await test();
    } finally {
      await removeUnits(UNIT);
      await shell(`rm -rf ${WORK} /etc/mgmt /var/lib/mgmt`);
    }
  });
}

/** Installs the service and expects that it runs then. */
async function install(flags = ""): Promise<string> {
  const { said, code } = await sh(`mgmt service install ${GRAPH} ${flags}`);
  assertEquals([code, await property(UNIT, "ActiveState")], [0, "active"], said);
  return said;
}

async function settingOf(setting: string): Promise<void> {
  await shell(`mkdir -p ${UNIT_PATH}.d`);
  await Deno.writeTextFile(`${UNIT_PATH}.d/test.conf`, `[Service]\n${setting}\n`);
}

/** What the service that runs now has said. */
async function journal(matches: string): Promise<Record<string, string>[]> {
  const run = `_SYSTEMD_INVOCATION_ID=${await property(UNIT, "InvocationID")}`;
  const lines = await shell(`journalctl -u mgmt -o json --no-pager ${run} ${matches}`);
  return lines.trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

serviceTest(
  "an installed service runs, is enabled, says how it is, and once more changes nothing",
  `  file:\n  - name: ${WORK}/f\n    content: served\n`,
  async () => {
    assertEquals(await install(), `${UNIT_PATH}: written\n${UNIT}: enabled, started\n`);
    assertEquals(await property(UNIT, "UnitFileState"), "enabled");
    assertEquals(await shell(`systemd-analyze verify ${UNIT_PATH}`), "");
    await becomes(UNIT, "StatusText", "served: 1 ok, 1 changed");
    assertEquals(contentOf(`${WORK}/f`), "served");
    const pid = await property(UNIT, "MainPID");
    assertEquals(await install(), `${UNIT}: unchanged\n`);
    assertEquals(await property(UNIT, "MainPID"), pid);
    // Other flags, and another executable, are another service.
    assertEquals(await install("--quiet"), `${UNIT_PATH}: replaced\n${UNIT}: restarted\n`);
    assertMatch(contentOf(UNIT_PATH) ?? "", /^ExecStart=.* --quiet$/m);
    await shell(`install -m 755 ${EXECUTABLE} ${MGMT}`);
    assertEquals(await install("--quiet"), `${UNIT}: restarted\n`);
    await shell("systemctl disable --now mgmt");
    assertEquals(await install("--quiet"), `${UNIT}: enabled, started\n`);
  },
);

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
    await within(20_000, () => contentOf(`${WORK}/begun`) !== undefined, "the filter did not run");
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
    await within(20_000, () => contentOf(`${WORK}/slow`) !== undefined, "it does not run");
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
    await settingOf("WatchdogSec=20s");
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
    await within(20_000, () => contentOf(`${WORK}/b`) === "b", "the reload did nothing");
    await writeGraph("  fiel: []\n");
    await shell("systemctl reload mgmt");
    const refused = "the graph file has mistakes: the graph before stays in force";
    await becomes(UNIT, "StatusText", `served: 1 ok, 1 changed; ${refused}`);
    await becomes(UNIT, "ActiveState", "active");
    assertEquals((await journal("PRIORITY=3")).length > 0, true);
    await Deno.remove(`${WORK}/b`);
    await within(20_000, () => contentOf(`${WORK}/b`) === "b", "the old graph is not in force");
  },
);

serviceTest(
  "an agent that is killed or hangs is started again",
  `  noop:\n  - name: n\n`,
  async () => {
    await settingOf("WatchdogSec=1s");
    await install();
    const first = await property(UNIT, "MainPID");
    await shell(`kill -9 ${first}`);
    await becomes(UNIT, "NRestarts", "1");
    await becomes(UNIT, "ActiveState", "active");
    const second = await property(UNIT, "MainPID");
    assertNotEquals(second, first);
    // One that works is left alone by the watchdog.
    await new Promise((resolve) => setTimeout(resolve, 3000));
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
  `  exec:\n${exec("slow", `touch ${WORK}/begun; sleep 8; touch ${WORK}/done`)}`,
  async () => {
    await settingOf("TimeoutStopSec=2s");
    await install();
    await within(20_000, () => contentOf(`${WORK}/begun`) !== undefined, "it does not run");
    const stopped = shell("systemctl stop mgmt");
    await becomes(UNIT, "StatusText", "served: 0 ok; stops, and waits for Exec[slow]");
    await stopped;
    assertEquals(contentOf(`${WORK}/done`), "");
    assertEquals(await property(UNIT, "Result"), "success");
    assertEquals(await property(UNIT, "ActiveState"), "inactive");
  },
);

serviceTest(
  "a graph with mistakes is refused, and a service that runs is left alone",
  "  fiel: []\n",
  async () => {
    const { said, code } = await sh(`mgmt service install ${GRAPH}`);
    assertEquals(code, 1);
    assertMatch(said, /graph\.yaml:3:3: error: .*fiel[^]*nothing was changed: 1 mistake/);
    assertEquals(contentOf(UNIT_PATH), undefined);
    await writeGraph("  noop:\n  - name: n\n");
    await install();
    const pid = await property(UNIT, "MainPID");
    await writeGraph("  fiel: []\n");
    assertEquals((await sh(`mgmt service install ${GRAPH} --quiet`)).code, 1);
    assertEquals(await property(UNIT, "MainPID"), pid);
    assert(!contentOf(UNIT_PATH)?.includes("--quiet"));
  },
);

serviceTest("uninstall leaves nothing but the state", "  noop:\n  - name: n\n", async () => {
  await install();
  const pid = await property(UNIT, "MainPID");
  const { said, code } = await sh("mgmt service uninstall");
  assertEquals(code, 0, said);
  assertMatch(said, /stopped, disabled, removed\nits state is kept: \/var\/lib\/mgmt/);
  assertEquals(await shell(`find /etc/systemd /run/systemd -name '*mgmt*'`), "");
  assertEquals(await property(UNIT, "LoadState"), "not-found");
  assertEquals(contentOf(`/proc/${pid}/stat`), undefined);
  assertEquals((await Deno.stat("/var/lib/mgmt")).isDirectory, true);
  assertEquals(await sh("mgmt service uninstall"), {
    said: `${UNIT}: is not installed\n`,
    code: 0,
  });
});

serviceTest("a service that failed is uninstalled too", "  noop:\n  - name: n\n", async () => {
  await settingOf("Restart=no");
  await install();
  await shell(`kill -9 ${await property(UNIT, "MainPID")}`);
  await becomes(UNIT, "ActiveState", "failed");
  assertEquals((await sh("mgmt service uninstall")).code, 0);
  await shell(`rm -r ${UNIT_PATH}.d; systemctl daemon-reload`);
  assertEquals(await shell("systemctl list-units --all --plain --no-legend mgmt.service"), "");
});

serviceTest("what others have written is left alone", "  noop:\n  - name: n\n", async () => {
  await writeUnit(UNIT, "ExecStart=sleep infinity");
  for (const command of [`install ${GRAPH}`, "uninstall"]) {
    const { said, code } = await sh(`mgmt service ${command}`);
    assertEquals(code, 1);
    assertMatch(said, /mgmt\.service was not written by mgmt service install\n {2}hint: move it/);
  }
  assertMatch(contentOf(UNIT_PATH) ?? "", /sleep infinity/);
  await shell(`rm ${UNIT_PATH}; systemctl mask mgmt`);
  assertMatch(
    (await sh(`mgmt service install ${GRAPH}`)).said,
    /is masked\n {2}hint: systemctl unmask/,
  );
});

serviceTest("only root may, and is told of dangers", "  noop:\n  - name: n\n", async () => {
  const nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups";
  for (const command of [`install ${GRAPH}`, "uninstall"]) {
    const { said, code } = await sh(`${nobody} mgmt service ${command}`);
    assertEquals(code, 1);
    assertMatch(
      said,
      /only root can change the services of this host\n {2}hint: sudo mgmt service/,
    );
  }
  await shell(`cp ${GRAPH} ${WORK}/g.yaml; chown 65534 ${WORK}/g.yaml`);
  const { said, code } = await sh(`mgmt service install ${WORK}/g.yaml`);
  assertEquals(code, 0);
  assertMatch(
    said,
    /warning: \/tmp\/mgmt-service\/g\.yaml may be gone after a restart of the host/,
  );
  assertMatch(said, /warning: \/tmp\/mgmt-service\/g\.yaml can be changed by others than root/);
});

serviceTest(
  "the agent's own command may change the service: it is restarted when that has ended",
  "  noop:\n  - name: n\n",
  async () => {
    await install();
    const pid = await property(UNIT, "MainPID");
    await writeGraph(`  exec:\n${exec("self", `${MGMT} service install ${GRAPH} --verbose`)}`);
    await within(20_000, () => contentOf(UNIT_PATH)?.includes("--verbose") === true, "unchanged");
    await within(20_000, () => contentOf(`/proc/${pid}/stat`) === undefined, "was not restarted");
    await becomes(UNIT, "ActiveState", "active");
    await becomes(UNIT, "StatusText", "served: 1 ok, 1 changed");
    const said = (await journal("MGMT_NAME=self")).map((entry) => entry["MESSAGE"]);
    assertEquals(said.includes(`Exec[self]: ${UNIT}: unchanged`), true, said.join("\n"));
  },
);

Deno.test("systemd gives the program exactly the arguments that were meant", async () => {
  const words = ["a b", "", "100%n", "$HOME", "x${HOME}y", ";", 'say "x"', "it's", "b\\s\\x41"];
  words.push("line\nbreak\ttab", "ü 🙂", "#", "'", "-", "@x", "\u007f", "%", "$$", "*");
  const directory = "/tmp/odd $HOME %n ü";
  const program = `${directory}/show`;
  await Deno.mkdir(directory);
  await Deno.writeTextFile(program, '#!/bin/sh\nprintf "%s\\0" "$@" >/tmp/arguments\n', {
    mode: 0o755,
  });
  try {
    const text = unitText({ executable: program, graph: "/g", args: words });
    const line = text.split("\n").find((each) => each.startsWith("ExecStart=")) ?? "";
    assertEquals(line.endsWith(words.map(argumentWord).join(" ")), true);
    await writeUnit("t-words.service", `Type=oneshot\n${line}`);
    await shell("systemctl daemon-reload");
    assertEquals(await shell("systemctl start t-words"), "");
    assertEquals(Deno.readTextFileSync("/tmp/arguments").split("\0").slice(0, -1), words);
  } finally {
    await removeUnits("t-words.service");
    await Deno.remove(directory, { recursive: true });
  }
});
