/** The control socket of an agent whose prefix others work in. */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import type { ControlSocketOptions } from "../../../src/app/control/control_server.ts";
import { ControlSocket } from "../../../src/app/control/control_socket.ts";
import { takeStateLock } from "../../../src/os/state/state_lock.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { control } from "../../support/control.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { eventually } from "../../support/processes.ts";
import { inDirectory } from "../../support/program.ts";

const MINUTE_MS = 60_000;

type Parts = ConstructorParameters<typeof ControlSocket>[1];

/** An agent's socket, opened below a prefix that is locked as an agent's is. */
async function opened(prefix: string, said: string[] = []) {
  const lock = await takeStateLock(prefix, "graph.yaml", createLocalClock());
  assert(lock.ok);
  const clock = new ManualClock();
  const reporter = { event: (event: object) => void said.push(JSON.stringify(event)) };
  const options = {
    settings: { convergedTimeoutSeconds: -1 },
    host: { clock },
    reporter,
    state: {},
    prefix,
    follow: () => {},
  };
  const socket = new ControlSocket(
    options as unknown as ControlSocketOptions,
    {
      engine: { stuck: () => undefined },
      memory: { answered: () => {} },
    } as unknown as Parts,
  );
  socket.open();
  assert(await eventually(() => answers(prefix)), "nobody answers");
  const close = async () => {
    await socket.close();
    lock.value.close();
  };
  return { clock, close };
}

async function answers(prefix: string): Promise<boolean> {
  return (await control(prefix, "GET", "/healthz")).status === 200;
}

Deno.test("a control socket: as long as it is open its directory is locked, so that nothing sweeps it", () =>
  inDirectory(async (directory) => {
    const isFree = async () => {
      const args = ["--nonblock", "--exclusive", directory, "true"];
      return (await new Deno.Command("flock", { args }).output()).success;
    };
    const { close } = await opened(directory);
    assertEquals(await isFree(), false);
    await close();
    assertEquals(await isFree(), true);
  }));

const HARMS: Readonly<Record<string, (socket: string) => void>> = {
  removed: (socket) => Deno.removeSync(socket),
  "replaced by a file": (socket) => {
    Deno.removeSync(socket);
    Deno.writeTextFileSync(socket, "x");
  },
  "removed where its link leads": (socket) => Deno.removeSync(Deno.readLinkSync(socket)),
};

for (const [what, harm] of Object.entries(HARMS)) {
  Deno.test(`control: a socket that was ${what} is there again within a minute`, async () => {
    await inDirectory(async (directory) => {
      const prefix = join(directory, what.includes("link") ? "long/".repeat(25) : "prefix");
      const said: string[] = [];
      const { clock, close } = await opened(prefix, said);
      harm(join(prefix, "control.sock"));
      assert(!await answers(prefix));
      await clock.pass(MINUTE_MS);
      assert(await eventually(() => answers(prefix)), "the socket is not there again");
      assertEquals(said.length, 1);
      await close();
    });
  });
}

Deno.test("control: an agent whose prefix was moved away leaves the socket of the next one alone", async () => {
  await inDirectory(async (directory) => {
    const prefix = join(directory, "prefix");
    const moved = await opened(prefix);
    Deno.renameSync(prefix, join(directory, "elsewhere"));
    const next = await opened(prefix);
    const { ino } = Deno.lstatSync(join(prefix, "control.sock"));
    await moved.clock.pass(MINUTE_MS);
    await moved.close();
    assert(await answers(prefix), "the socket of the next one is gone");
    assertEquals(Deno.lstatSync(join(prefix, "control.sock")).ino, ino);
    await next.close();
  });
});
