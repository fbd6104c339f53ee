/** The time zone of a real host. */

import { assertEquals, assertMatch } from "@std/assert";
import timezone from "../../src/resources/timezone/kind.ts";
import { inKindWorld, type KindWorld, resolving, resourceOf } from "../support/kind_world.ts";
import { contentOf, shell } from "../support/program.ts";

async function zone(world: KindWorld, name: string) {
  return await resourceOf(timezone, world, {}, name);
}

Deno.test("the link and Debian's file say the zone, and programs have it", () =>
  inKindWorld(async (world) => {
    await shell("echo Etc/UTC >/etc/timezone; ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime");
    const vienna = await zone(world, "Europe/Vienna");
    assertEquals(
      await vienna.heal(),
      'the time zone is Etc/UTC, /etc/timezone says "Etc/UTC"',
    );
    assertEquals(
      (await shell("readlink /etc/localtime")).trim(),
      "../usr/share/zoneinfo/Europe/Vienna",
    );
    assertEquals(contentOf("/etc/timezone"), "Europe/Vienna\n");
    assertEquals((await shell("date -d '2026-07-01 00:00 UTC' +%H:%M")).trim(), "02:00");
    await shell("echo x >/etc/timezone");
    assertEquals(await vienna.heal(), '/etc/timezone says "x"');
    await shell("rm /etc/timezone /etc/localtime");
    assertEquals(await vienna.heal(), "the time zone is UTC");
    assertEquals(contentOf("/etc/timezone"), undefined, "where it is not, nobody reads it");
    await shell("rm /etc/localtime && cp /usr/share/zoneinfo/Asia/Tokyo /etc/localtime");
    assertEquals(await vienna.heal(), "the time zone is another");
  }));

Deno.test("a zone that is not there is refused, and no link is made to it", () =>
  inKindWorld(async (world) => {
    await shell("ln -sfn ../usr/share/zoneinfo/Etc/UTC /etc/localtime");
    for (const name of ["Mars/Olympus", "Europe"]) {
      const refused = await (await zone(world, name)).refuse();
      assertEquals([refused.code, refused.needs], ["no-zone", [`/usr/share/zoneinfo/${name}`]]);
    }
    assertMatch(await shell("readlink /etc/localtime"), /Etc\/UTC/);
    for (const name of ["../../etc/passwd", "/Europe/Vienna", "", "a b"]) {
      const { issues } = await resolving(timezone, {}, name);
      assertMatch(issues[0]?.message ?? "", /is no name of a time zone/);
    }
  }));
