/** `mgmt web` where no agent runs. */

import { inDirectory } from "../../support/program.ts";
import { WebProcess } from "../../support/web_process.ts";

Deno.test("web: with a prefix where no agent runs it says so beside the link", () =>
  inDirectory(async (directory) => {
    const web = new WebProcess(["--prefix", `${directory}/typo`]);
    try {
      await web.link();
      await web.says("No agent runs there now");
    } finally {
      await web.end();
    }
  }));
