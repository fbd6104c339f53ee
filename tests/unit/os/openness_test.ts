/** Who may read what: by the modes of all directories on the way, where links lead to. */

import { assertEquals } from "@std/assert";
import { isPrivate } from "../../../src/app/running_plan/private_resource.ts";
import { isGraphOpen } from "../../../src/os/graph_openness.ts";
import { inDirectory } from "../../support/program.ts";

/** A directory that everybody may enter, and one in it that only its owner may. */
function inPlaces(test: (open: string, closed: string) => void): Promise<void> {
  return inDirectory((directory) => {
    Deno.chmodSync(directory, 0o755);
    const closed = `${directory}/closed`;
    Deno.mkdirSync(closed);
    for (const place of [directory, closed]) {
      Deno.writeTextFileSync(`${place}/file`, "x", { mode: 0o644 });
      Deno.chmodSync(`${place}/file`, 0o644);
    }
    Deno.chmodSync(closed, 0o700);
    test(directory, closed);
    return Promise.resolve();
  });
}

const isHidden = (path: string, more = {}) => isPrivate({ params: { path, ...more } });

Deno.test("what is in a directory that others may not enter is private, whatever its own mode", () =>
  inPlaces((open, closed) => {
    assertEquals(isHidden(`${open}/file`), false);
    assertEquals(isHidden(`${closed}/file`), true);
    assertEquals(isHidden(`${closed}/file`, { sensitive: false }), false);
    // What is made only later, also with directories that are not there yet.
    assertEquals(isHidden(`${open}/new/deep`), false);
    assertEquals(isHidden(`${closed}/new/deep`), true);
    Deno.symlinkSync(`${closed}/file`, `${open}/link`);
    assertEquals(isHidden(`${open}/link`), true);
    Deno.chmodSync(`${open}/file`, 0o600);
    Deno.symlinkSync(`${open}/file`, `${open}/other`);
    assertEquals(isHidden(`${open}/other`), true);
  }));

Deno.test("a graph is open where it, all it leads to and the directories above are open to others", () =>
  inPlaces((open, closed) => {
    assertEquals(isGraphOpen(`${open}/file`), true);
    assertEquals(isGraphOpen(`${closed}/file`), false);
    assertEquals(isGraphOpen(`${open}/none`), false);
    Deno.symlinkSync(`${closed}/file`, `${open}/link`);
    assertEquals(isGraphOpen(`${open}/link`), false);
    Deno.chmodSync(closed, 0o755);
    assertEquals(isGraphOpen(`${open}/link`), true);
    assertEquals(isGraphOpen(closed), true);
    Deno.chmodSync(`${closed}/file`, 0o600);
    assertEquals([`${open}/link`, closed].map(isGraphOpen), [false, false]);
  }));
