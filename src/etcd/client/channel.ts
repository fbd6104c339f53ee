/**
 * What makes connections to one etcd: a channel of gRPC, in plain text or over TLS.
 *
 * @module
 */

import type { ChannelCredentials as GrpcCredentials } from "@grpc/grpc-js";
import type { IOptions } from "etcd3";
import { type Address, addressText, hostAndPort } from "../../base/address.ts";
import type { Credentials, TlsCredentials } from "../../base/credentials.ts";
import { http2Options } from "../../os/network/tls/socket.ts";
import { Channel as GrpcChannel, ChannelCredentials, credentials as grpc } from "./etcd3.ts";

/** The largest answer: a page of the largest values. */
const ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * The one place where an address becomes a connection to etcd.
 * Nothing is tried twice by etcd3 itself, nor is an endpoint left alone for a while. All services
 * share one channel, which shares its connection with no other: one that went bad goes with it.
 *
 * No keepalive: one of the runtimes has no pings, and gRPC takes that for a broken connection. A
 * watch asks for signs of life itself, every other call has a deadline.
 */
export function clientOptions(address: Address, credentials: Credentials = "none"): IOptions {
  const options = {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 500,
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.max_receive_message_length": ANSWER_BYTES,
  };
  const channelOverride = new GrpcChannel(
    hostAndPort(address),
    credentials === "none" ? grpc.createInsecure() : new MutualTls(credentials),
    options,
  );
  return {
    hosts: addressText(address),
    faultHandling: { global: once, host: () => once },
    grpcOptions: { ...options, channelOverride } as NonNullable<IOptions["grpcOptions"]>,
  };
}

/** The policy that does it and no more; the two are all of its interface that etcd3 uses. */
const once = {
  execute: (call: (context: never) => unknown) => Promise.resolve(call(undefined as never)),
} as unknown as NonNullable<NonNullable<IOptions["faultHandling"]>["global"]>;

/**
 * Has gRPC take connections of ours: its own would show for ever what the certificates' files were at first, and
 * one runtime's HTTP/2 shows no certificate at all.
 */
class MutualTls extends ChannelCredentials {
  readonly #shown: TlsCredentials;

  constructor(shown: TlsCredentials) {
    super();
    this.#shown = shown;
  }

  override _getConnectionOptions(): ReturnType<typeof http2Options> {
    return http2Options(this.#shown);
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: GrpcCredentials): boolean {
    return other === this;
  }

  override compose(): GrpcCredentials {
    return this;
  }
}
