/**
 * Writes src/etcd/client/protos.json: etcd's protocol as npm:etcd3 has it in its .proto files, which
 * nothing that is bundled could find, and what it lacks. A test compares the two.
 *
 * Usage: deno run -A scripts/etcd_protos.ts
 *
 * @module
 */

import protoLoader from "@grpc/proto-loader";
import { createRequire } from "node:module";

/** The .proto file that etcd3 reads when it is imported. */
async function etcd3File(): Promise<string> {
  const { loadSync } = protoLoader;
  let asked = "";
  protoLoader.loadSync = (file, options) => loadSync(asked = String(file), options);
  await import("etcd3");
  protoLoader.loadSync = loadSync;
  return asked;
}

/** What the .proto files of the package say, as protobufjs writes it. */
export async function etcdProtos(): Promise<string> {
  const file = await etcd3File();
  const loader = createRequire(createRequire(file).resolve("@grpc/proto-loader"));
  const { Field, Root } = loader("protobufjs");
  const root = new Root();
  root.loadSync(file, { keepCase: true });
  // etcd has said that since 3.6.
  root.lookupType("etcdserverpb.StatusResponse").add(new Field("dbSizeQuota", 12, "int64"));
  // How a gateway would offer the calls over HTTP concerns nobody here; one request has a field of that name.
  const noOptions = (name: string, value: unknown) =>
    name === "parsedOptions" || name === "options" && !("id" in Object(value)) ? undefined : value;
  return `${JSON.stringify(root.toJSON(), noOptions)}\n`;
}

if (import.meta.main) {
  const target = new URL("../src/etcd/client/protos.json", import.meta.url);
  Deno.writeTextFileSync(target, await etcdProtos());
}
