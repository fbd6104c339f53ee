import { buildLine } from "../../os/build.ts";
import { embeddedEtcd } from "../../etcd/server/embedded.ts";
import type { Command } from "../command.ts";

/** Says which program this is, and what is inside it. */
export const version: Command = {
  name: "version",
  summary: "say which version this is, and what is inside it",
  usage: [""],
  flags: [],
  words: { least: 0, most: 0 },
  run: async (_given, { print }) => {
    const etcd = embeddedEtcd();
    await print(`${buildLine()}\n${etcd === undefined ? "" : `etcd ${etcd.version} inside\n`}`);
    return 0;
  },
};
