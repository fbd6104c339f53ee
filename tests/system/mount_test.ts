import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { agent, saysTimes } from "../support/host_world.ts";
import { applied, fresh, FSTAB, graphOf, mounted, once, SCRATCH } from "../support/mount_world.ts";
import { shell, within } from "../support/program.ts";

Deno.test("a first run mounts and writes the line, a second one finds nothing, noop writes nothing", () =>
  fresh(async () => {
    const others = "# mine\n\nnone   /proc/x\tproc defaults 0 0 # odd\n";
    await Deno.writeTextFile(FSTAB, others);
    const noop = await once(graphOf(SCRATCH), "--noop");
    assertStringIncludes(noop.stderr, "Would apply: is not mounted; has no entry in /etc/fstab");
    assertEquals([mounted("/srv/it"), await Deno.readTextFile(FSTAB)], ["", others]);
    const first = await once(graphOf(SCRATCH));
    assertEquals(first.code, 0, first.stderr);
    assertMatch(mounted("/srv/it"), / rw,nosuid,relatime .* tmpfs tmpfs rw,size=4096k/);
    assertEquals(
      await Deno.readTextFile(FSTAB),
      `${others}tmpfs /srv/it tmpfs size=4m,nosuid 0 0\n`,
    );
    assertEquals(
      (await shell("systemctl show -p FragmentPath srv-it.mount")).includes("generator"),
      true,
    );
    const second = await once(graphOf(SCRATCH));
    assertEquals([second.code, applied(second)], [0, []]);
  }));

Deno.test("unmounted, remounted and edited by hand: all is put right at once, without polling", () =>
  fresh(async () => {
    await agent(graphOf(SCRATCH), async ({ program }) => {
      const isRight = () =>
        / rw,nosuid,relatime .*size=4096k/.test(mounted("/srv/it")) &&
        Deno.readTextFileSync(FSTAB).includes("tmpfs /srv/it tmpfs size=4m,nosuid 0 0\n");
      let done = 0;
      const heals = async (what: string) => {
        // Only then it sees what is done next as something new.
        await saysTimes(program, "Mount[/srv/it]: Done in", ++done);
        // Of two changes it may have undone only the first one yet.
        await within(60_000, isRight, () => `${what}: ${mounted("/srv/it")}\n${program.stderr}`);
      };
      await heals("at first");
      for (
        const harm of [
          "umount /srv/it",
          "mount -o remount,ro,size=8m tmpfs /srv/it",
          "mount -o remount,suid,noexec tmpfs /srv/it",
          "sed -i '/srv/d' /etc/fstab",
          "sed -i 's/nosuid/ro/' /etc/fstab",
        ]
      ) {
        await shell(harm);
        await heals(harm);
      }
      await shell(
        "mkdir -p /srv/elsewhere; mount -t tmpfs tmpfs /srv/elsewhere; umount /srv/elsewhere",
      );
      const before = applied(program).length;
      await shell("umount /srv/it; mount -t ramfs none /srv/it");
      await heals("another file system in its place");
      assertEquals(before, 6, program.stderr);
    }, ["--verbose"]);
  }));

Deno.test("what is in use is not unmounted, and who uses it is named; absent takes the line away", () =>
  fresh(async () => {
    await once(graphOf(SCRATCH));
    const sleeper = new Deno.Command("sleep", { args: ["300"], cwd: "/srv/it" }).spawn();
    try {
      const refused = await once(graphOf("state: absent"));
      assertEquals(refused.code, 4);
      assertStringIncludes(
        refused.stderr,
        `cannot unmount /srv/it: it is in use by sleep (${sleeper.pid})`,
      );
      assertStringIncludes(mounted("/srv/it"), "tmpfs");
    } finally {
      sleeper.kill("SIGKILL");
      await sleeper.status;
    }
    await shell("mkdir /srv/it/below && mount -t tmpfs tmpfs /srv/it/below");
    const below = await once(graphOf("state: absent"));
    assertStringIncludes(below.stderr, "other file systems are mounted below it: /srv/it/below");
    await shell("umount /srv/it/below");
    const gone = await once(graphOf("state: absent"));
    assertEquals([gone.code, mounted("/srv/it")], [0, ""], gone.stderr);
    assertEquals((await Deno.readTextFile(FSTAB)).includes("/srv/it"), false);
    assertEquals(applied(await once(graphOf("state: absent"))), []);
  }));

Deno.test("unmounted keeps the line, and fstab: false has none", () =>
  fresh(async () => {
    const { stderr } = await once(graphOf(`${SCRATCH},noauto; state: unmounted`));
    assertEquals(mounted("/srv/it"), "", stderr);
    assertStringIncludes(
      await Deno.readTextFile(FSTAB),
      "tmpfs /srv/it tmpfs size=4m,nosuid,noauto",
    );
    const before = await Deno.readTextFile(FSTAB);
    await once(graphOf(`${SCRATCH}; fstab: false`));
    assertStringIncludes(mounted("/srv/it"), "size=4096k");
    assertEquals(await Deno.readTextFile(FSTAB), before);
  }));

Deno.test("new options in the graph are brought into force without unmounting", () =>
  fresh(async () => {
    await once(graphOf(SCRATCH));
    await Deno.writeTextFile("/srv/it/kept", "");
    await using _holder = await Deno.open("/srv/it/kept");
    const run = await once(
      graphOf("device: tmpfs; type: tmpfs; options: [size=8m, noexec, noatime]"),
    );
    assertEquals(run.code, 0, run.stderr);
    assertMatch(mounted("/srv/it"), / rw,noexec,noatime .*size=8192k/);
    assertEquals([...Deno.readDirSync("/srv/it")].map(({ name }) => name), ["kept"]);
  }));

Deno.test("what a remount cannot change is a failure, and is not tried again and again", () =>
  fresh(async () => {
    await shell("mkdir -p /srv/readonly; mount -t tmpfs -o ro tmpfs /srv/readonly");
    const shown = "device: /srv/readonly; options: bind,rw; fstab: false";
    try {
      await agent(`${graphOf(shown)}    meta: {delay: 50}\n`, async ({ program }) => {
        const why = "/srv/it was mounted so, but not all is in force: is mounted ro → rw";
        await within(
          60_000,
          () => program.stderr.split(why).length > 4,
          () => program.stderr,
        );
        assertEquals(applied(program).length, 1, program.stderr);
      });
    } finally {
      await shell("umount /srv/it; umount /srv/readonly");
    }
  }));

Deno.test("a mount that does not end stops after its time, and others are mounted meanwhile", () =>
  fresh(async () => {
    await Deno.writeTextFile("/usr/sbin/mount.silent", "#!/bin/sh\nexec sleep 1000\n");
    await Deno.chmod("/usr/sbin/mount.silent", 0o755);
    const graph = graphOf("device: server:/x; type: silent; fstab: false; timeout: 2") +
      "  - {name: /srv/other, device: tmpfs, type: tmpfs, fstab: false}\n" +
      "  file:\n  - name: /srv/other/\n";
    await agent(graph, async ({ program }) => {
      await within(60_000, () => mounted("/srv/other") !== "", () => program.stderr);
      await program.says(
        "cannot mount server:/x on /srv/it: it did not end within 2 s",
      );
    });
    await shell("umount /srv/other; rm -rf /srv/other");
  }));

Deno.test("why nothing can be mounted is said", () =>
  fresh(async () => {
    const says = async (fields: string, name = "/srv/it") => {
      const graph = graphOf(`${fields}; fstab: false`).replace("/srv/it", name);
      return (await once(graph)).stderr.match(/Failed: (.*?) \(\//)?.[1];
    };
    assertEquals(
      await says("device: /dev/null; type: ext4"),
      "cannot mount /dev/null on /srv/it: /dev/null is not a block device",
    );
    assertEquals(
      await says("device: tmpfs; type: tmpfs", "/srv/missing"),
      "cannot mount on /srv/missing: /srv/missing does not exist",
    );
    await Deno.symlink("/srv/it", "/srv/link");
    assertEquals(
      await says("device: tmpfs; type: tmpfs", "/srv/link"),
      "cannot mount on /srv/link: /srv/link is a link to /srv/it",
    );
    assertEquals(
      await says("device: tmpfs; type: tmpfs; options: size=much"),
      "cannot mount tmpfs on /srv/it: wrong fs type, bad option, bad superblock on tmpfs, missing codepage or helper program, or other error",
    );
    await Deno.remove("/srv/link");
  }));

Deno.test("a device that appears is mounted then", () =>
  fresh(async () => {
    await shell("rm -rf /srv/source");
    // The next try is days away.
    const patient = "meta: {delay: 86400000}";
    const graph = graphOf(`device: /srv/source; options: bind; fstab: false; ${patient}`);
    await agent(graph, async ({ program }) => {
      await program.says("there is no /srv/source on this host now");
      await shell("mkdir /srv/source");
      await within(60_000, () => mounted("/srv/it") !== "", () => program.stderr);
    });
    await shell("umount /srv/it; rm -rf /srv/source");
  }));

Deno.test("many mounts at once leave one line each", () =>
  fresh(async () => {
    const names = [...Array(20).keys()].map((index) => `/srv/it/${index}`);
    const graph = "graph: many\nresources:\n  mount:\n" +
      names.map((name) => `  - {name: ${name}, device: tmpfs, type: tmpfs}\n`).join("") +
      "  file:\n" + names.map((name) => `  - {name: ${name}/}\n`).join("");
    const { code, stderr } = await once(graph);
    assertEquals(code, 0, stderr);
    const text = await Deno.readTextFile(FSTAB);
    for (const name of names) assertStringIncludes(text, `tmpfs ${name} tmpfs defaults 0 0\n`);
    assertEquals(text.split("tmpfs /srv/it/").length - 1, 20);
    await shell("umount /srv/it/*");
  }));
