import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventually } from "../support/processes.ts";
import { eventsOf, fails, failuresOf } from "../support/json_run.ts";
import { contentOf, inDirectory, mgmt, shell, within } from "../support/program.ts";
import {
  agent,
  becomes,
  property,
  removeUnits,
  saysTimes,
  writeUnit,
} from "../support/host_world.ts";

const SLEEPER = "ExecStart=sleep infinity";

function svc(...entries: string[]): string {
  return `graph: t\nresources:\n  svc:\n${entries.map((entry) => `  - {${entry}}\n`).join("")}`;
}

const JSON_LINES = ["--output", "json"];

Deno.test("a service that was stopped or killed runs again", async () => {
  await writeUnit("t-run.service", SLEEPER);
  try {
    await agent(svc("name: t-run, state: running"), async ({ program }) => {
      await becomes("t-run.service", "ActiveState", "active", program);
      await program.says("Svc[t-run]");
      await shell("systemctl stop t-run");
      await becomes("t-run.service", "ActiveState", "active", program);
      const pid = await property("t-run.service", "MainPID");
      await shell(`kill -9 ${pid}`);
      // systemd may take the killed one for active for a moment.
      const runsAgain = async () =>
        !["0", pid].includes(await property("t-run.service", "MainPID"));
      assert(await eventually(runsAgain, 60_000), program.stderr);
      await becomes("t-run.service", "ActiveState", "active", program);
    });
  } finally {
    await removeUnits("t-run.service");
  }
});

Deno.test("a service that was disabled or masked by hand is enabled again", async () => {
  await writeUnit("t-enable.service", SLEEPER);
  try {
    const graph = svc("name: t-enable, state: running, startup: enabled");
    await agent(graph, async ({ program }) => {
      await becomes("t-enable.service", "UnitFileState", "enabled", program);
      await becomes("t-enable.service", "ActiveState", "active", program);
      await shell("systemctl disable t-enable");
      await becomes("t-enable.service", "UnitFileState", "enabled", program);
      // A mask needs a place in /etc that the unit's own file has here.
      await shell("mv /etc/systemd/system/t-enable.service /usr/lib/systemd/system/");
      await shell("systemctl mask --now t-enable");
      await becomes("t-enable.service", "UnitFileState", "enabled", program);
      await becomes("t-enable.service", "ActiveState", "active", program);
    });
  } finally {
    await shell("rm -f /usr/lib/systemd/system/t-enable.service");
    await removeUnits("t-enable.service");
  }
});

Deno.test("stopped and disabled are kept, and masked is too", async () => {
  await writeUnit("t-off.service", SLEEPER);
  try {
    await shell("systemctl enable --now t-off");
    await shell("mv /etc/systemd/system/t-off.service /usr/lib/systemd/system/");
    const graph = svc("name: t-off, state: stopped, startup: disabled");
    await agent(graph, async (run) => {
      await becomes("t-off.service", "ActiveState", "inactive", run.program);
      await becomes("t-off.service", "UnitFileState", "disabled", run.program);
      await shell("systemctl start t-off");
      await becomes("t-off.service", "ActiveState", "inactive", run.program);
      await run.graph(svc("name: t-off, state: stopped, startup: masked"));
      await becomes("t-off.service", "UnitFileState", "masked", run.program);
      await shell("systemctl unmask t-off");
      await becomes("t-off.service", "UnitFileState", "masked", run.program);
    });
  } finally {
    await shell("rm -f /usr/lib/systemd/system/t-off.service");
    await removeUnits("t-off.service");
  }
});

Deno.test("a mask by hand is a clear failure where the graph says nothing of startup", async () => {
  await shell("systemctl mask t-masked.service");
  try {
    await agent(svc("name: t-masked, state: running"), async ({ program }) => {
      await fails(program, "svc[t-masked]", "masked");
      await writeUnit("t-later.service", SLEEPER);
      await shell("systemctl unmask t-masked.service");
      await writeUnit("t-masked.service", SLEEPER);
      await becomes("t-masked.service", "ActiveState", "active", program);
    }, JSON_LINES);
  } finally {
    await removeUnits("t-masked.service", "t-later.service");
  }
});

Deno.test("a unit that appears later is found, and one of a similar name is named", async () => {
  await writeUnit("t-present.service", SLEEPER);
  try {
    await shell("systemctl daemon-reload");
    await agent(svc("name: t-presant, state: running"), async ({ program }) => {
      // It is said once to people, and with what was meant.
      await program.says("there is no unit t-presant.service on this host");
      await program.says('did you mean "t-present.service"?');
      // Other units come and go meanwhile, which makes it look again.
      await shell("for i in 1 2 3; do systemctl daemon-reload; sleep 0.3; done");
      const said = program.stderr.match(/there is no unit t-presant/g)?.length;
      assertEquals(said, 1, program.stderr);
      await writeUnit("t-presant.service", SLEEPER);
      await becomes("t-presant.service", "ActiveState", "active", program);
    });
  } finally {
    await removeUnits("t-present.service", "t-presant.service");
  }
});

Deno.test("unit files that changed on disk are read again, once for many units", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `t-many${index}`);
  for (const name of names) await writeUnit(`${name}.service`, SLEEPER);
  const journal = "journalctl -q --no-pager -o cat _PID=1 -g ^Reloading";
  const reloads = async () => (await shell(`${journal} | grep -c '^Reloading\\.'`)).trim();
  try {
    await shell("systemctl daemon-reload");
    await shell(`systemctl start ${names.join(" ")}`);
    for (const name of names) {
      await shell(`echo '# touched' >> /etc/systemd/system/${name}.service`);
    }
    const before = Number(await reloads());
    await inDirectory(async (directory) => {
      await Deno.writeTextFile(
        `${directory}/g.yaml`,
        svc(...names.map((name) => `name: ${name}, state: running`)),
      );
      const ended = await mgmt(["run", `${directory}/g.yaml`, "-t", "0", "--tmp-prefix"]);
      assertEquals(ended.code, 0, ended.stderr);
    });
    assertEquals(await property("t-many7.service", "NeedDaemonReload"), "no");
    assertEquals(Number(await reloads()) - before, 1);
  } finally {
    await shell(`systemctl stop ${names.join(" ")}`);
    await shell(`rm -f ${names.map((name) => `/etc/systemd/system/${name}.service`).join(" ")}`);
    await shell("systemctl daemon-reload");
  }
});

Deno.test("a service that fails at once is a failure with its last words, until its file is mended", async () => {
  await writeUnit("t-broken.service", "ExecStart=sh -c 'echo no such setting: colour; exit 3'");
  try {
    await agent(svc("name: t-broken, state: running"), async ({ program }) => {
      const failure = await fails(program, "svc[t-broken]", "ended");
      for (const word of ["status 3", "no such setting: colour"]) {
        assertStringIncludes(JSON.stringify(failure), word);
      }
      // Its own end is no reason to try again at once.
      const tries = eventsOf(program).filter(({ type }) => type === "apply");
      assert(tries.length <= 2, program.stdout);
      await writeUnit("t-broken.service", SLEEPER);
      await becomes("t-broken.service", "ActiveState", "active", program);
    }, JSON_LINES);
  } finally {
    await removeUnits("t-broken.service");
  }
});

Deno.test("a unit that never reports fails at its timeout, and holds up nobody else", async () => {
  await writeUnit("t-silent.service", `Type=notify\nTimeoutStartSec=5\n${SLEEPER}`);
  await writeUnit("t-other.service", SLEEPER);
  try {
    const graph = svc("name: t-silent, state: running", "name: t-other, state: running");
    await agent(graph, async ({ program }) => {
      assertStringIncludes(JSON.stringify(await fails(program, "svc[t-silent]")), "timeout");
      // By then the other one ran long ago.
      const ends = eventsOf(program).filter(({ type }) => ["changed", "failed"].includes(type));
      const [first, second] = ends.map(({ key }) => key);
      assertEquals([first, second], ["svc[t-other]", "svc[t-silent]"], program.stdout);
    }, JSON_LINES);
  } finally {
    await removeUnits("t-silent.service", "t-other.service");
  }
});

Deno.test("a unit file that is removed while its service runs is a clear failure once it is stopped", async () => {
  await writeUnit("t-gone.service", SLEEPER);
  try {
    await agent(svc("name: t-gone, state: running"), async ({ program }) => {
      await becomes("t-gone.service", "ActiveState", "active", program);
      await Deno.remove("/etc/systemd/system/t-gone.service");
      await shell("systemctl stop t-gone");
      await fails(program, "svc[t-gone]", "not-found");
      await writeUnit("t-gone.service", SLEEPER);
      await becomes("t-gone.service", "ActiveState", "active", program);
    }, JSON_LINES);
  } finally {
    await removeUnits("t-gone.service");
  }
});

Deno.test("a refresh reloads a service that can, and restarts one that cannot", async () => {
  await writeUnit("t-reload.service", `${SLEEPER}\nExecReload=touch /run/t-reloaded`);
  await writeUnit("t-restart.service", SLEEPER);
  const graph = (text: string) =>
    svc("name: t-reload, state: running", "name: t-restart, state: running") +
    `  file:\n  - {name: /run/t-config, content: "${text}"}\nedges:\n` +
    ["t-reload", "t-restart"].map((name) =>
      `- {from: {kind: file, name: /run/t-config}, to: {kind: svc, name: ${name}}, notify: true}\n`
    ).join("");
  try {
    await agent(graph("one"), async (run) => {
      await becomes("t-reload.service", "ActiveState", "active", run.program);
      await becomes("t-restart.service", "ActiveState", "active", run.program);
      await run.program.says("Svc[t-restart]");
      const [reloaded, restarted] = [
        await property("t-reload.service", "MainPID"),
        await property("t-restart.service", "MainPID"),
      ];
      await shell("rm -f /run/t-reloaded");
      await run.graph(graph("two"));
      await within(
        60_000,
        () => contentOf("/run/t-reloaded") !== undefined,
        () => run.program.stderr,
      );
      await saysTimes(run.program, "Svc[t-restart]: Refresh", 1);
      assertEquals(await property("t-reload.service", "MainPID"), reloaded);
      const isNew = (pid: string) => pid !== "0" && pid !== restarted;
      assert(await eventually(async () => isNew(await property("t-restart.service", "MainPID"))));
    });
  } finally {
    await removeUnits("t-reload.service", "t-restart.service");
    await shell("rm -f /run/t-config /run/t-reloaded");
  }
});

Deno.test("a service that fails is started once for each try that was announced", async () => {
  await writeUnit("t-once.service", "ExecStart=sh -c 'echo start >> /run/t-once; exit 3'");
  try {
    await agent(svc("name: t-once, state: running"), async ({ program }) => {
      const pauses = () => failuresOf(program, "svc[t-once]").map(({ retryMs }) => retryMs);
      await within(60_000, () => pauses().length >= 3, () => program.stdout);
      const failed = pauses();
      const starts = (await Deno.readTextFile("/run/t-once")).split("\n").length - 1;
      assert(starts <= failed.length + 1, `${starts} starts:\n${program.stdout}`);
      assertEquals(failed.slice(0, 3), [1000, 2000, 4000]);
    }, JSON_LINES);
  } finally {
    await removeUnits("t-once.service");
    await shell("rm -f /run/t-once");
  }
});

Deno.test("what systemd is about to restart by itself is left to it", async () => {
  const unit =
    "ExecStart=sh -c 'echo start >> /run/t-flap; sleep 0.2'\nRestart=always\nRestartSec=1";
  await writeUnit("t-flap.service", unit);
  try {
    await agent(svc("name: t-flap, state: running"), async ({ program }) => {
      await program.says("systemd is about to start it again");
      const starts = () => shell("wc -l < /run/t-flap").then(Number);
      const before = await starts();
      const sinceMs = performance.now();
      assert(await eventually(async () => await starts() >= before + 4), program.stderr);
      const tookMs = performance.now() - sinceMs;
      // Three whole pauses at least, as without the agent.
      assert(tookMs > 3000, `four starts in ${tookMs} ms:\n${program.stderr}`);
    });
  } finally {
    await removeUnits("t-flap.service");
    await shell("rm -f /run/t-flap");
  }
});

Deno.test("200 services at once are not too many for the bus", async () => {
  const names = Array.from({ length: 200 }, (_, index) => `t-lot${index}`);
  for (const name of names) await writeUnit(`${name}.service`, SLEEPER);
  await shell("systemctl daemon-reload");
  try {
    await inDirectory(async (directory) => {
      const entries = names.map((name) => `name: ${name}, state: running, startup: enabled`);
      await Deno.writeTextFile(`${directory}/g.yaml`, svc(...entries));
      const args = ["run", `${directory}/g.yaml`, "-t", "0", "--prefix", `${directory}/p`];
      const first = await mgmt(args);
      assertEquals(first.code, 0, first.stderr.slice(-3000));
      assertMatch((await mgmt(args)).stderr, /200 ok, 0 changed, 0 failed/);
    });
  } finally {
    await shell(`systemctl disable --now ${names.join(" ")}`);
    await shell("rm -f /etc/systemd/system/t-lot*; systemctl daemon-reload");
  }
});

Deno.test("a stop of the agent does not wait for a unit that never reports", async () => {
  await writeUnit("t-never.service", `Type=notify\nTimeoutStartSec=infinity\n${SLEEPER}`);
  try {
    await agent(svc("name: t-never, state: running"), async ({ program }) => {
      await becomes("t-never.service", "ActiveState", "activating", program);
      const ended = await program.interrupt();
      assertEquals(ended.code, 130, ended.stderr);
    });
    assertEquals(await property("t-never.service", "ActiveState"), "activating");
  } finally {
    await removeUnits("t-never.service");
  }
});

Deno.test("a task that has done its work is not started again", async () => {
  await writeUnit("t-task.service", "Type=oneshot\nExecStart=sh -c 'echo once >> /run/t-task'");
  try {
    await agent(svc("name: t-task, state: running"), async ({ program }) => {
      await within(60_000, () => contentOf("/run/t-task") !== undefined, () => program.stderr);
      await shell("systemctl daemon-reload");
      await shell("sleep 0.5");
      assertEquals(await Deno.readTextFile("/run/t-task"), "once\n");
    });
    assertMatch(await property("t-task.service", "Result"), /success/);
  } finally {
    await removeUnits("t-task.service");
    await shell("rm -f /run/t-task");
  }
});

Deno.test("a service that cannot be enabled says why", async () => {
  await Deno.writeTextFile("/etc/systemd/system/t-static.service", `[Service]\n${SLEEPER}\n`);
  try {
    await agent(svc("name: t-static, startup: enabled"), async ({ program }) => {
      assertStringIncludes((await fails(program, "svc[t-static]", "static")).hint, "[Install]");
    }, JSON_LINES);
  } finally {
    await removeUnits("t-static.service");
  }
});

Deno.test("a second run finds nothing to do and says so", async () => {
  await writeUnit("t-twice.service", SLEEPER);
  try {
    await inDirectory(async (directory) => {
      const graph = `${directory}/g.yaml`;
      await Deno.writeTextFile(graph, svc("name: t-twice, state: running, startup: enabled"));
      const args = ["run", graph, "-t", "0", "--prefix", `${directory}/p`];
      const dry = await mgmt([...args, "--noop"]);
      assertMatch(dry.stderr, /stopped → running/);
      assertEquals(await property("t-twice.service", "ActiveState"), "inactive");
      assertMatch((await mgmt(args)).stderr, /1 ok, 1 changed/);
      assertMatch((await mgmt(args)).stderr, /1 ok, 0 changed/);
    });
  } finally {
    await removeUnits("t-twice.service");
  }
});
