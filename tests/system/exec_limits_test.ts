// leaves nothing: scopes end with their commands; one more user disturbs nobody

import { assert, assertEquals, assertMatch } from "@std/assert";
import { EXECUTABLE, inDirectory, mgmt, shell } from "../support/program.ts";
import { ON_HOST } from "../support/host_world.ts";

assert(ON_HOST);

/** What the machine's cgroups would not let systemd of a container do. */
async function mount(how: "rw" | "ro"): Promise<void> {
  await shell(`for c in memory pids cpu; do mount -o remount,bind,${how} /sys/fs/cgroup/$c; done`);
  await shell("systemctl daemon-reexec");
}

const unified = await shell("test -e /sys/fs/cgroup/cgroup.controllers && echo yes") !== "";

Deno.test({
  name: "a limit that systemd could not hold is refused, and not just taken",
  ignore: unified,
  fn: async () => {
    await mount("ro");
    const { code, stderr } = await run("    cmd: echo ran\n    limits: {tasks: 5}\n");
    await mount("rw");
    assertEquals(code, 4, stderr);
    assertMatch(stderr, /this host cannot limit tasks/);
  },
});

async function run(exec: string): Promise<{ code: number; stderr: string }> {
  return await inDirectory(async (directory) => {
    const graph = `graph: t\nresources:\n  exec:\n  - name: e\n    shell: /bin/sh\n${exec}`;
    await Deno.writeTextFile(`${directory}/g.yaml`, graph);
    return await mgmt(["run", `${directory}/g.yaml`, "-t", "0", "--tmp-prefix"]);
  });
}

Deno.test("a command that forks for ever is stopped by its limit of tasks", async () => {
  const { code, stderr } = await run(
    "    cmd: for i in 1 2 3 4 5 6 7 8 9; do sleep 0.2 & done; wait\n    limits: {tasks: 5}\n",
  );
  assertEquals(code, 4, stderr);
  assertMatch(stderr, /Cannot fork|Resource temporarily unavailable/);
});

Deno.test("a command that eats memory is ended, and what may have ended it is said", async () => {
  const { code, stderr } = await run(
    "    cmd: exec python3 -c 'x = bytearray(300 << 20)'\n    limits: {memory: 50M}\n",
  );
  assertEquals(code, 4, stderr);
  assertMatch(stderr, /it may have reached its limit for memory \(50M\)/);
});

Deno.test("at the end of its time a command is ended with all that it started, wherever that hid", async () => {
  // A daemon of its own session, without parent, and with an empty environment.
  const hidden = "setsid -f env -i sleep 4242; sleep 60";
  const { code, stderr } = await run(`    cmd: ${hidden}\n    limits: {time: 1}\n`);
  assertEquals(code, 4, stderr);
  assertMatch(stderr, /did not end within 1 s/);
  assertEquals(await shell("pgrep -f '[s]leep 4242'"), "");
  assertEquals(await shell("systemctl list-units --all --plain --no-legend 'mgmt-exec-*'"), "");
});

Deno.test("the manager's end of a command comes after the agent's, who says why, however busy it is", async () => {
  const show = "systemctl show --value -p RuntimeMaxUSec 'mgmt-exec-*.scope'";
  const { code, stderr } = await run(`    cmd: ${show}\n    limits: {time: 60}\n`);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /1min 5s/);
});

Deno.test("without limits there is no scope, and one that is kept disturbs nobody", async () => {
  const { code, stderr } = await run(
    "    cmd: cat /proc/self/cgroup | grep name=systemd\n    limits: {memory: 50M, cpu: 50%, tasks: 50, time: 60}\n",
  );
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /mgmt-exec-[0-9a-f]+\.scope/);
  const plain = await run("    cmd: cat /proc/self/cgroup | grep name=systemd\n");
  assertEquals(plain.stderr.includes("mgmt-exec-"), false, plain.stderr);
});

Deno.test("limits keep to the user that a command runs as", async () => {
  const { code, stderr } = await run(
    "    cmd: id -un\n    user: nobody\n    limits: {tasks: 20}\n",
  );
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /nobody/);
});

Deno.test("a scope does not show to all users what a sensitive command is", async () => {
  const list = "systemctl list-units --no-legend 'mgmt-exec-*.scope'";
  const { stderr } = await run(
    `    cmd: ${list} > /tmp/scopes; echo S3CRET\n    sensitive: true\n    limits: {time: 60}\n`,
  );
  const listed = await shell(
    "cat /tmp/scopes; journalctl -q -o cat -n 200 | grep '[S]3CRET' || true",
  );
  assertMatch(listed, /mgmt-exec-[0-9a-f]+\.scope .*a command of mgmt/);
  assertEquals((stderr + listed).includes("S3CRET"), false, stderr + listed);
});

Deno.test("limits of a user other than root need that user's bus, which the command does not get", async () => {
  await shell("useradd -m t-limits && loginctl enable-linger t-limits");
  const uid = (await shell("id -u t-limits")).trim();
  await shell(`until systemctl is-active user@${uid}; do sleep 0.1; done`);
  const home = "/home/t-limits";
  await shell(`install -m 755 ${EXECUTABLE} ${home}/mgmt`);
  const fields = "cmd: cat /proc/self/cgroup; env, shell: /bin/sh, limits: {time: 60}";
  const graph = `graph: t\nresources:\n  exec:\n  - {name: e, ${fields}}\n`;
  await Deno.writeTextFile(`${home}/g.yaml`, graph);
  const bus = `XDG_RUNTIME_DIR=/run/user/${uid} AGENT_TOKEN=S3CRET`;
  const said = await shell(
    `cd ${home} && runuser -u t-limits -- env ${bus} ./mgmt run g.yaml -t 0 --tmp-prefix 2>&1`,
  );
  assertMatch(said, /mgmt-exec-[0-9a-f]+\.scope/);
  assertMatch(said, /HOME=\/home\/t-limits/);
  for (const name of ["XDG_RUNTIME_DIR", "AGENT_TOKEN"]) {
    assertEquals(said.includes(`${name}=`), false, said);
  }
});
