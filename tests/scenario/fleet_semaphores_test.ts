/** A semaphore of the fleet between real agents and a real etcd. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

/** A command that writes down when it begins and ends, and is to run once. */
function graphOf(directory: string, host: string, meta = ""): string {
  const path = `${directory}/${host}.yaml`;
  const says = (what: string) => `echo ${what} ${host} >> ${directory}/log`;
  const text = `graph: ${host}
resources:
  exec:
  - name: reload
    cmd: "${says("begin")}; while ! test -e ${directory}/go; do sleep 0.05; done; ${
    says("end")
  }; touch ${directory}/${host}-done"
    shell: /bin/sh
    creates: ${directory}/${host}-done
    meta: {sema: ["fleet:reload:1"]${meta}}
`;
  Deno.writeTextFileSync(path, text);
  return path;
}

function place(directory: string, host: string): string[] {
  return ["--hostname", host, "--prefix", `${directory}/${host}`];
}

Deno.test("of all hosts one at a time changes what a semaphore of the fleet guards", () =>
  inDirectory(async (directory) => {
    const [client, peer] = [freeUrl(), freeUrl()];
    const first = new Program([
      ...["run", graphOf(directory, "a"), ...place(directory, "a")],
      ...["--client-urls", client, "--server-urls", peer],
    ]);
    try {
      const runs = ["b", "c", "d"].map((host) =>
        mgmt([
          ...["run", graphOf(directory, host), ...place(directory, host), "--no-server"],
          ...["--seeds", client, "--converged-timeout", "0", "--cluster-wait", "120"],
          ...["--max-runtime", "120"],
        ])
      );
      const log = () => contentOf(`${directory}/log`)?.trim().split("\n") ?? [];
      await within(60_000, () => log().length >= 1, () => first.stderr);
      const status = await mgmt(["cluster", "status", ...place(directory, "a")]);
      // Whoever is first works until this is said.
      Deno.writeTextFileSync(`${directory}/go`, "");
      for (const { code, stderr } of await Promise.all(runs)) assertEquals(code, 0, stderr);
      await within(60_000, () => log().length >= 8, () => `${log()}: ${first.stderr}`);
      const order = log().map((line) => line.split(" ")[0]);
      assertEquals(order.join(" "), Array(4).fill("begin end").join(" "), log().join(", "));
      assertEquals(new Set(log()).size, 8, "each of the four once");
      assertStringIncludes(status.stdout, "fleet:reload:1, held by ");
    } finally {
      await first.interrupt();
    }
  }));

Deno.test("where no cluster answers a change waits, or goes on without a place where it may", () =>
  inDirectory(async (directory) => {
    Deno.writeTextFileSync(`${directory}/go`, "");
    const away = ["--no-server", "--seeds", freeUrl(), "--cluster-wait", "1"];
    const once = ["--converged-timeout", "0"];
    const run = (host: string, meta: string, limit: string) =>
      mgmt([
        ...["run", graphOf(directory, host, meta), ...place(directory, host), ...away, ...once],
        ...["--max-runtime", limit],
      ]);
    const [goes, waits, would] = await Promise.all([
      run("goes", ", fleet_fallback: go", "120"),
      run("waits", "", "3"),
      mgmt(["run", graphOf(directory, "would"), ...place(directory, "would"), "--noop", ...once]),
    ]);
    assertEquals([goes.code, waits.code, would.code], [0, 5, 0], goes.stderr + waits.stderr);
    assertStringIncludes(goes.stderr, "goes on without a place in fleet:reload:1");
    assertEquals(contentOf(`${directory}/log`), "begin goes\nend goes\n");
    assertStringIncludes(would.stderr, "Would apply");
    assert(waits.tookMs < 60_000, "the end of its time ends the wait");
  }));
