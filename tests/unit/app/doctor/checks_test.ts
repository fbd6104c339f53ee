/** What each check finds, where the host is so, and that it finds nothing where it is well. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { agent } from "../../../../src/app/doctor/checks/agent.ts";
import { certificates } from "../../../../src/app/doctor/checks/certificates.ts";
import { clock } from "../../../../src/app/doctor/checks/clock.ts";
import { disk } from "../../../../src/app/doctor/checks/disk.ts";
import { etcd } from "../../../../src/app/doctor/checks/etcd.ts";
import { inotify } from "../../../../src/app/doctor/checks/inotify.ts";
import { leftovers } from "../../../../src/app/doctor/checks/leftovers.ts";
import { memory } from "../../../../src/app/doctor/checks/memory.ts";
import { network } from "../../../../src/app/doctor/checks/network.ts";
import { messageBus } from "../../../../src/app/doctor/checks/message_bus.ts";
import { permissions } from "../../../../src/app/doctor/checks/permissions.ts";
import { quota } from "../../../../src/app/doctor/checks/quota.ts";
import { service } from "../../../../src/app/doctor/checks/service.ts";
import { version } from "../../../../src/app/doctor/checks/version.ts";
import { examine, worstOf } from "../../../../src/app/doctor/examine.ts";
import { seeHolder, seePrefix } from "../../../../src/app/doctor/checked_host.ts";
import { createPatientFiles } from "../../../../src/os/files/patient_files.ts";
import { buildLine } from "../../../../src/os/build.ts";
import { createLocalClock } from "../../../../src/os/local_clock.ts";
import { readProcess } from "../../../../src/os/process/table.ts";
import { doctorWorld } from "../../../support/doctor_world.ts";

const INOTIFY = "proc/sys/fs/inotify";
const MOUNT = { point: "/", root: "/", device: "8:1", source: "/dev/sda1", type: "ext4" } as const;
const ROOM = { freeBytes: 1e12, bytes: 2e12, inodes: { free: 1e6, all: 1e6 } };
const HOLDER = { pid: Deno.pid, started: 1, graph: "/g.yaml", sinceMs: 0 };
const ANSWERS = { type: "answers", status: {}, cluster: {}, hangs: undefined } as const;

Deno.test("inotify: no limits, low ones, and what is in use against them", () =>
  doctorWorld(async ({ file, codes }) => {
    assertEquals(await codes(inotify), ["inotify-absent"]);
    file(`${INOTIFY}/max_user_watches`, "1000000\n");
    file(`${INOTIFY}/max_user_instances`, "1000000\n");
    assertEquals(await codes(inotify), []);
    // A container has a limit of its own.
    file("proc/sys/user/max_inotify_watches", "10\n");
    assertEquals(await codes(inotify), ["inotify-watches"]);
    file("proc/sys/user/max_inotify_watches", "2000000\n");
    assertEquals(await codes(inotify), []);
    file(`${INOTIFY}/max_user_watches`, "10\n");
    assertEquals(await codes(inotify), ["inotify-watches"]);
    using watcher = Deno.watchFs("/proc/sys", { recursive: false });
    file(`${INOTIFY}/max_user_instances`, "1\n");
    assertEquals(await codes(inotify), ["inotify-watches", "inotify-instances"]);
    assert(watcher !== undefined);
    assertEquals(
      await codes(inotify, { uid: 12345, holder: HOLDER }),
      [
        "inotify-watches",
        "not-seen",
      ].slice(Deno.uid() === 12345 ? 2 : 0),
    );
  }));

Deno.test("disk: room, inodes, read-only mounts, and a mount that does not answer", () =>
  doctorWorld(async ({ codes, directory }) => {
    const real = createPatientFiles(createLocalClock(), new AbortController().signal);
    const withRoom = (room: typeof ROOM) => ({
      files: { ...real, room: () => Promise.resolve({ ok: true as const, value: room }) },
      mounts: [{ ...MOUNT, options: ["rw"], superOptions: ["rw"] }],
    });
    assertEquals(await codes(disk, withRoom(ROOM)), []);
    assertEquals(await codes(disk, withRoom({ ...ROOM, freeBytes: 1e6 })), ["disk-full"]);
    assertEquals(await codes(disk, withRoom({ ...ROOM, freeBytes: 4e8 })), ["disk-low"]);
    const few = { ...ROOM, inodes: { free: 1, all: 1e6 } };
    assertEquals(await codes(disk, withRoom(few)), ["inodes-low"]);
    const readOnly = { ...MOUNT, point: directory, options: ["ro"], superOptions: ["rw"] };
    const both = withRoom(ROOM);
    assertEquals(await codes(disk, { ...both, mounts: [...both.mounts, readOnly] }), [
      "disk-read-only",
    ]);
    const silent = {
      ok: false as const,
      failure: { type: "failure" as const, message: "/nfs did not answer", code: "timeout" },
    };
    const nfs = { ...MOUNT, point: "/nfs", type: "nfs4", options: ["rw"], superOptions: [] };
    const look = (path: string) => path === "/nfs" ? Promise.resolve(silent) : real.look(path);
    const files = { ...both.files, look };
    assertEquals(await codes(disk, { files, mounts: [...both.mounts, nfs] }), ["mount-silent"]);
  }));

Deno.test("memory: little of it, a control group that is full, what was killed, few open files", () =>
  doctorWorld(async ({ file, codes }) => {
    assertEquals(await codes(memory), ["not-seen"]);
    file("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n");
    assertEquals(await codes(memory), []);
    file("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 40000 kB\n");
    assertEquals(await codes(memory), ["memory-low"]);
    file("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n");
    file(`proc/${Deno.pid}/cgroup`, "0::/system.slice/mgmt.service\n");
    const group = "sys/fs/cgroup/system.slice/mgmt.service";
    file(`${group}/memory.max`, "max\n");
    file(`${group}/memory.current`, "1000000\n");
    assertEquals(await codes(memory, { holder: HOLDER }), []);
    file(`${group}/memory.max`, "1000001\n");
    file(`${group}/memory.events`, "low 0\noom 3\noom_kill 2\n");
    file(
      `proc/${Deno.pid}/limits`,
      "Max open files            256                  1024     files\n",
    );
    assertEquals(await codes(memory, { holder: HOLDER }), [
      "memory-limit",
      "memory-killed",
      "descriptors-low",
    ]);
  }));

Deno.test("clock: that it was set since the agent began is seen, that it was not, too", () =>
  doctorWorld(async ({ file, codes, says }) => {
    file("proc/uptime", "1000.00 1.00\n");
    const began = Date.now() - 900_000;
    const holder = { ...HOLDER, started: 100 * 100, sinceMs: began };
    assertEquals((await codes(clock, { holder })).filter((code) => code === "clock-jumped"), []);
    const other = { ...holder, sinceMs: began - 3600_000 };
    assertMatch(await says(clock, { holder: other }), /was set forward by 1 h/);
    const wall = () => new Date("2001-01-01T00:00:00Z");
    const early = { ...createLocalClock(), wall };
    const codesThen = await codes(clock, {
      clock: early,
      holder: { ...holder, sinceMs: wall().getTime() },
    });
    assert(codesThen.includes("clock-jumped"));
  }));

Deno.test("permissions: a prefix, a graph, a socket that others can write", () =>
  doctorWorld(async ({ codes, file, directory }) => {
    assertEquals(await codes(permissions), []);
    file("g.yaml", "graph: g\n");
    const agentThere = { ...ANSWERS, status: { file: `${directory}/g.yaml` } };
    assertEquals(await codes(permissions, { agent: agentThere }), []);
    await Deno.chmod(`${directory}/g.yaml`, 0o666);
    assertEquals(await codes(permissions, { agent: agentThere }), ["graph-open"]);
    using listener = Deno.listen({ transport: "unix", path: `${directory}/prefix/control.sock` });
    await Deno.chmod(`${directory}/prefix/control.sock`, 0o666);
    assertEquals(await codes(permissions), ["socket-open"]);
    await Deno.chmod(`${directory}/prefix`, 0o777);
    assertEquals(await codes(permissions), ["prefix-open", "socket-open"]);
    assert(listener.addr.transport === "unix");
    assertEquals(await codes(permissions, { prefixSight: "forbidden" }), [
      "prefix-open",
      "not-seen",
    ]);
  }));

Deno.test("permissions: secrets that others can read or replace", () =>
  doctorWorld(async ({ codes, directory }) => {
    if (Deno.uid() === 0) return;
    Deno.env.set("XDG_CONFIG_HOME", directory);
    await Deno.mkdir(`${directory}/mgmt/secrets.d`, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(`${directory}/mgmt/secrets.d/key`, "k", { mode: 0o644 });
    assertEquals(await codes(permissions), ["secrets-open"]);
  }));

Deno.test("quota: a journal that is none, one that is too large, a store that fills", () =>
  doctorWorld(async ({ codes, file, directory }) => {
    assertEquals(await codes(quota), []);
    file(
      "prefix/journal.db",
      "this is no database, but it is long enough to be looked at\n".repeat(20),
    );
    assertEquals(await codes(quota), ["journal-unusable"]);
    await Deno.truncate(`${directory}/prefix/journal.db`, 200 * 1024 * 1024);
    assertEquals(await codes(quota), ["journal-large", "journal-unusable"]);
    file(`proc/${Deno.pid}/cmdline`, "mgmt\0run\0--journal-size=1000\0");
    assertEquals(await codes(quota, { holder: HOLDER }), ["journal-unusable"]);
    await Deno.remove(`${directory}/prefix/journal.db`);
    const identity = { id: "i", endpoints: [], member: { name: "a-1" } };
    file("prefix/cluster/state/identity.json", JSON.stringify(identity));
    file("prefix/cluster/etcd/data/a-1/member/snap/db", "");
    assertEquals(await codes(quota), []);
    const database = `${directory}/prefix/cluster/etcd/data/a-1/member/snap/db`;
    await Deno.truncate(database, 450 * 1024 * 1024);
    assertEquals(await codes(quota), ["store-filling"]);
    await Deno.truncate(database, 512 * 1024 * 1024);
    assertEquals(await codes(quota), ["store-full"]);
    assertEquals(await codes(quota, { prefixSight: "forbidden" }), ["not-seen"]);
  }));

Deno.test("etcd: a port that is another's, a mount that lets nothing be started, a member without its etcd", () =>
  doctorWorld(async ({ codes, file, directory }) => {
    const only = async (...args: Parameters<typeof codes>) =>
      (await codes(...args)).filter((code) => code !== "etcd-absent");
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const side = (at: number) => ({
      listen: [`http://127.0.0.1:${at}`],
      told: [`http://127.0.0.1:${at}`],
    });
    file("prefix/cluster/state/addresses.json", JSON.stringify({ clients: side(port) }));
    assertEquals(await only(etcd), ["etcd-port-taken"]);
    file("prefix/cluster/state/addresses.json", JSON.stringify({ clients: side(1) }));
    assertEquals(await only(etcd), []);
    const mounts = [{ ...MOUNT, point: directory, options: ["rw", "noexec"], superOptions: [] }];
    assertEquals(await only(etcd, { mounts }), ["etcd-cannot-start"]);
    const identity = { id: "i", endpoints: [], member: { name: "a-1" } };
    file("prefix/cluster/state/identity.json", JSON.stringify(identity));
    assertEquals(await only(etcd, { agent: ANSWERS }), ["etcd-gone"]);
  }));

Deno.test("network: members that are not reached, names that nobody knows, an address that is not here", () =>
  doctorWorld(async ({ codes, file, says }) => {
    assertEquals(await codes(network), []);
    const endpoints = ["http://192.0.2.1:2379", "http://h2.invalid:2379"];
    file(
      "prefix/cluster/state/identity.json",
      JSON.stringify({ id: "i", clusterId: "c", endpoints }),
    );
    const connect = ({ host }: { readonly host: string }) => {
      const code = host.endsWith(".invalid") ? "unknown-host" : "refused";
      return Promise.resolve({
        ok: false as const,
        failure: { type: "failure" as const, message: `${host} is not reached`, code },
      });
    };
    const door = { network: { connect, get: connect as never } };
    assertEquals(await codes(network, door), ["name-unknown", "members-unreachable"]);
    assertMatch(
      await says(network, door),
      /1 of 2 addresses of the cluster are not reached: http:\/\/192\.0\.2\.1:2379$/m,
    );
    const told = { clients: { listen: ["http://0.0.0.0:2379"], told: ["http://192.0.2.9:2379"] } };
    file("prefix/cluster/state/addresses.json", JSON.stringify(told));
    assert((await codes(network, door)).includes("address-absent-here"));
    const near = ["http://127.0.0.2:2379", "http://localhost:2379", "http://[::1]:2379"];
    file("prefix/cluster/state/addresses.json", JSON.stringify({ clients: { told: near } }));
    assert(!(await codes(network, door)).includes("address-absent-here"));
    const both = { clients: { told: [...near, "http://192.0.2.9:2379"] } };
    file("prefix/cluster/state/addresses.json", JSON.stringify(both));
    assert((await codes(network, door)).includes("address-absent-here"));
    const lost = { ...ANSWERS, cluster: { contact: "lost" } };
    assert((await codes(network, { ...door, agent: lost })).includes("cluster-lost"));
    const out = { ...ANSWERS, cluster: { contact: "lost", outcast: { message: "cast out" } } };
    assert((await codes(network, { ...door, agent: out })).includes("cluster-outcast"));
  }));

Deno.test("agent, version: one that hangs, refuses its graph, has failures, is another version", () =>
  doctorWorld(async ({ codes }) => {
    assertEquals(await codes(agent), []);
    assertEquals(await codes(agent, { prefixSight: "silent" }), ["prefix-silent"]);
    assertEquals(await codes(agent, { agent: { type: "unseen", why: "no" } }), ["not-seen"]);
    assertEquals(await codes(agent, { agent: { type: "silent", why: "no" } }), ["agent-silent"]);
    const status = { pid: 1, file: "/g", refused: true, resources: { failed: 2, ok: 3 } };
    const bad = { ...ANSWERS, status, hangs: "File[x] works for an hour" };
    assertEquals(await codes(agent, { agent: bad }), [
      "agent-hangs",
      "graph-refused",
      "resources-failed",
    ]);
    const other = { ...ANSWERS, status: { pid: 1, version: "0.0.1 abc" } };
    assertEquals(await codes(version, { agent: other }), ["version-differs"]);
    const same = { ...ANSWERS, status: { pid: 1, version: buildLine().slice("mgmt ".length) } };
    assertEquals(await codes(version, { agent: same }), []);
    assertEquals(await codes(version), []);
  }));

Deno.test("leftovers: temporary files of a killed run are found where it wrote down, what a normal end leaves is none", () =>
  doctorWorld(async ({ codes, file, directory, says }) => {
    assertEquals(await codes(leftovers), []);
    file(
      "prefix/temporaries",
      `${JSON.stringify({ run: "0123abcd", directory: `${directory}/d` })}\n`,
    );
    file("d/other~", "");
    assertEquals(await codes(leftovers), []);
    file("d/.mgmt-0123abcd00000000~", "");
    assertEquals(await codes(leftovers), ["left-temporary"]);
    assertStringIncludes(await says(leftovers), "/d/.mgmt-0123abcd00000000~");
    assertEquals(await codes(leftovers, { holder: HOLDER }), []);
    const side = { ...MOUNT, point: "/run/mgmt-mounts/1", options: [], superOptions: [] };
    assertEquals(await codes(leftovers, { mounts: [side], prefixSight: "absent" }), [
      "left-mounts",
    ]);
  }));

Deno.test("certificates: none, and a directory of them that is not whole", () =>
  doctorWorld(async ({ codes, file, directory }) => {
    assertEquals(await codes(certificates), []);
    file("prefix/cluster/trust/ca.pem", "nothing\n");
    await Deno.chmod(`${directory}/prefix/cluster/trust/ca.pem`, 0o600);
    assertEquals(await codes(certificates), ["trust-unreadable"]);
    assertEquals(await codes(certificates, { prefixSight: "silent" }), ["not-seen"]);
  }));

Deno.test("systemd: another first process, and one whose bus is not there", () =>
  doctorWorld(async ({ codes, file }) => {
    file("proc/1/comm", "init\n");
    assertEquals(await codes(service), ["systemd-absent"]);
    file("proc/1/comm", "systemd\n");
    assertEquals(await codes(service), ["not-seen"]);
  }));

Deno.test("a check that hangs, and one that throws, cost only themselves", () =>
  doctorWorld(async ({ directory }) => {
    const looks = [
      { area: "hangs", looksAt: "", look: () => new Promise<never>(() => {}) },
      { area: "throws", looksAt: "", look: () => Promise.reject(new Error("oops")) },
      { area: "fine", looksAt: "", look: () => ({ fine: "yes", findings: [] }) },
    ];
    const host = { clock: createLocalClock(), prefix: directory } as never;
    const reports = await examine(looks, host, 20);
    const codes = reports.map(({ findings }) => findings.map(({ code }) => code));
    assertEquals(codes, [["look-timeout"], ["not-seen"], []]);
    assertEquals(worstOf(reports), "warning");
  }));

Deno.test("who holds a prefix is believed only as that very process", () =>
  doctorWorld(async ({ file, directory }) => {
    const files = createPatientFiles(createLocalClock(), new AbortController().signal);
    const holder = () => seeHolder(files, `${directory}/prefix`);
    assertEquals(await holder(), undefined);
    const started = readProcess(Deno.pid)?.started;
    const said = { pid: Deno.pid, started, file: "/g", since: "2026-01-01T00:00:00Z" };
    file("prefix/lock", JSON.stringify(said));
    assertEquals((await holder())?.pid, Deno.pid);
    file("prefix/lock", JSON.stringify({ ...said, started: 1 }));
    assertEquals(await holder(), undefined);
  }));

Deno.test("bus: that there is none is a warning, unless the running graph is known to need none", () =>
  doctorWorld(async ({ codes, directory }) => {
    const before = Deno.env.get("DBUS_SYSTEM_BUS_ADDRESS");
    Deno.env.set("DBUS_SYSTEM_BUS_ADDRESS", `unix:path=${directory}/none`);
    try {
      const running = (...kinds: readonly string[]) => ({
        agent: {
          ...ANSWERS,
          status: { kinds: Object.fromEntries(kinds.map((kind) => [kind, {}])) },
        },
      });
      assertEquals(await codes(messageBus), ["bus-absent"]);
      assertEquals(await codes(messageBus, { agent: ANSWERS }), ["bus-absent"]);
      assertEquals(await codes(messageBus, running("file", "svc")), ["bus-absent"]);
      assertEquals(await codes(messageBus, running("file", "exec")), ["bus-not-needed"]);
    } finally {
      if (before === undefined) Deno.env.delete("DBUS_SYSTEM_BUS_ADDRESS");
      else Deno.env.set("DBUS_SYSTEM_BUS_ADDRESS", before);
    }
  }));

Deno.test("prefix: a file, a pipe, or a link to one is said to be no directory, and is not called damaged", () =>
  doctorWorld(async ({ file, codes, directory }) => {
    const files = createPatientFiles(createLocalClock(), new AbortController().signal);
    const at = (name: string) => `${directory}/${name}`;
    file("file", "x");
    await new Deno.Command("mkfifo", { args: [at("pipe")] }).output();
    await Deno.symlink(at("file"), at("to-file"));
    await Deno.symlink(at("prefix"), at("to-prefix"));
    for (const name of ["file", "pipe", "to-file"]) {
      const prefix = at(name);
      const prefixSight = await seePrefix(files, prefix);
      assertEquals(prefixSight, "no directory", name);
      assertEquals(await codes(agent, { prefix, prefixSight }), ["prefix-no-directory"]);
      assertEquals(await codes(certificates, { prefix, prefixSight }), ["not-seen"]);
      assertEquals(await codes(permissions, { prefix, prefixSight }), []);
    }
    assertEquals(await seePrefix(files, at("to-prefix")), "there");
    assertEquals(await seePrefix(files, at("none")), "absent");
  }));
