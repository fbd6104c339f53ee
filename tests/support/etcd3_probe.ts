/**
 * A program that is compiled as mgmt is, to see that what it takes to speak with etcd is in one file:
 * it unpacks the etcd inside itself into its first argument and prints its version. With an address as
 * second argument it instead puts a key there through etcd3, and prints what it then reads.
 *
 * @module
 */

import { embeddedEtcd } from "../../src/etcd/server/embedded.ts";

const [directory = "", address] = Deno.args;

if (address === undefined) {
  const { unpackEtcd } = await import("../../src/etcd/server/unpack.ts");
  const unpacked = await unpackEtcd(embeddedEtcd()!, directory);
  if (!unpacked.ok) throw new Error(unpacked.failure.message);
  const stdio = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  await new Deno.Command(unpacked.value, { args: ["--version"], ...stdio }).spawn().status;
} else {
  const { Etcd3 } = await import("../../src/etcd/client/etcd3.ts");
  const client = new Etcd3({ hosts: address });
  await client.put("key").value("value");
  console.log(await client.get("key").string());
  client.close();
}
