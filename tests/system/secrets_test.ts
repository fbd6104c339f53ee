/** Secrets of an agent that is a service, and in the password of a user. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertNoCanary, canaryBelow, canaryProcesses } from "../support/canary.ts";
import { becomes, property } from "../support/host_world.ts";
import { isSoon } from "../support/polling.ts";
import { contentOf, shell } from "../support/program.ts";
import {
  addSetting,
  exec,
  install,
  serviceTest,
  sh,
  UNIT,
  WORK,
} from "../support/service_world.ts";

const PASSWORD = "canary-of-the-password-3318";
const TOKEN = "canary-of-the-credential-6620";

serviceTest(
  "a service has secrets from /etc/mgmt/secrets.d and from systemd, and tells nobody",
  `  file:\n  - {name: ${WORK}/token, content: !secret token}\n` +
    `  user:\n  - {name: canary, password_hash: !secret password:trim:sha512crypt}\n` +
    `  exec:\n${exec("tells", 'echo "$A"; echo "$A" >&2; sleep 1; exit 3')}` +
    `    env: {A: !secret password:trim}\n    meta: {retry: 0}\n`,
  async () => {
    await shell("install -d -m 0700 /etc/mgmt/secrets.d");
    await Deno.writeTextFile("/etc/mgmt/secrets.d/password", `${PASSWORD}\n`, { mode: 0o600 });
    await addSetting(`SetCredential=token:${TOKEN}`);
    try {
      await install();
      await becomes(UNIT, "StatusText", "served: 2 ok, 2 changed, 1 failed");
      assertEquals(contentOf(`${WORK}/token`), TOKEN);
      const hash = (await shell("grep ^canary: /etc/shadow")).split(":")[1] ?? "";
      const salt = hash.split("$")[2];
      assertEquals(await shell(`openssl passwd -6 -salt ${salt} ${PASSWORD}`), `${hash}\n`);
      await shell("systemctl restart mgmt");
      await becomes(UNIT, "StatusText", "served: 2 ok, 1 failed");
      // Whoever sets another password is put right, and a new one is set.
      await shell("usermod -p x canary");
      const isBack = async () => (await shell("grep ^canary: /etc/shadow")).includes(hash);
      await eventuallySo(isBack);
      await Deno.writeTextFile("/etc/mgmt/secrets.d/password", "another one\n");
      await eventuallySo(async () => !await isBack());
      const { said } = await sh("journalctl -b --no-pager -o export");
      assertStringIncludes(said, "(secret)");
      for (const value of [PASSWORD, TOKEN]) {
        assertNoCanary(said, value, "the journal of the host");
        assertNoCanary((await sh(`systemctl status mgmt; systemctl show mgmt`)).said, PASSWORD, "");
        assertEquals(canaryBelow("/var/lib/mgmt", value, (path) => path.includes("backups")), []);
        assertEquals(canaryProcesses(value), []);
      }
      assert(Number(await property(UNIT, "NRestarts")) === 0);
    } finally {
      await shell("userdel canary");
    }
  },
);

async function eventuallySo(isSo: () => Promise<boolean>): Promise<void> {
  assert(await isSoon(isSo, 60_000), "it did not come true");
}
