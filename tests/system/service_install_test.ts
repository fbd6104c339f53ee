import { assert, assertEquals, assertMatch } from "@std/assert";
import { unitText } from "../../src/app/service/service_unit.ts";
import { argumentWord } from "../../src/base/systemd_quote.ts";
import { becomes, property, removeUnits, writeUnit } from "../support/host_world.ts";
import { eventually, isRunning } from "../support/processes.ts";
import { contentOf, EXECUTABLE, Program, shell, within } from "../support/program.ts";
import {
  addSetting,
  exec,
  GRAPH,
  install,
  journal,
  MGMT,
  serviceTest,
  sh,
  UNIT,
  UNIT_PATH,
  WORK,
  writeGraph,
} from "../support/service_world.ts";

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
  await addSetting("Restart=no");
  await install();
  await shell(`kill -9 ${await property(UNIT, "MainPID")}`);
  await becomes(UNIT, "ActiveState", "failed");
  assertEquals((await sh("mgmt service uninstall")).code, 0);
  await shell(`rm -r ${UNIT_PATH}.d; systemctl daemon-reload`);
  // What systemd still remembers of a unit goes when it has time.
  const listed = () => shell("systemctl list-units --all --plain --no-legend mgmt.service");
  assert(await eventually(async () => await listed() === ""), await listed());
});

serviceTest(
  "a service that does not start says why, and starts once that is over",
  "  noop:\n  - name: n\n",
  async () => {
    const other = new Program(["run", GRAPH, "--prefix", "/var/lib/mgmt"]);
    await other.says("Recap: 1 ok");
    const { said, code } = await sh(`mgmt service install ${GRAPH}`);
    await other.interrupt();
    assertEquals(code, 1, said);
    assertMatch(
      said,
      /in use by process[^]*cannot start mgmt\.service: .*; systemd goes on trying/,
    );
    await becomes(UNIT, "ActiveState", "active");
    assertEquals(await install(), `${UNIT}: unchanged\n`);
  },
);

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
  const refused = await sh(`mgmt service install ${WORK}/g.yaml`);
  assertEquals([refused.code, contentOf(UNIT_PATH)], [1, undefined], refused.said);
  assertMatch(refused.said, /g\.yaml .* belongs to nobody\n {2}hint: chown root .*g\.yaml;/);
  const { said, code } = await sh(`mgmt service install ${WORK}/g.yaml --allow-unsafe-graph`);
  assertEquals(code, 0);
  assertMatch(
    said,
    /warning: \/tmp\/mgmt-service\/g\.yaml may be gone after a restart of the host/,
  );
  assertMatch(said, /warning: \/tmp\/mgmt-service\/g\.yaml can be changed by others than root/);
});

serviceTest(
  "a service tells its hooks what it did, and a stop waits for one and no longer than it must",
  `  file:\n  - name: ${WORK}/f\n    content: served\n`,
  async () => {
    const told = `${WORK}/told`;
    const hook = `${WORK}/hook`;
    const text = `#!/bin/sh\ncat >>${told}\necho $$ >${WORK}/pid\nexec sleep 1000\n`;
    await Deno.writeTextFile(hook, text, { mode: 0o755 });
    const said = await install(`--on-change ${hook}`);
    assertMatch(said, /warning: \/tmp\/mgmt-service\/hook may be gone after a restart of the host/);
    const pid = () => Number(contentOf(`${WORK}/pid`) ?? "0");
    await within(60_000, () => pid() > 0, "the hook did not run");
    assertMatch(contentOf(told) ?? "", /"hook":"on-change".*"type":"changed".*"key":"file\[/);
    // It is not waited for: what it hangs on is healed, and reloaded.
    await Deno.remove(`${WORK}/f`);
    await within(60_000, () => contentOf(`${WORK}/f`) === "served", "it was not healed");
    await shell("systemctl reload mgmt");
    assertEquals(await property(UNIT, "ActiveState"), "active");
    await shell("systemctl stop mgmt");
    assertEquals(await property(UNIT, "Result"), "success");
    assertEquals(isRunning(pid()), false);
  },
);

serviceTest(
  "the agent's own command may change the service: it is restarted when that has ended",
  "  noop:\n  - name: n\n",
  async () => {
    await install();
    const pid = await property(UNIT, "MainPID");
    await writeGraph(`  exec:\n${exec("self", `${MGMT} service install ${GRAPH} --verbose`)}`);
    await within(60_000, () => contentOf(UNIT_PATH)?.includes("--verbose") === true, "unchanged");
    await within(60_000, () => contentOf(`/proc/${pid}/stat`) === undefined, "was not restarted");
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
