import { assertEquals } from "@std/assert";
import { helperProcess, startAhead } from "../../../src/os/process/helper_process.ts";
import { CHILD_WORD } from "../../../src/program/protocol.ts";

/** The processes that this one has started and that are not gone. */
function children(): readonly number[] {
  return [...Deno.readDirSync("/proc/self/task")].flatMap(({ name }) =>
    Deno.readTextFileSync(`/proc/self/task/${name}/children`).split(" ").map(Number)
  ).filter((pid) => pid > 0).sort();
}

async function ends(process: Deno.ChildProcess): Promise<Deno.CommandStatus> {
  await process.stdin.close();
  await Promise.all([process.stdout.cancel(), process.stderr.cancel()]);
  return await process.status;
}

// What limits a helper keeps the C library.
const KEEPS = { sanitizeResources: false };

Deno.test(
  "a helper that was started ahead is the one that is asked for, once, and ends when nobody speaks to it any more",
  KEEPS,
  async () => {
    const before = children();
    startAhead(CHILD_WORD);
    const ahead = children().filter((pid) => !before.includes(pid));
    const [one, other] = [helperProcess(CHILD_WORD), helperProcess(CHILD_WORD)];
    const after = children().filter((pid) => !before.includes(pid));
    assertEquals(ahead, [one.pid]);
    assertEquals(after, [one.pid, other.pid]);
    for (const each of [one, other]) assertEquals((await ends(each)).code, 0);
  },
);
