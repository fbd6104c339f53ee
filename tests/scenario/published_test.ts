/** Files behind links inside a link's target, as container platforms publish volumes. */

import { assert } from "@std/assert";
import { contentOf, inDirectory, Program, within } from "../support/program.ts";

/** A volume: `NAME` → `..data/NAME`, and `..data` → the directory of a version. */
class Volume {
  constructor(readonly path: string, first: Record<string, string>) {
    Deno.mkdirSync(path);
    this.publish("1", first);
    for (const name of Object.keys(first)) Deno.symlinkSync(`..data/${name}`, `${path}/${name}`);
  }

  /** All files change at once, by one rename; the version before is removed. */
  publish(version: string, files: Record<string, string>): void {
    const directory = `${this.path}/..${version}`;
    Deno.mkdirSync(directory);
    for (const [name, text] of Object.entries(files)) {
      Deno.writeTextFileSync(`${directory}/${name}`, text);
    }
    const former = version === "1" ? undefined : Deno.readLinkSync(`${this.path}/..data`);
    Deno.symlinkSync(`..${version}`, `${this.path}/..data_tmp`);
    Deno.renameSync(`${this.path}/..data_tmp`, `${this.path}/..data`);
    if (former !== undefined) Deno.removeSync(`${this.path}/${former}`, { recursive: true });
  }
}

Deno.test("graph, source and source tree are heard however often their volume is published", () =>
  inDirectory(async (directory) => {
    const graph = (note: string) =>
      `graph: t
resources:
  file:
  - name: note
    path: ${directory}/note
    content: ${note}
  - name: copy
    path: ${directory}/copy
    source: ${directory}/data/cfg
  - name: tree
    path: ${directory}/tree/
    source: ${directory}/tree-link/
    recurse: true
`;
    const graphs = new Volume(`${directory}/graphs`, { "graph.yaml": graph("note-1") });
    const data = new Volume(`${directory}/data`, { cfg: "cfg-1" });
    Deno.symlinkSync("data/..data", `${directory}/tree-link`);
    const args = ["--file", `${directory}/graphs/graph.yaml`, "--prefix", `${directory}/prefix`];
    const program = new Program(["run", ...args]);
    const all = async (version: number) => {
      const wanted = {
        note: `note-${version}`,
        copy: `cfg-${version}`,
        "tree/cfg": `cfg-${version}`,
      };
      for (const [name, content] of Object.entries(wanted)) {
        const arrived = () => contentOf(`${directory}/${name}`) === content;
        await within(60_000, arrived, () => `${name} has not ${content}:\n${program.stderr}`);
      }
    };
    try {
      await all(1);
      const publish = (version: number) => {
        graphs.publish(`${version}`, { "graph.yaml": graph(`note-${version}`) });
        data.publish(`${version}`, { cfg: `cfg-${version}` });
      };
      publish(2);
      await all(2);
      publish(3);
      publish(4);
      await all(4);
      Deno.writeTextFileSync(`${directory}/data/..4/cfg`, "cfg-5");
      Deno.writeTextFileSync(`${directory}/graphs/..4/graph.yaml`, graph("note-5"));
      await all(5);
    } finally {
      const { code, stderr } = await program.interrupt();
      assert(code === 0 || code === 130, stderr);
    }
  }));
