/** What noop says of changes that only a whole host can refuse. */

import { assertEquals, assertMatch } from "@std/assert";
import { inDirectory, mgmt, shell } from "../support/program.ts";

/** One run without changes over a graph, and one in earnest. */
async function both(graph: string) {
  let ended: { noop: Awaited<ReturnType<typeof mgmt>>; real: Awaited<ReturnType<typeof mgmt>> };
  await inDirectory(async (directory) => {
    const file = `${directory}/graph.yaml`;
    await Deno.writeTextFile(file, graph);
    const args = ["run", file, "-t", "0", "--prefix", `${directory}/prefix`];
    ended = { noop: await mgmt([...args, "--noop"]), real: await mgmt(args) };
  });
  return ended!;
}

Deno.test("a read-only file system and a mount in the way are told before", async () => {
  await shell(
    "mkdir -p /srv/ro /srv/at /srv/below/it && mount -t tmpfs none /srv/below/it && mount -t tmpfs none /srv/ro && echo old >/srv/ro/there && " +
      "mkdir /srv/ro/sub && mount -o remount,ro /srv/ro && " +
      "touch /srv/at/file && mount --bind /etc/hostname /srv/at/file",
  );
  const { noop, real } = await both(`graph: t
resources:
  file:
  - {name: /srv/ro/new, content: new}
  - {name: /srv/ro/there, content: new}
  - {name: /srv/ro/sub/, mode: "0700"}
  - {name: /srv/at/file, content: new}
  - {name: /srv/below/, state: absent, force: true}
`);
  await shell("umount /srv/ro /srv/at/file /srv/below/it");
  const reasons = {
    "/srv/ro/new": "read-only",
    "/srv/ro/there": "read-only",
    "/srv/ro/sub/": "read-only",
    "/srv/at/file": "is a mount point",
    "/srv/below/": "something is mounted on /srv/below/it",
  };
  for (const [name, reason] of Object.entries(reasons)) {
    assertMatch(noop.stderr, new RegExp(`\\[${name}\\]: Would fail: .*${reason}`));
    assertMatch(real.stderr, new RegExp(`\\[${name}\\]: Failed: .*${reason}`));
  }
  assertEquals([noop.code, real.code], [4, 4]);
});

Deno.test("a missing program and a closed database are told before anything of an account is done", async () => {
  const text = 'graph: t\nresources:\n  user:\n  - {name: mgmt-new, password_hash: "*"}\n' +
    "  group:\n  - {name: mgmt-team}\n";
  await shell("mv /usr/sbin/chpasswd /usr/sbin/chpasswd.away");
  const lacking = await both(text.replace('"*"', "$6$a$b"));
  await shell("mv /usr/sbin/chpasswd.away /usr/sbin/chpasswd; groupdel mgmt-team");
  for (
    const [{ stderr }, fails] of [[lacking.noop, "Would fail"], [lacking.real, "Failed"]] as const
  ) {
    assertMatch(stderr, new RegExp(`User\\[mgmt-new\\]: ${fails}: there is no program chpasswd`));
  }
  assertEquals(await shell("getent passwd mgmt-new || true"), "", "half of it was done");
  await shell("touch /etc/gshadow; mount --bind /etc/gshadow /etc/gshadow");
  const closed = await both(text);
  await shell("umount /etc/gshadow");
  for (const key of ["User\\[mgmt-new", "Group\\[mgmt-team"]) {
    const reason = "cannot change .*/etc/gshadow: it is a mount point";
    assertMatch(closed.noop.stderr, new RegExp(`${key}\\]: Would fail: ${reason}`));
    assertMatch(closed.real.stderr, new RegExp(`${key}\\]: Failed: ${reason}`));
  }
  assertEquals(await shell("getent passwd mgmt-new; getent group mgmt-team || true"), "");
});

Deno.test("a user with processes is not removed, and noop says so", async () => {
  await shell("useradd --create-home mgmt-busy");
  const sleeper = new Deno.Command("setpriv", {
    args: ["--reuid=mgmt-busy", "--clear-groups", "sleep", "100"],
  }).spawn();
  try {
    await shell("until pgrep -u mgmt-busy sleep; do :; done");
    const gone = "graph: t\nresources:\n  user:\n  - {name: mgmt-busy, state: absent}\n";
    const { noop, real } = await both(gone);
    const reason = `cannot be removed: sleep \\(process ${sleeper.pid}\\) runs as that user`;
    assertMatch(noop.stderr, new RegExp(`User\\[mgmt-busy\\]: Would fail: .*${reason}`));
    assertMatch(real.stderr, new RegExp(`User\\[mgmt-busy\\]: Failed: .*${reason}`));
    const other = await both(
      "graph: t\nresources:\n  user:\n  - {name: mgmt-busy, uid: 4711, comment: x}\n",
    );
    assertMatch(other.noop.stderr, /Would fail: .*cannot get another number or home: sleep/);
    assertEquals(await shell("getent passwd mgmt-busy | cut -d: -f5"), "\n", "half of it was done");
    const fine = await both(
      "graph: t\nresources:\n  user:\n  - {name: mgmt-busy, comment: still here}\n",
    );
    assertMatch(fine.noop.stderr, /Would apply: comment/);
    assertEquals([fine.noop.code, fine.real.code], [0, 0], fine.real.stderr);
  } finally {
    sleeper.kill("SIGKILL");
    await sleeper.status;
  }
  const { real } = await both(
    "graph: t\nresources:\n  user:\n  - {name: mgmt-busy, state: absent, remove_home: true}\n",
  );
  assertEquals(real.code, 0, real.stderr);
});

Deno.test("what a service refuses, and what a changed file would have it do, is told before", async () => {
  await shell(
    "printf '[Service]\\nExecStart=/usr/bin/sleep 1000\\n' " +
      ">/etc/systemd/system/mgmt-asked.service; systemctl daemon-reload; " +
      "systemctl start mgmt-asked",
  );
  const masked = await both(
    "graph: t\nresources:\n  svc:\n  - {name: mgmt-asked, startup: masked}\n",
  );
  assertMatch(masked.noop.stderr, /Would fail: mgmt-asked.service cannot be masked/);
  assertMatch(masked.real.stderr, /Failed: mgmt-asked.service cannot be masked/);
  const asked = await both(`graph: t
resources:
  file:
  - {name: /run/mgmt-asked, content: "${crypto.randomUUID()}"}
  svc:
  - {name: mgmt-asked, state: running}
  exec:
  - {name: after, ifcmd: "false", cmd: "true"}
edges:
- {from: {kind: file, name: /run/mgmt-asked}, to: {kind: svc, name: mgmt-asked}, notify: true}
- {from: {kind: svc, name: mgmt-asked}, to: {kind: exec, name: after}, notify: true}
`);
  const told = "efresh: restart, asked by File\\[/run/mgmt-asked\\]";
  assertMatch(asked.noop.stderr, new RegExp(`Svc\\[mgmt-asked\\]: Would r${told}`));
  assertMatch(asked.noop.stderr, /Exec\[after\]: Would refresh, asked by Svc\[mgmt-asked\]/);
  assertMatch(asked.real.stderr, new RegExp(`Svc\\[mgmt-asked\\]: R${told}`));
  assertEquals([asked.noop.code, asked.real.code], [0, 0]);
  await shell("systemctl stop mgmt-asked; rm /etc/systemd/system/mgmt-asked.service");
});
