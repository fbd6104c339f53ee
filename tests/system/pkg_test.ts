import { assertEquals, assertMatch } from "@std/assert";
import { installedVersion } from "../support/apt_repository.ts";
import { agent, property } from "../support/host_world.ts";
import { closeGate, GATE, reachGate } from "../support/package_conformance.ts";
import { becomes, packageTest, pkg, pkgScenarios } from "../support/pkg_scenarios.ts";
import { inDirectory, Program, shell } from "../support/program.ts";

pkgScenarios();

packageTest("PackageKit killed in the middle is noticed at once; then it goes on", async () => {
  await closeGate();
  await inDirectory(async (directory) => {
    const graph = pkg("name: mgmt-slow", "name: mgmt-two", "name: mgmt-bad");
    await Deno.writeTextFile(`${directory}/graph.yaml`, graph);
    const how = ["--converged-timeout=0", "--tmp-prefix"];
    const program = new Program(["run", `${directory}/graph.yaml`, ...how]);
    await reachGate();
    await shell(`kill -9 ${await property("packagekit.service", "MainPID")}`);
    await program.says("PackageKit went away in the middle of the transaction");
    await Deno.remove(GATE);
    const ended = await program.ended();
    assertEquals(ended.code, 4, ended.stderr);
    assertEquals(ended.stderr.match(/2 changed, 1 failed/)?.length, 1, ended.stderr);
  });
  assertEquals(await installedVersion("mgmt-slow"), "1.0");
  assertEquals(await installedVersion("mgmt-two"), "1:0.9~rc1-1");
  await shell("dpkg --purge mgmt-bad");
});

packageTest("the bus killed in the middle: what it tore is finished, then it goes on", async () => {
  await closeGate();
  await agent(pkg("name: mgmt-slow", "name: mgmt-two"), async ({ program }) => {
    await reachGate();
    await shell(`kill -9 ${await property("dbus.service", "MainPID")}`);
    await program.says("went away in the middle of the transaction");
    await Deno.remove(GATE);
    await becomes("mgmt-slow", "1.0", program);
    await becomes("mgmt-two", "1:0.9~rc1-1", program);
  });
});

/** Takes the lock of dpkg's frontends, as one that only looks around does; until its input ends. */
const HOLDER = `use Fcntl; $| = 1; open(F, ">>/var/lib/dpkg/lock-frontend");
my $whole = pack("ssx4qqix4", F_WRLCK, 0, 0, 0, 0);
fcntl(F, F_SETLK, $whole) or die; print "held\\n"; <STDIN>`;

packageTest("a lock that is held longer than PackageKit waits is waited for", async () => {
  const holder = new Deno.Command("perl", {
    args: ["-e", HOLDER],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const held = holder.stdout.getReader();
  await held.read();
  await agent(pkg("name: mgmt-two"), async ({ program }) => {
    await program.says(`waits for the lock of perl (pid ${holder.pid})`);
    // PackageKit gives up after ten seconds; then it is asked again.
    const gaveUp = "install-packages transaction .* finished with failed";
    await shell(
      `for i in $(seq 200); do journalctl -u packagekit --since -2min | grep -q '${gaveUp}' ` +
        "&& break; sleep 0.2; done",
    );
    assertEquals(await installedVersion("mgmt-two"), undefined);
    await holder.stdin.close();
    await held.cancel();
    await holder.status;
    await becomes("mgmt-two", "1:0.9~rc1-1", program);
    assertEquals(program.stderr.includes("Failed"), false, program.stderr);
  });
});

packageTest("PackageKit that ended for want of work is started again", async () => {
  await shell("systemctl stop packagekit");
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/graph.yaml`, pkg("name: mgmt-one"));
    const program = new Program(["run", `${directory}/graph.yaml`, "--tmp-prefix"]);
    try {
      await becomes("mgmt-one", "2.0", program);
      await shell("systemctl stop packagekit; dpkg --remove mgmt-one");
      await becomes("mgmt-one", "2.0", program);
    } finally {
      await program.interrupt();
    }
  });
});

packageTest(
  "where PackageKit is taken away while the agent runs, apt takes its place",
  async () => {
    await agent(pkg("name: mgmt-one"), async ({ program }) => {
      await becomes("mgmt-one", "2.0", program);
      await shell("systemctl mask --now packagekit");
      try {
        assertMatch(await shell("dpkg --remove mgmt-one"), /Removing mgmt-one/);
        await becomes("mgmt-one", "2.0", program);
        assertEquals(program.stderr.includes("Failed"), false, program.stderr);
      } finally {
        await shell("systemctl unmask packagekit");
      }
    });
  },
);
