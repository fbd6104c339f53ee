/** Graphs with values, as people run them: on a host whose name changes, from files and the standard input. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { CAN_HAVE_NETWORKS } from "../support/network_namespace.ts";
import {
  contentOf,
  EXECUTABLE,
  inDirectory,
  mgmt,
  Program,
  shell,
  within,
} from "../support/program.ts";

const GRAPH = (directory: string) =>
  `graph: g
values: [{port: 80, dir: ${directory}}, site.yml]
resources:
  file:
  - {name: "\${dir}/name", content: "\${host.name}:\${port}\\n"}
  - {name: "\${dir}/port", content: "\${port}\\n"}
  - {name: "\${dir}/web", content: "web\\n", when: {role: web}}
  exec:
  - {name: run, cmd: "echo $\${HOME} \${port} >> \${dir}/ran", shell: /bin/sh}
edges:
- {from: {kind: file, name: "\${dir}/port"}, to: {kind: exec, name: run}}
- {from: {kind: file, name: "\${dir}/web"}, to: {kind: exec, name: run}}
`;

Deno.test({
  name: "a name that changes changes what was made of it, and nothing else; so do values in a file",
  ignore: !CAN_HAVE_NETWORKS,
  async fn() {
    await inDirectory(async (directory) => {
      const graph = `${directory}/g.yaml`;
      await Deno.writeTextFile(graph, GRAPH(directory));
      await Deno.writeTextFile(`${directory}/site.yml`, "port: 8080\n");
      const args = ["run", graph, "--prefix", `${directory}/prefix`, "--label", "role=web"];
      const through = ["unshare", "--uts", "sh", "-c", 'hostname first && exec "$@"', "sh"];
      const program = new Program(args, { through });
      const has = (file: string, text: string) =>
        within(
          60_000,
          () => contentOf(`${directory}/${file}`) === text,
          () => `${file}: ${contentOf(`${directory}/${file}`)} ${program.stderr}`,
        );
      try {
        await has("name", "first:8080\n");
        await has("web", "web\n");
        await has("ran", "/root 8080\n");
        assertEquals(await shell(`nsenter --target ${program.pid} --uts hostname second`), "");
        await has("name", "second:8080\n");
        assertEquals(contentOf(`${directory}/ran`), "/root 8080\n");
        await Deno.writeTextFile(`${directory}/site.yml`, "port: ${prt}\n");
        await program.says("there is no value prt");
        await Deno.writeTextFile(`${directory}/.new`, "port: 81\n");
        await Deno.rename(`${directory}/.new`, `${directory}/site.yml`);
        await has("name", "second:81\n");
        await has("port", "81\n");
        await has("ran", "/root 8080\n/root 81\n");
      } finally {
        await program.interrupt();
      }
    });
  },
});

Deno.test("validate, graph, plan and noop read values, with labels and facts that are given", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, GRAPH(directory).replace("host.name", "host.address"));
    await Deno.writeTextFile(`${directory}/site.yml`, "port: 8080\n");
    const facts = { name: "db7", labels: { role: "db" }, notKnown: { address: "no route" } };
    const file = `${directory}/db7.json`;
    await Deno.writeTextFile(file, JSON.stringify(facts));
    const unknown = await mgmt(["validate", graph, "--facts", file]);
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, "g.yaml:5:36: error: host.address is not known: no route");
    await Deno.writeTextFile(file, JSON.stringify({ ...facts, address: "192.0.2.9" }));
    const shown = await mgmt(["graph", graph, "--facts", file, "--after", "values"]);
    assertStringIncludes(shown.stdout, "192.0.2.9:8080");
    assertEquals(shown.stdout.includes("/web"), false, shown.stdout);
    const plan = await mgmt(["plan", graph, "--facts", file, "--output", "json"]);
    assertEquals(plan.code, 2, plan.stderr);
    assertEquals((JSON.parse(plan.stdout) as { resources: unknown[] }).resources.length, 3);
    const here = `${directory}/here.yaml`;
    const fixed = ["kernel", "arch", "cpus", "memoryMb", "name"].map((name) => `\${host.${name}}`);
    await Deno.writeTextFile(
      here,
      `graph: h\nvalues:\nresources: {noop: [{name: "${fixed.join(" ")}"}]}\n`,
    );
    assertEquals((await mgmt(["validate", here])).code, 0);
    const state = ["--tmp-prefix", "--converged-timeout", "0", "--no-network"];
    const noop = await mgmt(["run", graph, "--noop", ...state, "--label", "role=web"]);
    assertEquals([noop.code, contentOf(`${directory}/web`)], [0, undefined], noop.stderr);
    assertStringIncludes(noop.stderr, "File[" + directory + "/web]");
    const piped = `cd ${directory} && cat g.yaml | MGMT_LABEL=role=web ${EXECUTABLE} run - `;
    const said = await shell(piped + state.join(" "));
    assertEquals(contentOf(`${directory}/web`), "web\n", said);
    assertEquals(contentOf(`${directory}/ran`), "/root 8080\n", said);
  });
});

Deno.test({
  name:
    "a graph that asks for an address waits until there is one, and goes on without it afterwards",
  ignore: !CAN_HAVE_NETWORKS,
  async fn() {
    await inDirectory(async (directory) => {
      const graph = `${directory}/g.yaml`;
      const content = "{name: a, path: " + directory + "/a, content: '${host.address}'}";
      await Deno.writeTextFile(graph, `graph: g\nvalues:\nresources:\n  file:\n  - ${content}\n`);
      const args = ["run", graph, "--prefix", `${directory}/prefix`];
      const started = () => new Program(args, { through: ["unshare", "--net"] });
      const has = (text: string) =>
        within(60_000, () => contentOf(`${directory}/a`) === text, `${text} in a`);
      const stopped = started();
      await stopped.says("waits for what is not known yet");
      stopped.signal("SIGTERM");
      await stopped.ended();
      const program = started();
      const inside = async (command: string) => {
        const enter = `nsenter --target ${program.pid} --net`;
        assertEquals(await shell(`${enter} sh -c '${command}'`), "");
      };
      try {
        await program.says("waits for what is not known yet");
        await inside("ip link set lo up && ip addr add 192.0.2.77/24 dev lo");
        await has("192.0.2.77");
        await inside("ip addr del 192.0.2.77/24 dev lo");
        await program.says("the graph that was read before stays in force");
        await inside("ip addr add 192.0.2.78/24 dev lo");
        await has("192.0.2.78");
      } finally {
        await program.interrupt();
      }
    });
  },
});
