/**
 * Writes src/cluster/etcd_protos.json: etcd's protocol as npm:etcd3 has it in its .proto files, which
 * nothing that is bundled could find. A test compares the two.
 *
 * Usage: deno run -A scripts/etcd_protos.ts
 *
 * @module
 */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What the .proto files of the package say, as protobufjs writes it. */
export function etcdProtos(): string {
  const fromHere = createRequire(import.meta.url);
  const fromEtcd3 = createRequire(fromHere.resolve("etcd3"));
  const loader = createRequire(fromEtcd3.resolve("@grpc/proto-loader"));
  const { Root } = loader("protobufjs");
  const root = new Root();
  root.loadSync(join(dirname(fromHere.resolve("etcd3")), "../proto/rpc.proto"), { keepCase: true });
  // How a gateway would offer the calls over HTTP concerns nobody here.
  const noOptions = (name: string, value: unknown) =>
    name === "options" || name === "parsedOptions" ? undefined : value;
  return `${JSON.stringify(root.toJSON(), noOptions)}\n`;
}

if (import.meta.main) {
  Deno.writeTextFileSync(new URL("../src/cluster/etcd_protos.json", import.meta.url), etcdProtos());
}
