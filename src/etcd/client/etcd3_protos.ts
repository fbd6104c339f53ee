/**
 * Gives etcd3 the protocol of etcd as data: it reads .proto files beside itself when it is imported, and
 * in one executable there are none. To be imported before it.
 *
 * @module
 */

import protoLoader from "@grpc/proto-loader";
import protocol from "./protos.json" with { type: "json" };

type Protocol = Parameters<typeof protoLoader.fromJSON>[0];

// All that etcd3 asks this for is its one file, and the shape of what it gets is the same.
protoLoader.loadSync = (_file, options) =>
  protoLoader.fromJSON(protocol as unknown as Protocol, options);
