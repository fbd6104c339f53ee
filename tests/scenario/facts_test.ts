/** Facts of a host that changes while it is looked at, in namespaces of its own. */

import { assertEquals } from "@std/assert";
import { CAN_HAVE_NETWORKS } from "../support/network_namespace.ts";
import { Program, shell } from "../support/program.ts";
import { isSoon } from "../support/polling.ts";

Deno.test({
  name: "a name that jumps, and addresses and routes that come and go, are seen as they happen",
  ignore: !CAN_HAVE_NETWORKS,
  async fn() {
    const through = ["unshare", "--uts", "--net"];
    const program = new Program(["facts", "--watch", "--output", "json"], { through });
    const inside = async (command: string) => {
      const enter = `nsenter --target ${program.pid} --uts --net`;
      assertEquals(await shell(`${enter} sh -c '${command}'`), "");
    };
    const says = async (line: string) => {
      const found = await isSoon(() => program.stdout.includes(line), 20_000);
      assertEquals(found, true, `${line} in ${program.stdout}${program.stderr}`);
    };
    await says("\n}\n");
    await inside("hostname jumped.example.org");
    await says('{"name":"jumped.example.org","fqdn":"jumped.example.org"}\n');
    const add = "ip addr add 192.0.2.77/24 dev lo && ip addr add 192.0.2.78/32 dev lo";
    await inside(`ip link set lo up && ${add}`);
    await says("no default route says which of 2 addresses it is");
    await inside("ip route add default dev lo");
    await says('{"address":"192.0.2.77"}\n');
    await inside("ip route del default && ip addr flush dev lo");
    await says("there is no address but those of the loopback and of links");
    await inside("ip addr add 2001:db8::5/64 dev lo nodad");
    await says('{"addresses":["2001:db8::5"],"address":"2001:db8::5"}\n');
    assertEquals((await program.interrupt()).code, 0);
  },
});
