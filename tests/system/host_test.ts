import { assertEquals } from "@std/assert";
import { shell } from "../support/program.ts";

Deno.test("a test host runs a systemd of its own", async () => {
  assertEquals(Deno.env.get("MGMT_ON_TEST_HOST"), "1");
  assertEquals(await shell("cat /proc/1/comm; systemctl is-system-running"), "systemd\nrunning\n");
});
