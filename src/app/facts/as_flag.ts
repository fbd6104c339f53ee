import type { Flag } from "../flags.ts";
import { HOSTNAME_FLAG } from "../run_flags.ts";

/** As which host of the cluster a graph is read. */
export const AS_FLAG = {
  ...HOSTNAME_FLAG,
  name: "as",
  value: "HOST",
  summary: "read it as that host of the cluster, with the facts that it tells the others",
  defaultText: "as this host",
} as const satisfies Flag;
