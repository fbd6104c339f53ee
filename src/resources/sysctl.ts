/**
 * The kind `sysctl`: settings of the kernel.
 *
 * @module
 */

import { boolean, int, maxLength, minLength, refine, string, union } from "zod/mini";
import { chain } from "../base/chain.ts";
import { defineKind, drift } from "../kind/kind.ts";
import { findSetting } from "./sysctl/find.ts";
import { DIRECTORY, resolveSysctl, type SysctlFields, type SysctlParams } from "./sysctl/params.ts";
import { setFile, setRunning } from "./sysctl/set.ts";

/** The kernel tells nobody of a change. */
const POLL_SECONDS = 60;

/** A setting of the kernel. */
export default defineKind<SysctlFields, SysctlParams, undefined, undefined>({
  kind: "sysctl",
  summary: "a setting of the kernel, now and from the next start on",
  fields: {
    key: {
      type: string().check(minLength(1), maxLength(200)),
      typeText: "text",
      summary: "what is set, for instance net.ipv4.ip_forward",
      defaultText: "the name of the resource",
    },
    value: {
      type: union([
        string().check(
          refine((text) => text.trim() !== "", "must not be blank"),
          refine((text) => !/[\n\r\0]/.test(text.trim()), "must be a single line"),
          maxLength(4000),
        ),
        int(),
      ]),
      typeText: "text or a whole number",
      summary: "its value; how many blanks are between its parts does not matter",
      required: true,
    },
    persist: {
      type: boolean(),
      typeText: "true or false",
      summary: `write it down too, in a file of its own in ${DIRECTORY}`,
      defaultText: "true",
    },
  },
  examples: [
    `graph: a router
resources:
  sysctl:
  - name: net.ipv4.ip_forward
    value: 1
  - name: ports for outgoing connections
    key: net.ipv4.ip_local_port_range
    value: 20000 60999
`,
    `graph: only until the next start
resources:
  sysctl:
  - name: net.ipv4.conf.lo.log_martians
    value: 1
    persist: false
    meta: {poll: 1}
`,
  ],
  resolve: resolveSysctl,
  identity: ({ path }) => path,
  claims: ({ file, persist }) => persist ? [{ path: file, says: "all", type: "file" }] : [],
  expects: () => [{ path: DIRECTORY, reach: "entries" }],
  ties: ({ file, persist }) =>
    persist ? { provides: [`path:${file}`], needs: [`within:${file}`] } : {},
  decides: ({ file }) => [{ subject: file, part: false }],
  memory: () => undefined,
  check: (params, context) =>
    chain(findSetting(params, context), (found) => {
      if (!found.ok) return found.failure;
      return found.value && drift(found.value.reason, undefined);
    }),
  apply: async (_plan, params, context) => {
    const found = await findSetting(params, context);
    if (!found.ok) return found.failure;
    const { running, file } = found.value ?? {};
    const problem = running === undefined ? undefined : await setRunning(params, context);
    if (problem !== undefined) return problem;
    return file === undefined ? undefined : await setFile(params, file, context);
  },
  watch: ({ file }, { host, changed }) => host.hub.watch({ path: file, tree: false, changed }),
  pollSeconds: () => POLL_SECONDS,
  heals: true,
  preview: "full",
});
