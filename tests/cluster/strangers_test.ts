/** Who is on the network of a cluster that speaks TLS, or another user of one of its hosts. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { bytesOf, readSecret } from "../../src/trust/pem.ts";
import { etcdPrograms, eventually } from "../support/etcd.ts";
import { command, Fleet, NETWORK } from "../support/fleet.ts";
import { type FleetHost, PREFIX } from "../support/fleet_host.ts";
import { EXECUTABLE } from "../support/program.ts";
import { unwrap } from "../support/unwrap.ts";
import { Wire } from "../support/wire.ts";

/** What is exported, and must not be seen. */
const CANARY = "canary-7c1d9f4be0a25386-on-the-wire";
const PATHS = ["/version", "/health", "/metrics", "/members", "/mgmt/hello", "/v3/kv/range"];
/** Another user. */
const NOBODY = "setpriv --reuid 65534 --regid 65534 --clear-groups";

/** Asks for pages at an address without a certificate, in plain text and over TLS; prints all answers. */
function pages(address: string): string {
  const [host = "", port = ""] = address.split(":");
  return PATHS.map((path) => {
    const words = `GET ${path} HTTP/1.1\\r\\nHost: ${address}\\r\\nConnection: close\\r\\n\\r\\n`;
    return [
      `(printf '${words}' | timeout 5 openssl s_client -quiet -connect ${address}) 2>/dev/null &`,
      `(exec 3<>/dev/tcp/${host}/${port}; printf '${words}' >&3; timeout 5 cat <&3) 2>/dev/null &`,
    ].join(" ");
  }).concat("wait").join(" ");
}

/** The addresses at which a host listens. */
async function listening(host: FleetHost): Promise<readonly string[]> {
  const text = await host.run("ss -ltnH");
  return text.trim().split("\n").map((line) => line.trim().split(/\s+/)[3] ?? "");
}

/** Does something from the bridge, as another machine would. */
function fromOutside(script: string): Promise<string> {
  return command("ip", ["netns", "exec", NETWORK, "bash", "-c", script]);
}

/** What etcd would do for who has a certificate, in plain text and over TLS. */
async function refusesEtcdctl(at: string, words: string): Promise<void> {
  for (const flags of [`http://${at}`, `https://${at} --insecure-skip-tls-verify`]) {
    const limits = "--dial-timeout 1s --command-timeout 1s";
    const line = `${join(etcdPrograms(), "etcdctl")} ${limits} --endpoints ${flags} ${words}`;
    await assertRejects(() => fromOutside(line), Error, "", line);
  }
}

/** Waits until these have what that host says. */
async function have(hosts: readonly FleetHost[], from: FleetHost, text: string): Promise<void> {
  await eventually(
    () => hosts.every((host) => host.collected(from) === text),
    () => `not all have it\n${hosts.map(({ log }) => log).join("\n")}`,
  );
}

Deno.test("who is on the network of a cluster with TLS, or another user there, reads nothing and does nothing", async (t) => {
  await using fleet = await Fleet.boot(3, "tls");
  const [a, b, c] = fleet.hosts;
  assert(a !== undefined && b !== undefined && c !== undefined);
  await using wire = new Wire();
  c.takeSecret();

  await t.step("what hosts found, exchange and join with is not on the wire", async () => {
    const seeds = ["--seeds", fleet.addresses([a, b]), "--ideal-cluster-size", "1"];
    await Promise.all([a.start(...seeds), b.start(...seeds)]);
    await fleet.exchange(a, [a, b]);
    const leader = await fleet.decider();
    const token = (await leader.mgmt("token create --role server")).trim();
    Deno.writeTextFileSync(c.path("/root/token"), token, { mode: 0o600 });
    await c.start("--seeds", fleet.addresses([leader]), "--token-file", "/root/token");
    await c.says("is let into its cluster as server");
    a.graph(CANARY);
    await have([b, c], a, CANARY);
    // Over the same bridge, in plain text.
    await a.run(`bash -c 'echo heard-in-plain-text > /dev/udp/${b.address}/9'`);
    await wire.hears("heard-in-plain-text");
    assert(wire.length > 20_000, `${wire.length} bytes`);
    const secret = unwrap(readSecret(await c.mgmt("cluster secret")));
    assertEquals(wire.formsOf(CANARY), []);
    assertEquals(wire.has(bytesOf(secret.key).slice(36, 68)), false);
    for (const line of [...secret.key.split("\n").slice(1, -2), token.slice(0, 60)]) {
      assertEquals(wire.formsOf(line), [], "a secret");
    }
  });
  await t.step(
    "wherever something listens, who shows no certificate gets nothing done",
    async () => {
      const places = (await Promise.all(
        fleet.hosts.map(async (host) => (await listening(host)).map((at) => ({ host, at }))),
      )).flat();
      await Promise.all(places.map(async ({ host, at }) => {
        assertMatch(at, new RegExp(`^${host.address.replaceAll(".", "\\.")}:23(79|80)$`));
        const script = pages(at);
        const said = await fromOutside(script) + await host.run(`${NOBODY} bash -c "${script}"`);
        assertEquals(
          /HTTP\/\S+ (?!400|401)|clientUrls|etcd(server|cluster)|health"/.test(said),
          false,
          said,
        );
        for (const words of ["get --prefix /", "put x y"]) await refusesEtcdctl(at, words);
      }));
      // One has etcd for clients and members, the others answer who looks for their cluster.
      assertEquals(places.length, 4);
    },
  );
  await t.step(
    "another user of a host reads nothing of what is kept, and commands nothing",
    async () => {
      for (const host of fleet.hosts) {
        const tries = [
          ...["host.key", "ca.key", "ca.pem"].map((file) => `cat ${PREFIX}/cluster/trust/${file}`),
          `ls ${PREFIX}/cluster/trust`,
          `ls ${PREFIX}/cluster/etcd/data`,
          ...["members", "cluster secret", "token create", "leave", "cluster size 1"].map((words) =>
            `${EXECUTABLE} ${words} --prefix ${PREFIX}`
          ),
          `sh -c 'cat /proc/$(pgrep -o mgmt)/environ'`,
        ];
        for (const line of tries) {
          await assertRejects(
            () => host.run(`${NOBODY} ${line}`),
            Error,
            "",
            line,
          );
        }
      }
      const lines = await c.run(`${NOBODY} ps -eo args`);
      assertEquals(/PRIVATE KEY|mgmt1-/.test(lines), false, lines);
    },
  );
  await t.step("after all that they exchange as before", async () => {
    await fleet.exchangeAll();
  });
});
