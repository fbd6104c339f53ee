/**
 * What is said of a unit after something was done to it is what systemd says of it.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, shell } from "../support/program.ts";
import { agent, becomes, property, removeUnits } from "../support/host_world.ts";

const SLEEPER = "ExecStart=sleep infinity";

/** Units by name, as text of their files; the first line may be what goes into `[Unit]`. */
async function withUnits(
  units: Record<string, { unit?: string; service: string; install?: string }>,
  test: () => Promise<void>,
): Promise<void> {
  for (const [name, { unit = "", service, install }] of Object.entries(units)) {
    const last = install === undefined ? "" : `[Install]\n${install}\n`;
    const text = `[Unit]\n${unit}\n[Service]\n${service}\n${last}`;
    await Deno.writeTextFile(`/etc/systemd/system/${name}.service`, text);
  }
  await shell("systemctl daemon-reload");
  try {
    await test();
  } finally {
    const all = Object.keys(units).map((name) => `${name}.service`).join(" ");
    await shell(`systemctl disable --now ${all}; cd /etc/systemd/system && rm -rf ${all}`);
    await shell(`systemctl reset-failed ${all}; systemctl daemon-reload`);
  }
}

function svc(...entries: string[]): string {
  return `graph: t\nresources:\n  svc:\n${entries.map((entry) => `  - {${entry}}\n`).join("")}`;
}

/** Runs a graph to its end. */
async function once(graph: string, ...args: string[]) {
  return await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/g.yaml`, graph);
    return await mgmt(["run", `${directory}/g.yaml`, "-t", "0", "--tmp-prefix", ...args]);
  });
}

const CONDITION = "ConditionPathExists=/t-nowhere";

/** Units that do not come up, and what is to be said of them. */
const BROKEN: Record<string, { unit?: string; service: string; says: RegExp }> = {
  condition: {
    unit: CONDITION,
    service: SLEEPER,
    says: /was not started: ConditionPathExists=\/t-now/,
  },
  assert: {
    unit: "AssertPathExists=/t-nowhere",
    service: SLEEPER,
    says: /AssertPathExists=\/t-nowhere/,
  },
  execcondition: { service: `ExecCondition=false\n${SLEEPER}`, says: /ExecCondition= says no/ },
  task: {
    unit: CONDITION,
    service: "Type=oneshot\nExecStart=true",
    says: /ConditionPathExists=\/t-now/,
  },
  notify: { service: "Type=notify\nExecStart=true", says: /protocol/ },
  forking: { service: "Type=forking\nExecStart=true", says: /was started and ended at once/ },
  brief: {
    service: "ExecStart=sh -c 'sleep 0.2; exit 7'",
    says: /ended at once \(exit-code, status 7\)/,
  },
  flapping: {
    service: "ExecStart=sh -c 'sleep 0.3'\nRestart=always\nRestartSec=10ms\n",
    says: /Restart=/,
  },
  clean: { service: "ExecStart=true", says: /was started and ended at once/ },
  remaining: { service: "RemainAfterExit=yes\nExecStart=false", says: /exit-code, status 1/ },
  missing: { service: "ExecStart=/t-nowhere/x", says: /status 203/ },
  needing: {
    unit: "Requires=t-x-notify.service\nAfter=t-x-notify.service",
    service: SLEEPER,
    says: /a unit that it needs failed/,
  },
  refusing: {
    unit: "RefuseManualStart=yes",
    service: SLEEPER,
    says: /cannot be started: it allows that to nobody/,
  },
};

Deno.test("a unit that did not come up is a failure with systemd's reason, and holds what depends on it", async () => {
  const named = Object.fromEntries(
    Object.entries(BROKEN).map(([name, each]) => [`t-x-${name}`, each]),
  );
  const good = {
    "t-x-good": { service: "Type=oneshot\nExecStart=true" },
    "t-x-stays": { service: "Type=oneshot\nRemainAfterExit=yes\nExecStart=true" },
  };
  await withUnits({ ...named, ...good }, async () => {
    const names = [...Object.keys(named), ...Object.keys(good)];
    const graph = svc(...names.map((name) => `name: ${name}, state: running`)) +
      "  file:\n" + names.map((name) => `  - {name: /run/${name}, content: x}\n`).join("") +
      "edges:\n" + names.map((name) =>
        `- {from: {kind: svc, name: ${name}}, to: {kind: file, name: /run/${name}}}\n`
      ).join("");
    const { stderr, code } = await once(graph);
    for (const [name, { says }] of Object.entries(named)) {
      const failed = stderr.split("\n").find((line) =>
        line.includes(`Svc[${name}]: Failed`)
      );
      assertMatch(failed ?? `nothing failed of ${name}:\n${stderr}`, says);
      assertEquals(contentOf(`/run/${name}`), undefined, stderr);
    }
    for (const name of Object.keys(good)) assertEquals(contentOf(`/run/${name}`), "x", stderr);
    assertEquals(code, 4);
    await shell("rm -f /run/t-x-*");
  });
});

Deno.test("a refresh says what it does and who asked; a stopped service that is notified did not change", async () => {
  const units = {
    "t-f-reloads": { service: `${SLEEPER}\nExecReload=true` },
    "t-f-restarts": { service: SLEEPER },
    "t-f-stopped": { service: SLEEPER },
  };
  const graph = (text: string) =>
    svc(
      "name: t-f-reloads, state: running",
      "name: t-f-restarts, state: running",
      "name: t-f-stopped, state: stopped",
    ) + `  file:\n  - {name: /run/t-f, content: ${text}}\n` +
    "  exec:\n  - {name: woken, shell: /bin/sh, cmd: 'echo woken >> /run/t-f-woken', creates: /run/t-f-woken}\n" +
    "edges:\n" + Object.keys(units).map((name) =>
      `- {from: {kind: file, name: /run/t-f}, to: {kind: svc, name: ${name}}, notify: true}\n`
    ).join("") +
    "- {from: {kind: svc, name: t-f-stopped}, to: {kind: exec, name: woken}, notify: true}\n";
  await withUnits(units, async () => {
    await shell("touch /run/t-f-woken");
    await inDirectory(async (directory) => {
      const run = async (text: string, ...args: string[]) => {
        await Deno.writeTextFile(`${directory}/g.yaml`, graph(text));
        return await mgmt([
          "run",
          `${directory}/g.yaml`,
          "-t",
          "0",
          "--prefix",
          `${directory}/p`,
          ...args,
        ]);
      };
      const first = await run("one");
      // What was started in this pass has read everything.
      assertEquals(/Svc\[[^\]]*\]: Refresh/.test(first.stderr), false, first.stderr);
      assertMatch(first.stderr, /3 changed/);
      const dry = await run("two", "--noop");
      assertStringIncludes(
        dry.stderr,
        "Svc[t-f-reloads]: Would refresh: reload, asked by File[/run/t-f]",
      );
      assertEquals(dry.stderr.includes("Svc[t-f-stopped]: Would"), false, dry.stderr);
      const second = await run("two");
      assertStringIncludes(
        second.stderr,
        "Svc[t-f-reloads]: Refresh: reload, asked by File[/run/t-f]",
      );
      assertStringIncludes(
        second.stderr,
        "Svc[t-f-restarts]: Refresh: restart, asked by File[/run/t-f]",
      );
      assertEquals(second.stderr.includes("Svc[t-f-stopped]: Refresh"), false, second.stderr);
      assertMatch(second.stderr, /3 changed/);
      assertEquals(contentOf("/run/t-f-woken"), "", second.stderr);
      // Nothing is owed to the stopped one either.
      assertMatch((await run("two")).stderr, / 0 changed/);
    });
    await shell("rm -f /run/t-f /run/t-f-woken");
  });
});

Deno.test("an alias is the unit that it stands for, and two names of one unit must agree", async () => {
  const units = {
    "t-real": { service: SLEEPER, install: "Alias=t-alias.service\nWantedBy=multi-user.target" },
  };
  await withUnits(units, async () => {
    const unmade = await once(svc("name: t-alias, state: running"));
    assertStringIncludes(unmade.stderr, "another name of t-real.service while that is enabled");
    await shell("systemctl enable t-real");
    const both = svc("name: t-alias, state: running", "name: t-real, startup: disabled");
    assertMatch((await once(both)).stderr, /2 ok, 2 changed, 0 failed/);
    await shell("systemctl enable t-real");
    const differ = svc("name: t-alias, state: stopped", "name: t-real, state: running");
    const refused = await once(differ);
    assertStringIncludes(
      refused.stderr,
      "t-alias.service and t-real.service are names of one unit",
    );
    assertMatch(refused.stderr, /0 changed, 2 failed/);
    assertEquals(await property("t-real.service", "ActiveState"), "active");
    await agent(svc("name: t-alias, state: running, startup: enabled"), async ({ program }) => {
      await becomes("t-real.service", "UnitFileState", "enabled", program);
      await shell("systemctl stop t-real");
      await becomes("t-real.service", "ActiveState", "active", program);
      // A file of the real unit is heard, too.
      await shell(
        "mkdir -p /etc/systemd/system/t-real.service.d; printf '[Unit]\\nDescription=heard\\n' > /etc/systemd/system/t-real.service.d/x.conf",
      );
      await becomes("t-real.service", "Description", "heard", program);
      await shell("rm -r /etc/systemd/system/t-real.service.d");
    });
  });
});

Deno.test("a start that is under way is waited for and is no change; a refresh that is owed follows it", async () => {
  const wait =
    "Type=notify\nNotifyAccess=all\nExecStart=sh -c 'echo up >> /run/t-j; while ! test -e /run/t-j-go; do sleep 0.02; done; systemd-notify --ready; sleep infinity'";
  const graph = svc("name: t-j, state: running") +
    "  file:\n  - {name: /run/t-j-conf, content: a}\n";
  const edge =
    "edges:\n- {from: {kind: file, name: /run/t-j-conf}, to: {kind: svc, name: t-j}, notify: true}\n";
  const ups = () => (contentOf("/run/t-j") ?? "").split("up").length - 1;
  await withUnits({ "t-j": { service: wait } }, async () => {
    for (const [edges, starts] of [["", 1], [edge, 2]] as const) {
      await shell(
        "systemctl stop t-j; rm -f /run/t-j /run/t-j-go /run/t-j-conf; systemctl start --no-block t-j",
      );
      await becomes("t-j.service", "ActiveState", "activating");
      await inDirectory(async (directory) => {
        await Deno.writeTextFile(`${directory}/g.yaml`, graph + edges);
        const program = new Program(["run", `${directory}/g.yaml`, "-t", "0", "--tmp-prefix"]);
        await program.says("activating (start) → running");
        await shell("touch /run/t-j-go");
        const { stderr } = await program.ended();
        // Only the file.
        assertMatch(stderr, /2 ok, 1 changed, 0 failed/);
        assertEquals(ups(), starts, stderr);
      });
    }
    await shell("rm -f /run/t-j*");
  });
});

Deno.test("a start that takes longer than it may is said to go on", async () => {
  await withUnits(
    { "t-h": { service: `Type=notify\nTimeoutStartSec=infinity\n${SLEEPER}` } },
    async () => {
      const { stderr } = await once(svc("name: t-h, state: running, meta: {timeout: 4}"));
      assertMatch(stderr, /did not end within 4 s: cannot start t-h.service: .*its job goes on/);
      assertEquals(await property("t-h.service", "ActiveState"), "activating");
    },
  );
});

Deno.test("two names of one unit that start it at once both hear of its end", async () => {
  const service = "Type=notify\nNotifyAccess=all\n" +
    "ExecStart=sh -c 'sleep 0.3; systemd-notify --ready; sleep infinity'";
  await withUnits({ "t-two": { service, install: "Alias=t-too.service" } }, async () => {
    await shell("systemctl enable t-two");
    await inDirectory(async (directory) => {
      const graph = svc("name: t-two, state: running", "name: t-too, state: running");
      await Deno.writeTextFile(`${directory}/g.yaml`, graph);
      const program = new Program(["run", `${directory}/g.yaml`, "-t", "0", "--tmp-prefix"]);
      try {
        await program.says(/2 ok, [12] changed, 0 failed/);
      } catch (thrown) {
        program.signal("SIGKILL");
        throw thrown;
      } finally {
        await program.ended();
      }
    });
  });
});

Deno.test("jobs survive the bus and systemd being started anew, and a restart of the bus is done once", async () => {
  const units = {
    "t-b": {
      service:
        "Type=notify\nNotifyAccess=all\nExecStart=sh -c 'while ! test -e /run/t-b-go; do sleep 0.02; done; systemd-notify --ready; sleep infinity'",
    },
  };
  await withUnits(units, async () => {
    for (const anew of ["systemctl restart dbus", "systemctl daemon-reexec"]) {
      await shell("systemctl stop t-b; rm -f /run/t-b-go");
      await inDirectory(async (directory) => {
        await Deno.writeTextFile(`${directory}/g.yaml`, svc("name: t-b, state: running"));
        const program = new Program(["run", `${directory}/g.yaml`, "-t", "0", "--tmp-prefix"]);
        await becomes("t-b.service", "ActiveState", "activating", program);
        await program.says("Svc[t-b]: Apply");
        await shell(anew);
        await shell("touch /run/t-b-go");
        const { stderr, code } = await program.ended();
        assertMatch(stderr, /1 ok, 1 changed, 0 failed/, anew);
        assertEquals(code, 0);
      });
    }
    const graph = svc("name: dbus, state: running, refresh: restart") +
      "  file:\n  - {name: /run/t-b-conf, content: a}\n" +
      "edges:\n- {from: {kind: file, name: /run/t-b-conf}, to: {kind: svc, name: dbus}, notify: true}\n";
    const before = await property("dbus.service", "MainPID");
    const { stderr } = await once(graph, "--max-runtime", "120");
    assertMatch(stderr, /2 ok, 2 changed, 0 failed/);
    await saysOnce(stderr, "Svc[dbus]: Refresh: restart");
    assert(await property("dbus.service", "MainPID") !== before, stderr);
    await shell("rm -f /run/t-b*");
  });
});

function saysOnce(text: string, what: string): void {
  assertEquals(text.split(what).length - 1, 1, text);
}

Deno.test("units of other types run and stop, and a socket that still starts a stopped service is named", async () => {
  const units = { "t-s": { service: SLEEPER } };
  await withUnits(units, async () => {
    const dir = "/etc/systemd/system";
    await Deno.writeTextFile(`${dir}/t-s.socket`, "[Socket]\nListenStream=/run/t-s\n");
    await Deno.writeTextFile(`${dir}/t-s.timer`, "[Timer]\nOnCalendar=yearly\n");
    await Deno.writeTextFile(`${dir}/t-s.path`, "[Path]\nPathExists=/run/t-s-nowhere\n");
    await Deno.writeTextFile(`${dir}/t-s.target`, "[Unit]\nDescription=x\n");
    await shell("mkdir -p /run/t-sm");
    await Deno.writeTextFile(
      `${dir}/run-t\\x2dsm.mount`,
      "[Mount]\nWhat=tmpfs\nWhere=/run/t-sm\nType=tmpfs\n",
    );
    const others = ["t-s.socket", "t-s.timer", "t-s.path", "t-s.target", "run-t\\x2dsm.mount"];
    try {
      const all = (state: string) =>
        svc(...others.map((name) => `name: '${name}', state: ${state}`));
      assertMatch((await once(all("running"))).stderr, /5 ok, 5 changed, 0 failed/);
      for (const name of others) assertEquals(await property(`'${name}'`, "ActiveState"), "active");
      await shell("systemctl start t-s.service");
      const { stderr } = await once(svc("name: t-s, state: stopped"));
      assertStringIncludes(stderr, "t-s.service is stopped, and t-s.socket still starts it");
      assertMatch((await once(all("stopped"))).stderr, /5 ok, 5 changed, 0 failed/);
    } finally {
      await removeUnits(
        "t-s.socket",
        "t-s.timer",
        "t-s.path",
        "t-s.target",
        "'run-t\\x2dsm.mount'",
      );
    }
  });
});

Deno.test("a first drop-in and a file in place of the distribution's are read before the restart that they ask for", async () => {
  const files = {
    "/etc/systemd/system/t-d.service.d/x.conf": "[Service]\\nEnvironment=T=first\\n",
    "/etc/systemd/system/t-d.service":
      "[Service]\\nExecStart=sleep infinity\\nEnvironment=T=other\\n",
  };
  await Deno.writeTextFile("/usr/lib/systemd/system/t-d.service", `[Service]\n${SLEEPER}\n`);
  await shell("systemctl daemon-reload; systemctl start t-d");
  try {
    for (const [path, text] of Object.entries(files)) {
      const graph = svc("name: t-d, state: running, refresh: restart") +
        `  file:\n  - {name: /etc/systemd/system/t-d.service.d/, state: exists}\n` +
        `  - {name: ${path}, content: "${text}"}\n` +
        `edges:\n- {from: {kind: file, name: ${path}}, to: {kind: svc, name: t-d}, notify: true}\n`;
      const { stderr } = await once(graph);
      assertMatch(stderr, /3 ok, [23] changed, 0 failed/);
      const pid = await property("t-d.service", "MainPID");
      const environment = await Deno.readTextFile(`/proc/${pid}/environ`);
      assertMatch(environment, path.endsWith(".conf") ? /T=first/ : /T=(first|other)/, stderr);
      assertStringIncludes(
        await property("t-d.service", "FragmentPath"),
        path.endsWith(".conf") ? "/lib/" : "/etc/",
      );
    }
  } finally {
    await removeUnits("t-d.service");
    await shell("rm -f /usr/lib/systemd/system/t-d.service");
  }
});
