import { buildLine } from "../../os/build.ts";
import { embeddedEtcd } from "../../etcd/server/embedded.ts";
import type { Flag } from "../../app/flags.ts";
import type { Command, CommandIO } from "../command.ts";
import { refuse } from "../refuse.ts";

const LICENSES = {
  name: "licenses",
  summary: "print the notices of all that is inside: Deno, etcd, Go modules, npm packages",
} as const satisfies Flag;

/** Says which program this is, and what is inside it. */
export const version: Command = {
  name: "version",
  summary: "say which version this is, and what is inside it",
  usage: ["[--licenses]"],
  flags: [LICENSES],
  words: { least: 0, most: 0 },
  run: async ({ values }, surface) => {
    if (values.has(LICENSES)) return await printNotices(surface);
    const etcd = embeddedEtcd();
    const inside = etcd === undefined ? "" : `etcd ${etcd.version} inside\n`;
    await surface.print(`${buildLine()}\n${inside}`);
    return 0;
  },
};

async function printNotices(surface: CommandIO): Promise<number> {
  const { notices } = await import("../../os/notices.ts");
  const text = await notices();
  if (text === undefined) {
    const message = "this mgmt runs from its source, with nothing inside";
    const hint = "scripts/build gathers the notices of what it puts into the executable";
    return await refuse("version", { message, hint }, surface);
  }
  await surface.print(text);
  return 0;
}
