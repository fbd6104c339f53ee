/** Files of several names, whose own watches end with them. */

import { ok } from "../../../src/base/result.ts";
import type { Host } from "../../../src/host/host.ts";
import type { KindContext } from "../../../src/kind/kind.ts";
import { LinkedFiles } from "../../../src/kind/linked_files.ts";
import type { SeenChange } from "../../../src/os/watch/watcher.ts";
import { quiet, until, withWatcher } from "../os/watcher_helpers.ts";

Deno.test("a file that is made anew is heard of through its other name, also where it has the former one's number", () =>
  withWatcher(async ({ watcher, directory, want }) => {
    const [path, other] = [`${directory}/f`, `${directory}/g`];
    // Most file systems give the number of what was removed to what is made next, and some never do.
    const sight = { type: "file", stat: { type: "file", links: 2, inode: 7 } };
    const host = { watcher, files: { look: () => ok(sight) } } as unknown as Host;
    const heard = { count: 0, modified: 0 };
    const changed = ({ what }: SeenChange) => {
      heard.count++;
      if (what === "modified") heard.modified++;
    };
    const linked = new LinkedFiles({ host, changed });
    const { files } = linked.context({ host } as KindContext<unknown>).host;
    const made = async () => {
      Deno.writeTextFileSync(path, "x");
      Deno.linkSync(path, other);
      await files.look(path, {});
    };
    const isHeard = async () => {
      const { modified } = heard;
      await until("what is written through the other name", () => {
        files.look(path, {});
        Deno.writeTextFileSync(other, "y");
        return heard.modified > modified;
      });
    };
    // Files are watched beside paths, as an agent does it.
    const paths = want(`${directory}/beside`);
    await watcher.settle();
    await made();
    await isHeard();
    const { count } = heard;
    Deno.removeSync(path);
    Deno.removeSync(other);
    await made();
    // Whoever looked too early is told to look again.
    await until("it is gone", () => heard.count > count);
    await quiet([heard as never]);
    await isHeard();
    linked.close();
    paths.close();
  }));
