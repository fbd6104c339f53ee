/** Who may read how root's agent is: whoever is in the group mgmt, and nobody else; nobody there gives orders. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import "../support/host_world.ts";
import { READ } from "../support/control.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, EXECUTABLE, inDirectory, Program, shell } from "../support/program.ts";
import { WebProcess } from "../support/web_process.ts";

const COMMAND = "/tmp/mgmt-of-readers";

Deno.test.beforeAll(async () => {
  // The directory of the project is root's alone.
  await Deno.copyFile(EXECUTABLE, COMMAND);
  await Deno.chmod(COMMAND, 0o755);
  const made = await shell("useradd -m t-reader && useradd -m t-other");
  assertEquals(made, "");
});

/** What a user is told, and the exit code. */
const as = (user: string, command: string) =>
  shell(
    `cd / && runuser -u ${user} -- env -i HOME=/home/${user} ${COMMAND} ${command} 2>&1; echo "exit $?"`,
  );

const start = (prefix: string, name: string) => {
  const graph = `/tmp/${name}.yaml`;
  Deno.writeTextFileSync(graph, `graph: ${name}\nresources: {noop: [{name: ${name}}]}\n`);
  return new Program(["run", graph, "--prefix", prefix, "--max-runtime", "200"]);
};

async function answers(user: string, command: string, what: RegExp): Promise<void> {
  let said = "";
  const isSo = async () => what.test(said = await as(user, command));
  assert(await eventually(isSo, 60_000), said);
}

Deno.test("read.sock: members of the group mgmt ask root's agents, each by its prefix, and others do not", () =>
  inDirectory(async (directory) => {
    assertEquals(await shell("groupadd --system mgmt && usermod -aG mgmt t-reader"), "");
    const other = `${directory}/other`;
    const [own, second] = [start("/var/lib/mgmt", "own"), start(other, "second")];
    try {
      await answers("t-reader", "status", /^converged since[^]*graph +own[^]*exit 0/);
      await answers("t-reader", `status --prefix ${other}`, /graph +second[^]*exit 0/);
      const { mode, gid } = Deno.statSync("/run/mgmt/read.sock");
      assertEquals((mode ?? 0) & 0o7777, 0o660);
      assertEquals(String(gid), (await shell("getent group mgmt | cut -d: -f3")).trim());
      assertEquals(Deno.readLinkSync(`/var/lib/mgmt/${READ}`), "/run/mgmt/read.sock");
      assertMatch(await as("t-reader", "status --check"), /^MGMT OK - converged[^]*exit 0/);
      const forbidden = await as("t-other", "status --prefix /var/lib/mgmt");
      assertMatch(forbidden, /you may not read how the agent[^]*group mgmt[^]*exit 1/);
      assertMatch(await as("t-other", "status --check"), /^MGMT UNKNOWN - [^]*exit 3/);
      for (const order of ["stop", "reload", "hold --all"]) {
        assertStringIncludes(await as("t-reader", `${order} --prefix /var/lib/mgmt`), "exit 1");
      }
      // A killed one has left its socket; the next one has its own there.
      await own.killed();
      assertMatch(await as("t-reader", "status --check"), /^MGMT CRITICAL - no agent[^]*exit 2/);
      const next = start("/var/lib/mgmt", "own");
      try {
        await answers("t-reader", "status", new RegExp(`process ${next.pid} `));
        const followed = `${directory}/followed`;
        const following = as("t-reader", `events >${followed}`);
        const isConnected = () => (contentOf(followed) ?? "").includes("converged since");
        assert(await eventually(isConnected, 60_000), "the events are not followed");
        await next.interrupt();
        assertEquals(await following, "exit 0\n");
        assertMatch(contentOf(followed) ?? "", /^converged since[^]*Goodbye/);
      } finally {
        await next.interrupt();
      }
      assertMatch(await as("t-reader", `status --prefix ${other}`), /graph +second/);
    } finally {
      await own.interrupt();
      await second.interrupt();
    }
    assertEquals([...Deno.readDirSync("/run/mgmt")].map(({ name }) => name), []);
  }));

/** Has systemd remove what is old in a directory, for which everything is; but what it is told to leave. */
async function sweep(
  directory: string,
  swept: string,
  left: readonly string[] = [],
): Promise<void> {
  const configuration = `${directory}/aged.conf`;
  const lines = [`e ${swept} - - - 0`, ...left.map((name) => `x ${swept}/${name}`)];
  Deno.writeTextFileSync(configuration, `${lines.join("\n")}\n`);
  await shell(`systemd-tmpfiles --clean ${configuration}`);
}

const namesIn = (directory: string) => [...Deno.readDirSync(directory)].map(({ name }) => name);

Deno.test("sockets: systemd-tmpfiles leaves those of an agent that runs, however old what they are in is", () =>
  inDirectory(async (directory) => {
    const aged = `${directory}/aged`;
    Deno.mkdirSync(`${aged}/other`, { recursive: true });
    const agent = start(`${aged}/prefix`, "swept");
    try {
      const status = `status --prefix ${aged}/prefix`;
      await answers("root", status, /graph +swept[^]*exit 0/);
      await answers("t-reader", status, /graph +swept[^]*exit 0/);
      Deno.mkdirSync("/run/t-other");
      // What else is there the host needs.
      const others = namesIn("/run").filter((name) => name !== "t-other" && name !== "mgmt");
      await sweep(directory, "/run", others);
      await sweep(directory, aged);
      assertEquals([namesIn(aged), namesIn("/run").includes("t-other")], [["prefix"], false]);
      await answers("t-reader", status, /graph +swept[^]*exit 0/);
      assert(Deno.lstatSync(`${aged}/prefix/control.sock`).isSocket);
    } finally {
      await agent.interrupt();
    }
    await sweep(directory, aged);
    assertEquals(namesIn(aged), []);
  }));

/** `mgmt web` of a user, who is asked what a page would ask. */
async function pageOf(
  user: string,
  test: (ask: (path: string, given?: object) => Promise<Response>) => Promise<void>,
): Promise<void> {
  const program = `/tmp/web-of-${user}`;
  Deno.writeTextFileSync(
    program,
    `#!/bin/sh\ncd / && exec setpriv --reuid=${user} --regid=${user} --init-groups ` +
      `env -i HOME=/home/${user} ${COMMAND} "$@"\n`,
    { mode: 0o755 },
  );
  const web = new WebProcess(["--allow-changes"], { program });
  try {
    const token = new URL(await web.link()).searchParams.get("token") ?? "";
    const login = await fetch(`${web.origin}/login`, {
      method: "POST",
      headers: { origin: web.origin },
      body: new URLSearchParams({ token }),
      redirect: "manual",
    });
    await login.body?.cancel();
    const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
    const key = login.headers.get("location")?.split("#key=")[1] ?? "";
    const headers = { cookie, "x-mgmt-key": key };
    await test((path, given) =>
      fetch(
        `${web.origin}/api/v1/${path}`,
        given === undefined ? { headers } : {
          method: "POST",
          headers: {
            ...headers,
            "content-type": "application/json",
            "x-mgmt-change": "1",
            origin: web.origin,
          },
          body: JSON.stringify(given),
        },
      )
    );
  } finally {
    await web.end();
  }
}

Deno.test("web: members of the group mgmt see root's agent, and change nothing of it; others see nothing", async () => {
  const own = start("/var/lib/mgmt", "shown");
  try {
    await answers("t-reader", "status", /graph +shown[^]*exit 0/);
    await pageOf("t-reader", async (ask) => {
      const graph = await (await ask("graph")).json();
      assertEquals(graph.name, "shown", JSON.stringify(graph));
      const planned = await (await ask("plan")).json();
      assertEquals(planned.counts?.ok, 1, JSON.stringify(planned));
      assertEquals((await ask("resources/noop%5Bshown%5D")).status, 200);
      const hold = { resources: ["noop[shown]"], forMs: 60_000, reason: "mine", author: "me" };
      const held = await ask("hold", hold);
      const why = await held.text();
      assert(!held.ok && !why.includes("by the page alone"), why);
      assertEquals((await (await ask("holds")).json()).held ?? [], []);
    });
    await pageOf("t-other", async (ask) => {
      for (const path of ["graph", "status", "plan", "events"]) {
        const answer = await ask(path);
        assert(!answer.ok, path);
        assert((await answer.json()).error.message !== "");
      }
    });
  } finally {
    await own.interrupt();
  }
});
