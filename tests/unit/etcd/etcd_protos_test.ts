import { assertEquals } from "@std/assert";
import { etcdProtos } from "../../../scripts/etcd_protos.ts";

Deno.test("the protocol that etcd3 is given is the one it would read (scripts/etcd_protos.ts)", async () => {
  const file = new URL("../../../src/etcd/client/protos.json", import.meta.url);
  assertEquals(Deno.readTextFileSync(file), await etcdProtos());
});
