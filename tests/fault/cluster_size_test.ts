/** The commands that ask the store, on a real one in which anybody may have written anything. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runLine } from "../support/cli_surface.ts";
import { serveHello } from "../../src/os/network/hello_server.ts";
import { freeUrl, TestCluster } from "../support/etcd.ts";
import { at } from "../support/address.ts";

const KEY = "/_mgmt/idealClusterSize";

// gRPC has a timer that outlives its channel by a little.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "cluster size: what cannot be read is said to be so, and is put right by the next size",
  ...LOOSE,
  fn: async () => {
    await using cluster = await TestCluster.start(1, { asOurs: true });
    const run = async (...words: string[]) =>
      await runLine(["cluster", "size", ...words, "--seeds", cluster.clientUrls[0]!]);
    assertEquals((await run()).data, "5\n", "the default, where nobody has said one");
    for (const garbage of ["banana", "0", "-3", "", "100"]) {
      await cluster.control(["put", "--", KEY, garbage]);
      const asked = await run();
      assertEquals([asked.code, asked.data], [1, ""]);
      assertStringIncludes(asked.talk, `${KEY} is "${garbage}", not a number from 1 to 99`);
    }
    assertEquals((await run("3")).data, '3 members wanted, before: "100"\n');
    assertEquals((await run()).data, "3\n");
    await cluster.control(["put", KEY, "99"]);
    assertEquals((await run()).data, "99\n");
  },
});

Deno.test({
  name: "cluster size, cluster snapshot: one object each with --output json",
  ...LOOSE,
  fn: async () => {
    await using cluster = await TestCluster.start(1, { asOurs: true });
    const run = async (...words: string[]) => {
      const where = ["--seeds", cluster.clientUrls[0]!, "--output", "json"];
      const { code, data, talk } = await runLine(["cluster", ...words, ...where]);
      assertEquals(code, 0, talk);
      return JSON.parse(data);
    };
    const size = { version: 1, type: "size" };
    assertEquals(await run("size", "3"), { ...size, idealSize: 3, before: 5 });
    assertEquals(await run("size"), { ...size, idealSize: 3 });
    await cluster.control(["put", KEY, "banana"]);
    assertEquals(await run("size", "1"), { ...size, idealSize: 1, before: null });
    const path = `${cluster.directory}/copy`;
    const said = await run("snapshot", path);
    const { size: bytes } = Deno.statSync(path);
    assertEquals(said, { version: 1, type: "snapshot", path, bytes });
  },
});

Deno.test({
  name: "cluster size, cluster snapshot: a host without etcd says where its cluster is",
  ...LOOSE,
  fn: async () => {
    await using cluster = await TestCluster.start(1, { asOurs: true });
    const url = freeUrl();
    let endpoints = cluster.clientUrls;
    const hello = () =>
      JSON.stringify({ id: "d", cluster: "c", clientUrls: [url], hosts: [url], endpoints });
    const door = serveHello({ address: at(url) }, hello);
    assert(door.ok);
    try {
      const run = (...words: string[]) => runLine(["cluster", ...words, "--seeds", url]);
      const size = await run("size");
      assertEquals([size.code, size.data], [0, "5\n"], size.talk);
      assertEquals((await run("size", "3")).data, "3 members wanted, before: 5\n");
      assertEquals(await cluster.control(["get", KEY, "--print-value-only"]), "3");
      const path = `${cluster.directory}/copy`;
      const copied = await run("snapshot", path);
      assertEquals(copied.code, 0, copied.talk);
      assertStringIncludes(copied.data, `${path}: ${Deno.statSync(path).size} bytes`);

      endpoints = [url];
      const nobody = await run("snapshot", `${path}2`);
      assertEquals([nobody.code, nobody.data], [1, ""]);
      assertStringIncludes(nobody.talk, `no cluster answers at ${url}`);
      const left = [...Deno.readDirSync(cluster.directory)].map(({ name }) => name);
      assertEquals(left.filter((name) => name.startsWith("copy")), ["copy"]);
      assertEquals((await run("size")).code, 1);
    } finally {
      await door.value.close();
    }
  },
});
