/** Where an agent has its socket for those who may only read. */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { readSocketPlace } from "../../../src/app/control/socket_places.ts";
import { listenAtFile } from "../../../src/os/network/listen/socket_file.ts";
import { inDirectory } from "../../support/program.ts";

/** A machine whose groups are these. */
function machine(directory: string, groups: string) {
  Deno.writeTextFileSync(join(directory, "group"), groups);
  Deno.writeTextFileSync(join(directory, "passwd"), "root:x:0:0::/root:/bin/sh\n");
  return { accounts: directory, run: join(directory, "run"), uid: 0 };
}

Deno.test("read.sock: without a group for readers it is below the prefix, and nothing is made elsewhere", () =>
  inDirectory((directory) => {
    const host = machine(directory, "root:x:0:\n");
    const own = { ok: true as const, value: { path: "/p/read.sock" } };
    assertEquals(readSocketPlace("/p", host), own);
    // Who is not root can give nothing to a group.
    const other = machine(directory, "mgmt:x:77:\n");
    assertEquals(readSocketPlace("/p", { ...other, uid: 1000 }), own);
    assertEquals([...Deno.readDirSync(directory)].some(({ name }) => name === "run"), false);
    return Promise.resolve();
  }));

Deno.test("read.sock: with one each prefix has its own, in a directory that all enter and nobody else writes", () =>
  inDirectory((directory) => {
    const host = machine(directory, "mgmt:x:77:anna\n");
    const places = ["/var/lib/mgmt", "/srv/a", "/srv/b"].map((prefix) => {
      const place = readSocketPlace(prefix, host);
      assert(place.ok);
      assertEquals([place.value.gid, place.value.link], [77, join(prefix, "read.sock")]);
      return place.value.path;
    });
    assertEquals(new Set(places).size, 3);
    assertEquals(places[0], join(host.run, "read.sock"));
    assertEquals((Deno.lstatSync(host.run).mode ?? 0) & 0o7777, 0o755);
    Deno.chmodSync(host.run, 0o777);
    const unsafe = readSocketPlace("/srv/a", host);
    assertEquals(unsafe.ok ? "" : unsafe.failure.code, "unsafe");
    return Promise.resolve();
  }));

Deno.test("read.sock: its group may connect, and a link leads there as long as it is open", {
  ignore: Deno.uid() !== 0,
}, () =>
  inDirectory(async (directory) => {
    const place = { path: join(directory, "s"), gid: 77, link: join(directory, "link") };
    // What a killed agent has left.
    Deno.symlinkSync("/nowhere", place.link);
    const limits = { connectionsMax: 1, connectionMs: 1000 };
    const opened = listenAtFile(place, limits, () => Promise.resolve());
    assert(opened.ok);
    const { mode, gid, isSocket } = Deno.lstatSync(place.path);
    assertEquals([(mode ?? 0) & 0o7777, gid, isSocket], [0o660, 77, true]);
    assertEquals(Deno.readLinkSync(place.link), place.path);
    await opened.value.close();
    const left = [...Deno.readDirSync(directory)].map(({ name }) => name);
    assertEquals(left, []);
  }));
