/**
 * A plain cluster of three machines whose executable is replaced by one that knows TLS, one host after the
 * other. (With an executable from before TLS itself: scripts/replace_older.ts.)
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CAN_HAVE_NETWORKS } from "../support/network_namespace.ts";
import { asBeforeTls, replacedHosts, Replacement } from "../support/replacement.ts";

/** The leases of a host that leads may have to end first, and where ten others want the cores all takes its time. */
const LONGEST_MS = 45_000;

Deno.test({
  name:
    "three hosts of a plain cluster go on in plain text with another executable, and never stop to exchange",
  ignore: !CAN_HAVE_NETWORKS,
  fn: async () => {
    await using hosts = await Replacement.start({ flags: ["--insecure-plaintext"] });
    for (const host of replacedHosts()) {
      // By what etcd has written down, where nothing else says it.
      const release = host === "h2" ? { unaddressed: true } as const : {};
      await hosts.replace(host, release, () => asBeforeTls(hosts.prefix(host)));
      assertMatch(
        hosts.said(host),
        /Warning: the cluster's traffic is plain text.*mgmt cluster secure/,
      );
      assert(!hosts.said(host).includes("TLS from now on"), hosts.said(host));
    }
    assertStringIncludes(hosts.said("h2"), "listens at 10.9.8.2:2379 and 10.9.8.2:2380 as before");
    const status = await hosts.command("h1", "cluster", "status");
    assertEquals(status.code, 0, status.stderr);
    assertMatch(status.stdout, /traffic +plain text/);
    for (const [host, gap] of hosts.gaps) {
      assert(gap < LONGEST_MS, `${host} heard nothing new for ${Math.round(gap)} ms`);
    }
  },
});
