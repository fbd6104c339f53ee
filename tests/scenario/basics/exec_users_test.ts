/** Commands as other users and groups, as root lets them be. */

import { assertEquals } from "@std/assert";
import { contentOf, shell } from "../../support/program.ts";
import { eventsOf, failureCodes, withJsonRun } from "../../support/json_run.ts";

/** Who a command is, where it is at home, and whose a file is that it makes. */
const WHO = "echo $(id -u):$(id -g):$(id -G):$HOME; : > DIR/made/$NAME";

function exec(name: string, fields: string): string {
  return `  - {name: ${name}, shell: /bin/sh, cmd: '${WHO}', env: {NAME: ${name}}, ${fields}}\n`;
}

Deno.test({
  name: "exec users and groups: by name and number, with their groups, files and homes",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    const text = "graph: who\nresources:\n  exec:\n" +
      exec("user", "user: nobody") +
      exec("group", "group: daemon") +
      exec("both", "user: nobody, group: daemon") +
      exec("numbers", 'user: "54321", group: "54322"') +
      exec("condition", "user: nobody, ifcmd: test $(id -un) = nobody, ifshell: /bin/sh") +
      exec("skipped", "user: nobody, ifcmd: test $(id -un) = root, ifshell: /bin/sh") +
      exec("lost-user", "user: no-such-user") +
      exec("lost-group", "group: no-such-group");
    await withJsonRun(text, async (run) => {
      const { directory } = run;
      // Whoever they are, they make their files there.
      Deno.mkdirSync(`${directory}/made`);
      Deno.chmodSync(directory, 0o755);
      Deno.chmodSync(`${directory}/made`, 0o777);
      const ended = await run.once();
      assertEquals(ended.code, 4, ended.stdout + ended.stderr);
      const events = eventsOf(ended);
      const said = events.filter(({ type }) => type === "output").map(({ key, text }) =>
        `${key} ${text}`
      );
      const nobody = (await shell("id -u nobody; id -g nobody; getent passwd nobody | cut -d: -f6"))
        .trim().split("\n");
      const daemon = (await shell("getent group daemon | cut -d: -f3")).trim();
      const rootHome = (await shell("echo ~root")).trim();
      const [uid, gid, home] = nobody;
      assertEquals(said.sort(), [
        `exec[both] ${uid}:${daemon}:${daemon} ${gid}:${home}`,
        `exec[condition] ${uid}:${gid}:${gid}:${home}`,
        `exec[group] 0:${daemon}:${daemon}:${rootHome}`,
        `exec[numbers] 54321:54322:54322:/`,
        `exec[user] ${uid}:${gid}:${gid}:${home}`,
      ]);
      const owners = await shell("stat -c '%n %u:%g' *", `${directory}/made`);
      assertEquals(owners.trim().split("\n"), [
        `both ${uid}:${daemon}`,
        `condition ${uid}:${gid}`,
        `group 0:${daemon}`,
        "numbers 54321:54322",
        `user ${uid}:${gid}`,
      ]);
      assertEquals(failureCodes(ended), {
        "exec[lost-group]": "no-account",
        "exec[lost-user]": "no-account",
      });
      assertEquals(contentOf(`${directory}/made/skipped`), undefined);
    });
  },
});
