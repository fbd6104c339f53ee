/**
 * A host with few packages: what dpkg and apt take grows with what is installed, and a machine on which
 * software is made has hundreds that no test asks for. Only their entries go, and only on a test host.
 *
 * @module
 */

import { shell } from "./program.ts";

const STATUS = "/var/lib/dpkg/status";
const TRIGGERS = "/var/lib/dpkg/triggers/File";
/** What stays, with all it needs, beside what is essential. */
const WANTED = ["apt", "dbus", "debconf", "packagekit", "polkitd", "systemd"];

/** Makes dpkg forget all packages that neither Debian nor these tests need. */
export async function forgetMostPackages(): Promise<void> {
  if (Deno.env.get("MGMT_ON_TEST_HOST") !== "1") {
    throw new Error("most packages are only forgotten on a test host");
  }
  const stanzas = (await Deno.readTextFile(STATUS)).split("\n\n").filter((text) => text !== "");
  const required = stanzas.filter((text) => /^(Essential: yes|Priority: required)$/m.test(text));
  const others = "suggests conflicts breaks replaces enhances recommends".split(" ");
  const needed = await shell(
    `apt-cache depends --recurse --installed ${others.map((each) => `--no-${each}`).join(" ")} ` +
      [...required.map(nameOf), ...WANTED].join(" "),
  );
  const kept = new Set(needed.split("\n").flatMap((line) => /^[a-z0-9][^:\s]*/.exec(line) ?? []));
  const left = stanzas.filter((text) => kept.has(nameOf(text)));
  await Deno.writeTextFile(STATUS, left.map((text) => `${text}\n\n`).join(""));
  const interests = (await Deno.readTextFile(TRIGGERS)).split("\n").filter((line) =>
    line === "" || kept.has(/ ([^:/]+)/.exec(line)?.[1] ?? "")
  );
  await Deno.writeTextFile(TRIGGERS, interests.join("\n"));
}

function nameOf(stanza: string): string {
  return /^Package: (.*)$/m.exec(stanza)?.[1] ?? "";
}
