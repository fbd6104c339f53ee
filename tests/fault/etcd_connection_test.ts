import { assert } from "@std/assert";
import { Channel } from "../../src/etcd/client/etcd3.ts";
import { EtcdPool } from "../../src/etcd/client/pool.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { eventually, TestCluster } from "../support/etcd.ts";

const TRANSIENT_FAILURE = 3;

Deno.test({
  name: "a connection that gRPC does not make again once it has failed is made anew",
  // On one runtime what a connection leaves behind is seen after its end.
  ...{ sanitizeOps: false, sanitizeResources: false },
  fn: async () => {
    await using cluster = await TestCluster.start(1);
    const [url = ""] = cluster.clientUrls;
    const { getConnectivityState } = Channel.prototype;
    let stuck: unknown;
    // What was seen where a connection ended while it was being made.
    Channel.prototype.getConnectivityState = function (tryToConnect: boolean) {
      stuck ??= this;
      return this === stuck ? TRANSIENT_FAILURE : getConnectivityState.call(this, tryToConnect);
    };
    const pool = new EtcdPool({ clientUrls: [url], credentials: "none" }, createLocalClock());
    try {
      let asked = 0;
      const answers = async () => {
        asked++;
        const question = { what: "ask", service: "Maintenance", method: "status", request: {} };
        const answer = await pool.askAt(
          url,
          { ...question, service: "Maintenance", reads: true },
          { deadlineMs: 1000 },
        );
        return answer.ok;
      };
      await eventually(answers, () => `no answer to ${asked} questions`, 20_000);
      assert(asked > 1, "the first connection answered: nothing was tried");
    } finally {
      Channel.prototype.getConnectivityState = getConnectivityState;
      pool.close();
    }
  },
});
