/** What a snapshot of a cluster with TLS becomes on a host that knows nothing of that cluster. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { etcdPrograms } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { contentOf, inDirectory, mgmt, Program, shell, within } from "../support/program.ts";

Deno.test("a snapshot with rights comes back with TLS and rights in a fresh prefix, or not at all; its hosts come over", () =>
  inDirectory(async (directory) => {
    const [snapshot, secret] = [join(directory, "snapshot"), join(directory, "secret")];
    const programs: Program[] = [];
    const start = (host: string, ...more: string[]) => {
      const graph = join(directory, `${host}.yaml`);
      const files = join(directory, `${host}.d`);
      Deno.mkdirSync(files, { recursive: true });
      const file = `{name: "@@${host}", path: "${directory}/x-${host}", content: ${host}}`;
      const collect = `{kind: file, pattern: "${files}/"}`;
      Deno.writeTextFileSync(
        graph,
        `graph: g\nresources: {file: [${file}]}\ncollect: [${collect}]\n`,
      );
      const program = new Program([
        ...["run", graph, "--prefix", join(directory, host), "--hostname", host, ...more],
      ]);
      programs.push(program);
      return program;
    };
    const on = (host: string, ...words: string[]) =>
      mgmt([...words, "--prefix", join(directory, host)]);
    const addresses = () => {
      const [client, server] = [`127.0.0.1:${freePort()}`, `127.0.0.1:${freePort()}`];
      return { client, flags: ["--client-urls", client, "--server-urls", server] };
    };
    const etcdctl = (client: string, words: string) => {
      const [ca, cert, key] = ["ca.pem", "host.pem", "host.key"].map((name) =>
        join(directory, "b/cluster/trust", name)
      );
      const shown = `--cacert ${ca} --cert ${cert} --key ${key} --endpoints https://${client}`;
      return shell(`${join(etcdPrograms(), "etcdctl")} ${shown} ${words}`);
    };
    const said = () => programs.map(({ stderr }) => stderr).join("\n---\n");
    const [ofA, ofC] = [addresses(), addresses()];
    try {
      const first = start("a", "--tls", ...ofA.flags);
      await first.says("leads the cluster");
      const printed = await on("a", "cluster", "secret");
      Deno.writeTextFileSync(secret, printed.stdout, { mode: 0o600 });
      start("b", "--secret-file", secret, "--seeds", ofA.client, "--no-server");
      await within(60_000, () => contentOf(join(directory, "a.d/x-b")) === "b", said);
      await etcdctl(ofA.client, "put mine 1");
      assertEquals((await on("a", "cluster", "snapshot", snapshot)).code, 0);
      await first.interrupt();

      const refused = await on("c", "cluster", "restore", snapshot, "--yes");
      assertEquals(refused.code, 1, refused.stdout);
      assertStringIncludes(refused.stderr, "is of a cluster that speaks TLS");
      assertStringIncludes(refused.stderr, "mgmt cluster restore --secret-file FILE --prefix");
      const given = [
        "cluster",
        "restore",
        snapshot,
        "--secret-file",
        secret,
        "--hostname",
        "c",
      ] as const;
      const unconfirmed = await on("c", ...given);
      assertEquals(unconfirmed.code, 1, unconfirmed.stdout);
      for (const name of ["etcd", "trust/ca.pem", "trust/ca.key"]) {
        const path = join(directory, "c/cluster", name);
        assertEquals(await shell(`ls -d ${path} 2>/dev/null || true`), "", path);
      }
      const restored = await on("c", ...given, "--yes");
      assertEquals(restored.code, 0, restored.stderr);
      // That it speaks TLS is known before its first start, too.
      const believed = join(directory, "c/cluster/trust/ca.pem");
      Deno.renameSync(believed, `${believed}.gone`);
      const lost = await on("c", "members");
      assertEquals(lost.code, 1, lost.stdout);
      assertStringIncludes(lost.stderr, "ca.pem");
      Deno.renameSync(`${believed}.gone`, believed);

      const again = start("c", ...ofC.flags);
      await again.says("leads the cluster");
      assertStringIncludes(await etcdctl(ofC.client, "get mine"), "mine\n1\n");
      assertStringIncludes(await etcdctl(ofC.client, "auth status"), "Status: true");
      const plain = `${join(etcdPrograms(), "etcdctl")} --endpoints http://${ofC.client} get mine`;
      assert(!(await shell(`${plain} 2>&1 || true`)).includes("mine\n1\n"), "it serves plain text");
      const come = await on("b", "leave", "--join", ofC.client, "--lost");
      assertEquals(come.code, 0, come.stderr);
      assertMatch(come.stdout, /^b is in cluster [0-9a-f]+ now/);
      await within(60_000, () => contentOf(join(directory, "c.d/x-b")) === "b", said);
      const once = await on("c", ...given, "--yes");
      assertStringIncludes(once.stderr, "stop that agent first");
    } finally {
      await Promise.all(programs.map((program) => program.interrupt()));
    }
  }));
