import { assert, assertEquals } from "@std/assert";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { openServiceNotify, type ServiceNotify } from "../../../src/systemd/service_notify.ts";
import { DatagramListener } from "../../support/datagram_listener.ts";
import { inDirectory } from "../../support/program.ts";

const PID = 4711;

/** Opens the wire as a program that was started with these variables; it must take them away. */
function openWith(variables: Readonly<Record<string, string>>): ServiceNotify | undefined {
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  const notify = openServiceNotify(createLocalClock(), PID);
  for (const name of Object.keys(variables)) {
    assertEquals([name, Deno.env.has(name)], [name, false]);
  }
  return notify;
}

function addresses(directory: string): string[] {
  return [`${directory}/notify`, `@mgmt-test-${crypto.randomUUID()}`, `${directory}/ü 🙂`];
}

Deno.test("messages arrive in order at a path and at an abstract name", async () => {
  await inDirectory(async (directory) => {
    for (const address of addresses(directory)) {
      const listener = await DatagramListener.at(address);
      const notify = openWith({ NOTIFY_SOCKET: address });
      notify?.tell("RELOADING=1", "MONOTONIC_USEC=5");
      notify?.tell("READY=1");
      assertEquals(await listener.has(2), ["RELOADING=1\nMONOTONIC_USEC=5", "READY=1"], address);
      notify?.close();
      await listener.close();
    }
  });
});

Deno.test("a service manager that is busy gets everything later, and nobody waits for it", async () => {
  await inDirectory(async (directory) => {
    const listener = await DatagramListener.at(`${directory}/s`, { paused: true });
    const notify = openWith({ NOTIFY_SOCKET: `${directory}/s` });
    // The kernel lets a few hundred wait at most.
    const filler = "x".repeat(100_000);
    for (let count = 0; count < 20; count++) notify?.tell(`STATUS=${count} ${filler}`);
    notify?.tell("READY=1");
    await listener.resume();
    const came = await listener.has(21);
    assertEquals(came.at(-1), "READY=1");
    assertEquals(came.slice(0, 20).map((text) => parseInt(text.slice(7))), [...Array(20).keys()]);
    notify?.close();
    await listener.close();
  });
});

Deno.test("the watchdog is fed only by the process that is asked to", () => {
  const watched = (variables: Record<string, string>) => {
    const notify = openWith({ NOTIFY_SOCKET: "@nobody-listens-here", ...variables });
    notify?.tell("WATCHDOG=1");
    notify?.close();
    return notify?.watchdogMs;
  };
  assertEquals(watched({}), undefined);
  assertEquals(watched({ WATCHDOG_USEC: "3000000" }), 3000);
  assertEquals(watched({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: `${PID}` }), 3000);
  assertEquals(watched({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: "1" }), undefined);
  assertEquals(watched({ WATCHDOG_USEC: "nonsense" }), undefined);
});

Deno.test("without a service manager there is no wire", () => {
  assertEquals(openWith({}), undefined);
  assertEquals(openWith({ NOTIFY_SOCKET: "", WATCHDOG_USEC: "1" }), undefined);
});

Deno.test("a name that is no socket's is told nothing and is no error", () => {
  for (const name of ["relative", "@", `/${"long".repeat(40)}`, "/nowhere/at/all"]) {
    const notify = openWith({ NOTIFY_SOCKET: name });
    notify?.tell("READY=1");
    notify?.close();
  }
});

Deno.test("the monotonic clock is the one of /proc/uptime, give or take a suspend", () => {
  const notify = openWith({ NOTIFY_SOCKET: "@nobody-listens-here" });
  const seconds = Number(notify?.monotonicMicroseconds()) / 1e6;
  const uptime = parseFloat(Deno.readTextFileSync("/proc/uptime"));
  notify?.close();
  assert(seconds > 0 && seconds <= uptime + 1, `${seconds} ${uptime}`);
});
