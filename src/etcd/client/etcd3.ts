/**
 * What we use of etcd3, a CommonJS package: the bundler keeps only its default export.
 *
 * It makes the connections, with credentials, and knows the protocol. Its watches, leases and ways to
 * try again are not used: an error there can leave a client that works no more.
 *
 * @module
 */

import "./etcd3_protos.ts";
import grpc from "@grpc/grpc-js";
import etcd3, { type ICallable, type IOptions } from "etcd3";

export const { Etcd3 } = etcd3;
export const { Channel, ChannelCredentials, credentials } = grpc;

/** etcd3's client, and the connections that it otherwise keeps to itself. */
export class EtcdClient extends Etcd3 {
  constructor(options: IOptions) {
    super(options);
  }

  /** Hands out the gRPC client of a service. */
  get connections(): ICallable<unknown> {
    return this.pool;
  }
}
