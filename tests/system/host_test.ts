import { assertEquals } from "@std/assert";
import { shell } from "../support/program.ts";

Deno.test("a test host runs a systemd of its own", async () => {
  assertEquals(Deno.env.get("MGMT_ON_TEST_HOST"), "1");
  assertEquals(await shell("cat /proc/1/comm; systemctl is-system-running"), "systemd\nrunning\n");
});

// The clock is the whole machine's. Nobody tries to set it here: what a process may do is in /proc.
Deno.test("nothing in a test host can set the clock", async () => {
  const SYS_TIME = 1n << 25n;
  const sets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];
  const started = "systemd-run --quiet --pipe --wait grep ^Cap /proc/self/status";
  for (const look of ["grep ^Cap /proc/self/status", "grep ^Cap /proc/1/status", started]) {
    const lines = (await shell(look)).trim().split("\n");
    const found = lines.map((line) => line.split(":\t") as [string, string]);
    assertEquals(found.map(([name]) => name), sets, look);
    const able = found.filter(([, bits]) => (BigInt(`0x${bits}`) & SYS_TIME) !== 0n);
    assertEquals(able.map(([name]) => name), [], look);
  }
});
