/**
 * Real etcd with certificates, which tells its users apart by them.
 *
 * @module
 */

import { EtcdPool, type Question } from "../../src/etcd/client/pool.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { TestCluster } from "./etcd.ts";
import { EtcdWorld } from "./etcd_world.ts";
import { ONE, type RightsWorld, TWO } from "./rights_contract.ts";
import { TlsFiles } from "./tls_files.ts";

/** A host that has a certificate of the cluster's, and no user. */
export const NOBODY = "0000cccc".repeat(4);

const CLOCK = createLocalClock();

/** A call as etcd's protocol has it. */
export type RawCall = Pick<Question, "service" | "method" | "request">;

/** Real etcd, and stores of several users. */
export class EtcdRightsWorld extends EtcdWorld implements RightsWorld {
  static async begin(size = 1): Promise<EtcdRightsWorld> {
    const tls = await TlsFiles.make();
    for (const id of [ONE, TWO, NOBODY]) await tls.certify(id, { type: "host", id });
    return new EtcdRightsWorld(await TestCluster.start(size, { tls }), tls);
  }

  /** What etcd answers to a call of its own protocol: `done`, or what it says. */
  async said(user: string, call: RawCall): Promise<string> {
    const credentials = this.tls?.client(user) ?? "none";
    const pool = new EtcdPool({ clientUrls: this.endpoints, credentials }, CLOCK);
    try {
      const answer = await pool.ask({ ...call, what: "ask", reads: false }, { deadlineMs: 5000 });
      return answer.ok ? "done" : answer.failure.message.replace(/^.*?: /, "");
    } finally {
      pool.close();
    }
  }

  openAs(user: string): Store {
    return this.open(this.tls === undefined ? {} : { credentials: this.tls.client(user) });
  }
}
