/** `mgmt web` on a terminal with job control. */

import { assertEquals } from "@std/assert";
import { freePort } from "../../support/free_port.ts";
import { Tmux } from "../../support/tmux.ts";

Deno.test("web: in the background of a terminal it goes on, and in the foreground Enter shows a link again", () =>
  Tmux.in({ columns: 120, rows: 40 }, async (tmux, directory) => {
    const port = freePort();
    const origin = `http://127.0.0.1:${port}`;
    const links = (count: number) =>
      tmux.shows((screen) => screen.split(`${origin}/login?token=`).length === count + 1);
    const serves = async () => {
      const answer = await fetch(origin);
      await answer.body?.cancel();
      assertEquals(answer.status, 401);
    };
    await tmux.runs(`./mgmt web --prefix ${directory}/none --listen 127.0.0.1:${port}`);
    await links(1);
    await tmux.types("Enter");
    await links(2);
    await tmux.types("C-z");
    await tmux.shows(/Stopped/);
    await tmux.runsAnew("bg");
    await tmux.shows(/^\[1\]\+ .*&$/m);
    await serves();
    await tmux.runsAnew("jobs");
    await tmux.shows(/Running +\.\/mgmt web/);
    await tmux.runsAnew("fg");
    await tmux.shows(/^\.\/mgmt web/m);
    await serves();
    await tmux.types("Enter");
    await links(1);
    await tmux.types("C-c");
    await tmux.shows(/^(\^C)?\$/m);

    // The same from its beginning.
    await tmux.runsAnew(`./mgmt web --prefix ${directory}/none --listen 127.0.0.1:${port} &`);
    await links(1);
    await serves();
    await tmux.runsAnew("jobs");
    await tmux.shows(/Running +\.\/mgmt web/);
    await tmux.runsAnew("fg");
    await tmux.shows(/^\.\/mgmt web/m);
    await tmux.types("Enter");
    await links(1);
    await tmux.types("C-c");
    await tmux.shows(/^(\^C)?\$/m);
  }));
