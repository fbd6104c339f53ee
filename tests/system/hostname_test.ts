// leaves nothing: each test gives the host its name back

/** The name of a real host. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import hostname from "../../src/resources/hostname/kind.ts";
import { inKindWorld, resourceOf } from "../support/kind_world.ts";
import { shell, within } from "../support/program.ts";

async function names(): Promise<string> {
  return await shell("head -n1 /etc/hostname; hostname; hostnamectl hostname");
}

Deno.test("the name is kept and runs, and then nothing is left to do", () =>
  inKindWorld(async (world) => {
    const before = (await shell("hostname")).trim();
    const made = await resourceOf(hostname, world, {}, "one.example.org");
    assertEquals(
      await made.heal(),
      `/etc/hostname says "${before}", the running name is "${before}"`,
    );
    assertEquals(await names(), "one.example.org\n".repeat(3));
    assertEquals(await made.heal(), undefined);
    await shell("hostname other");
    assertEquals(await made.heal(), 'the running name is "other"');
    await shell("echo other >/etc/hostname");
    assertEquals(await made.heal(), '/etc/hostname says "other"');
    await shell("rm /etc/hostname");
    assertEquals(await made.heal(), "/etc/hostname does not exist");
    await shell("printf '# a comment\\n\\none.example.org\\n' >/etc/hostname");
    assertEquals(await made.heal(), undefined, "comments may stay");
    assertEquals(await names(), "# a comment\none.example.org\none.example.org\n");
  }));

Deno.test("a name that is set through systemd is heard of", () =>
  inKindWorld(async (world) => {
    const made = await resourceOf(hostname, world, { hostname: "two" });
    await made.heal();
    let events = 0;
    const context = {
      host: world.host,
      signal: new AbortController().signal,
      memory: undefined,
      changed: () => void events++,
      line: () => {},
      warn: () => {},
    };
    const watch = hostname.watch?.(made.params, context);
    await world.host.watcher.settle();
    await within(60_000, () => events > 0, "the first look");
    events = 0;
    // The file stays as it is: only the bus can tell.
    await shell(
      "hostname other; busctl call org.freedesktop.hostname1 /org/freedesktop/hostname1 " +
        "org.freedesktop.hostname1 SetHostname sb two false",
    );
    await within(60_000, () => events > 0, "nothing was heard");
    events = 0;
    await shell("hostnamectl set-hostname three");
    await within(60_000, () => events > 0, "nothing was heard");
    assertMatch(await made.heal() ?? "", /says "three", the running name is "three"/);
    watch?.close();
  }));

Deno.test("without a bus the name is set all the same", () =>
  inKindWorld(async (world) => {
    const systemBus = {
      call: () =>
        Promise.resolve({ ok: false, failure: { type: "failure", message: "no bus" } } as const),
      listen: () => ({ close: () => {} }),
    };
    const without = { ...world, host: { ...world.host, systemBus } };
    await (await resourceOf(hostname, without, { hostname: "four" })).heal();
    assertEquals(await names(), "four\n".repeat(3));
  }));

Deno.test("a file that is mounted from outside is written into", () =>
  inKindWorld(async (world) => {
    await shell(
      `touch ${world.path("outside")}; mount --bind ${world.path("outside")} /etc/hostname`,
    );
    try {
      const made = await resourceOf(hostname, world, { hostname: "five" });
      assertMatch(await made.heal() ?? "", /says ""/);
      assertEquals(world.text("outside"), "five\n");
    } finally {
      await shell("umount /etc/hostname");
    }
  }));

Deno.test("each of the three names is kept as it is said, and the others are left alone", () =>
  inKindWorld(async (world) => {
    await shell("rm -f /etc/machine-info; hostnamectl set-hostname base");
    const fields = {
      static_hostname: "seven.example.org",
      transient_hostname: "seven",
      pretty_hostname: 'Anna\'s "seven" $1 \\ ü',
    };
    const made = await resourceOf(hostname, world, fields, "any name");
    assertMatch(await made.heal() ?? "", /"base", the running name is .*, there is no pretty name/);
    assertEquals(await made.heal(), undefined);
    const said = (which: string) => shell(`hostnamectl --${which} hostname`);
    assertEquals(await said("static"), "seven.example.org\n");
    assertEquals(await shell("hostname"), "seven\n");
    assertEquals(await said("pretty"), `${fields.pretty_hostname}\n`);
    await shell("hostnamectl set-location here; hostnamectl --pretty set-hostname other");
    assertMatch(await made.heal() ?? "", /^the pretty name is "other"$/);
    assertEquals(await said("pretty"), `${fields.pretty_hostname}\n`);
    assertMatch(await shell("cat /etc/machine-info"), /LOCATION=here/);
    const only = await resourceOf(hostname, world, { pretty_hostname: "p" }, "x");
    assertMatch(await only.heal() ?? "", /^the pretty name is /);
    assertEquals(await said("static"), "seven.example.org\n");
    await shell("rm /etc/machine-info; ln -s /nowhere /etc/machine-info");
    assertMatch((await only.refuse()).message, /machine-info is a symbolic link/);
    await shell("rm /etc/machine-info");
    const both = await resourceOf(hostname, world, { hostname: "five" });
    await both.heal();
    assertEquals(await names(), "five\n".repeat(3));
  }));

Deno.test("a link in the place of the file is a clear failure", () =>
  inKindWorld(async (world) => {
    await shell("mv /etc/hostname /etc/hostname.kept; ln -s elsewhere /etc/hostname");
    const refused = await (await resourceOf(hostname, world, { hostname: "six" })).refuse();
    assertMatch(refused.message, /is a symbolic link to elsewhere/);
    await shell("mv /etc/hostname.kept /etc/hostname");
    assert((await names()).startsWith("f"));
  }));
