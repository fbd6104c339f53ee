/** Facts of a host that changes while it is looked at, in namespaces of its own. */

import { assertEquals } from "@std/assert";
import { CAN_HAVE_NETWORKS } from "../support/network_namespace.ts";
import { contentOf, inDirectory, Program, shell, within } from "../support/program.ts";
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
      const found = await isSoon(() => program.stdout.includes(line), 60_000);
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

/** Whether a test may have an /etc of its own. */
const CAN_HAVE_ETC = CAN_HAVE_NETWORKS &&
  (await shell(`unshare --mount sh -c '${ownEtc("/tmp")}'`)) === "";

/** Lays something over /etc that goes with the namespace of mounts. */
function ownEtc(directory: string): string {
  return `mount -t tmpfs t ${directory} && mkdir ${directory}/u ${directory}/w && ` +
    `mount -t overlay -o lowerdir=/etc,upperdir=${directory}/u,workdir=${directory}/w o /etc`;
}

Deno.test({
  name:
    "labels and programs below /etc/mgmt make and change a graph, and what was said last outlives kill -9",
  ignore: !CAN_HAVE_ETC,
  async fn() {
    await inDirectory(async (directory) => {
      const [graph, out, etc] = ["g.yaml", "out", "etc"].map((name) => `${directory}/${name}`);
      await Deno.mkdir(etc!);
      const file = `{name: ${out}, content: "\${host.rack} \${host.site}", when: {role: web}}`;
      await Deno.writeTextFile(graph!, `graph: g\nvalues:\nresources:\n  file:\n  - ${file}\n`);
      let files = 0;
      /** The command that puts a file below /etc/mgmt. */
      const put = async (path: string, text: string, mode = 0o644) => {
        const from = `${directory}/${++files}`;
        await Deno.writeTextFile(from, text);
        await Deno.chmod(from, mode);
        const made =
          `mkdir -p /etc/mgmt/labels.d /etc/mgmt/facts.d && cp -p ${from} /etc/mgmt/.new`;
        return `${made} && mv /etc/mgmt/.new /etc/mgmt/${path}`;
      };
      const rack = (does: string) => put("facts.d/rack", `#!/bin/sh\n${does}\n`, 0o755);
      const role = await put("labels.d/role", "role=web\n");
      const programs: Program[] = [];
      const start = async (...commands: readonly string[]) => {
        const site = await put("facts.d/site.yaml", "graz\n");
        const first = [ownEtc(etc!), site, ...commands, 'exec "$@"'].join(" && ");
        const through = ["unshare", "--mount", "sh", "-c", first, "sh"];
        const program = new Program(["run", graph!, "--prefix", `${directory}/prefix`], {
          through,
        });
        programs.push(program);
        return program;
      };
      const has = (text: string) =>
        within(
          60_000,
          () => contentOf(out!) === text,
          () => `${text}: ${contentOf(out!)} ${programs.map(({ stderr }) => stderr)}`,
        );
      const program = await start(await rack("echo 7"));
      const inside = async (command: string) => {
        const enter = `nsenter --target ${program.pid} --mount`;
        assertEquals(await shell(`${enter} sh -c '${command}'`), "");
      };
      await program.says("Vertices(0)");
      await inside(role);
      await has("7 graz");
      await inside(await rack("echo 8"));
      await has("8 graz");
      await inside(await rack("exit 1"));
      await program.says("what it said last is used");
      program.signal("SIGKILL");
      await program.ended();
      await Deno.remove(out!);
      const next = await start(await rack("exit 1"), role);
      await has("8 graz");
      await next.says("what it said last is used");
      await next.interrupt();
    });
  },
});
