/**
 * An agent that only runs etcd, to be killed: says what it hears, a line each. Arguments: directory,
 * member name, client URL, peer URL, and "new" or "ran".
 *
 * @module
 */

import { EtcdRunner } from "../../src/etcd/server/runner.ts";
import { createLocalHost } from "../../src/host/local.ts";
import { textOf } from "./cluster_news.ts";
import { at } from "./address.ts";

const [directory = "", name = "", clientUrl = "", peerUrl = "", state = "new"] = Deno.args;
const host = createLocalHost({ prefix: undefined, warn: console.log });
const runner = new EtcdRunner({
  directory,
  clientUrls: [clientUrl],
  peerUrls: [peerUrl],
  listenClients: [at(clientUrl)],
  listenPeers: [at(peerUrl)],
  credentials: "none",
  clock: host.clock,
  network: host.network,
  processes: host.processes,
  listener: {
    runs: (member) => console.log(`runs ${member}`),
    ended: (member, end, message) => console.log(`ended ${member} ${end} ${message}`),
  },
  tell: (news) => console.log(textOf(news)),
});
runner.wish({ name, initialCluster: [{ name, url: peerUrl }], state: state as "new" | "ran" });
setInterval(() => {}, 1e6);
