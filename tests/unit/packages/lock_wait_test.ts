// both runtimes: it waits for real locks and processes

/** Waiting for whoever holds the lock of a package manager. */

import { createLocalClock } from "../../../src/os/local_clock.ts";
import { waitForHolder } from "../../../src/packages/lock_wait.ts";
import type { PackageHost } from "../../../src/packages/tools.ts";
import { inDirectory, within } from "../../support/program.ts";

/** Holds a lock until it reads a line, and lives on without it until its input ends. */
const HOLDER = `use Fcntl; $| = 1; open(F, ">>$ARGV[0]");
my $whole = pack("ssx4qqix4", F_WRLCK, 0, 0, 0, 0);
fcntl(F, F_SETLK, $whole) or die; print "held\\n";
<STDIN>; close(F); <STDIN>;`;

Deno.test("a holder that gives the lock back and goes on is not waited for any longer", () =>
  inDirectory(async (directory) => {
    const holder = new Deno.Command("perl", {
      args: ["-e", HOLDER, `${directory}/lock`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const [said, tells] = [holder.stdout.getReader(), holder.stdin.getWriter()];
    await said.read();
    const host = { clock: createLocalClock() } as PackageHost;
    const leaving = new AbortController();
    let isOver = false;
    const lock = { pid: holder.pid, what: "perl" };
    const waiting = waitForHolder(host, lock, 60_000, leaving.signal).then(() => isOver = true);
    await tells.write(new TextEncoder().encode("\n"));
    try {
      await within(30_000, () => isOver, "it is still waited for");
    } finally {
      leaving.abort();
      await waiting;
      await tells.close();
      await said.cancel();
      await holder.status;
    }
  }));
