import { assertEquals } from "@std/assert";
import { ok } from "../../../src/base/result.ts";
import { readingBus, readingProcesses } from "../../../src/host/reading.ts";
import type { Exit, ProcessCommand, Processes } from "../../../src/os/process/processes.ts";
import type { Bus, BusCall } from "../../../src/systemd/bus/bus.ts";

const EXIT: Exit = { code: 0, lines: 0, tail: [], survivors: 0 };

/** What was started of these, with and without `probes`. */
async function started(probes: boolean, ...commands: ProcessCommand[]): Promise<string[]> {
  const ran: string[] = [];
  const processes: Processes = {
    run: (command) => {
      ran.push(command.argv.join(" "));
      return Promise.resolve(ok(EXIT));
    },
    foresee: () => Promise.resolve(undefined),
    ofUser: () => Promise.resolve(undefined),
  };
  const reading = readingProcesses(processes, { probes });
  for (const command of commands) {
    const ended = await reading.run(command);
    if (!ended.ok) assertEquals(ended.failure.code, "reading-only");
  }
  return ran;
}

Deno.test("a plan starts programs that only read, and refuses the same program where it would write", async () => {
  assertEquals(
    await started(
      false,
      { argv: ["getent", "passwd", "root"] },
      { argv: ["/usr/bin/dpkg-query", "--show"] },
      { argv: ["apt-get", "--simulate", "install", "x"] },
      { argv: ["apt-get", "install", "x"] },
      { argv: ["apt-get", "update"] },
      { argv: ["dnf", "--assumeno", "install", "x"] },
      { argv: ["dnf", "--assumeyes", "install", "x"] },
      { argv: ["rpm", "--query", "x"] },
      { argv: ["rpm", "--erase", "x"] },
      { argv: ["useradd", "x"] },
      { argv: ["constructor"] },
      { argv: ["bash", "-c", "getent"] },
    ),
    [
      "getent passwd root",
      "/usr/bin/dpkg-query --show",
      "apt-get --simulate install x",
      "dnf --assumeno install x",
      "rpm --query x",
    ],
  );
});

Deno.test("commands of the graph are run on request alone, whatever they are called", async () => {
  const commands: ProcessCommand[] = [
    { argv: ["getent", "passwd"], inherit: [] },
    { argv: ["./mine"], inherit: ["HOME"] },
  ];
  assertEquals(await started(false, ...commands), []);
  assertEquals(await started(true, ...commands), ["getent passwd", "./mine"]);
});

Deno.test("a plan calls what only reads; PackageKit only where its flags say that nothing is done", async () => {
  const called: string[] = [];
  const bus: Bus = {
    listen: () => ({ close: () => {} }),
    call: ({ member }) => {
      called.push(member);
      return Promise.resolve({ ok: true, value: [] });
    },
  };
  const call = (member: string, ...body: unknown[]): BusCall => ({
    service: "s",
    path: "/",
    interface: "i",
    member,
    body,
  });
  for (
    const each of [
      call("GetAll"),
      call("StartUnit", "x"),
      call("Reload"),
      call("EnableUnitFiles"),
      call("SetHostname"),
      call("InstallPackages", 4n, ["x"]),
      call("InstallPackages", 2n, ["x"]),
      call("InstallPackages"),
      call("RemovePackages", 0n, ["x"]),
      call("RefreshCache", true),
    ]
  ) await readingBus(bus).call(each);
  assertEquals(called, ["GetAll", "InstallPackages"]);
});
