import { assertEquals } from "@std/assert";
import { trustAsService } from "../../../src/app/graph/graph_trust.ts";
import { KeptGraphs } from "../../../src/app/graph/kept_graphs.ts";
import { inFileWorld } from "../../support/file_world.ts";

const REST = { openings: [], text: "graph: g\n" };

Deno.test("the last good readings of so many files are kept, the oldest go", () =>
  inFileWorld(async ({ host, prefix }) => {
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    const kept = new KeptGraphs({ host, prefix, earlier: prefix, warn });
    const rule = trustAsService();
    const find = async (path: string, name = path, unsafe = false) =>
      (await kept.find({ name, path, unsafe, rule }))?.text;
    for (let count = 0; count < 18; count++) {
      kept.keep({ name: `/g${count}`, path: `/g${count}`, ...REST });
      await kept.kept();
      // The kernel's clock is coarse, and what is the oldest must be sure.
      for (const { name } of Deno.readDirSync(`${prefix}/graphs`)) {
        const file = `${prefix}/graphs/${name}`;
        const { path } = JSON.parse(Deno.readTextFileSync(file)) as { path: string };
        Deno.utimeSync(file, 1, Number(path.slice(2)));
      }
    }
    const found = [];
    for (let count = 0; count < 18; count++) {
      if (await find(`/g${count}`) !== undefined) found.push(count);
    }
    assertEquals(found, Array.from({ length: 16 }, (_, index) => index + 2));
    assertEquals(warnings, []);
    // By another name only where nobody else can lead that elsewhere.
    assertEquals(await find("/g9", "/link"), REST.text);
    assertEquals(await find("/g9", "/link", true), undefined);
    assertEquals(warnings.length, 1);
    assertEquals(await find("/g9", "/g9", true), REST.text);
  }));
