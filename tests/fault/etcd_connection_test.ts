import { assert } from "@std/assert";
import { Channel } from "../../src/etcd/client/etcd3.ts";
import { EtcdPool } from "../../src/etcd/client/pool.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { eventually, TestCluster } from "../support/etcd.ts";

const CONNECTING = 1, TRANSIENT_FAILURE = 3;

for (
  const [state, what] of [
    // What was seen where a connection ended while it was being made.
    [TRANSIENT_FAILURE, "that gRPC does not make again once it has failed"],
    [CONNECTING, "that gRPC waits for without end"],
  ] as const
) {
  Deno.test({
    name: `a connection ${what} is made anew`,
    // On one runtime what a connection leaves behind is seen after its end.
    ...{ sanitizeOps: false, sanitizeResources: false },
    fn: async () => {
      await using cluster = await TestCluster.start(1);
      const [url = ""] = cluster.clientUrls;
      const { getConnectivityState, watchConnectivityState } = Channel.prototype;
      let stuck: unknown;
      Channel.prototype.getConnectivityState = function (tryToConnect: boolean) {
        stuck ??= this;
        return this === stuck ? state : getConnectivityState.call(this, tryToConnect);
      };
      Channel.prototype.watchConnectivityState = function (seen, deadline, changed) {
        if (this !== stuck) return watchConnectivityState.call(this, seen, deadline, changed);
        setTimeout(changed, Math.max(0, Number(deadline) - Date.now()));
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
        await eventually(answers, () => `no answer to ${asked} questions`);
        assert(asked > 1, "the first connection answered: nothing was tried");
      } finally {
        Object.assign(Channel.prototype, { getConnectivityState, watchConnectivityState });
        pool.close();
      }
    },
  });
}
