/**
 * The kind `hostname`: the names of the host.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import type { Claim } from "../../kind/claim.ts";
import { defineKind, drift, type ResolveContext, type WatchContext } from "../../kind/kind.ts";
import { findNames, type HostNames, type NameDrift, STATIC } from "./check.ts";
import { HOSTNAME_FIELDS, type HostnameFields, isHostname, MISTAKE } from "./fields.ts";
import {
  fileRefusal,
  OBJECT,
  SERVICE,
  setPrettyName,
  setRunningName,
  setStaticName,
} from "./apply.ts";
import { MACHINE_INFO } from "./machine_info.ts";
import { HOSTNAME_UNDO } from "./undo.ts";

/** The names that should be; plain data. */
type HostnameParams = HostNames;

/** The kernel tells nobody when somebody sets the running name without systemd. */
const POLL_SECONDS = 30;

/** The names of the host. */
export default defineKind<HostnameFields, HostnameParams, NameDrift, undefined>({
  kind: "hostname",
  summary: "the names of the host: in /etc/hostname, as it runs, and a pretty one; one in a graph",
  fields: HOSTNAME_FIELDS,
  emptyIsUnset: true,
  examples: [
    `graph: hostname
resources:
  hostname:
  - name: mgmt-example
`,
    `graph: hostname
resources:
  hostname:
  - name: names
    hostname: web1.example.org
    transient_hostname: web1
    pretty_hostname: Anna's web server
`,
  ],
  resolve: resolveHostname,
  identity: () => "the name of this host",
  remains: (params) =>
    params.static === undefined ? { at: "elsewhere" } : { at: "path", paths: [STATIC] },
  claims: (params) => [
    ...(params.static === undefined
      ? []
      : [{ path: STATIC, says: "all", type: "file" } as const satisfies Claim]),
    ...(params.pretty === undefined ? [] : [
      { path: MACHINE_INFO, says: "part", type: "file", entry: "made" } as const satisfies Claim,
    ]),
  ],
  expects: () => [{ path: STATIC, reach: "itself" }, { path: MACHINE_INFO, reach: "itself" }],
  relations: (params) => ({
    provides: [
      ...(params.static === undefined ? [] : [`path:${STATIC}` as const]),
      ...(params.pretty === undefined ? [] : [`path:${MACHINE_INFO}` as const]),
    ],
  }),
  controls: (params) => [
    ...(params.static === undefined ? [] : [{ subject: STATIC, part: false }]),
    ...(params.pretty === undefined ? [] : [{ subject: MACHINE_INFO, part: true }]),
  ],
  memory: () => undefined,
  check: (params, context) =>
    chain(findNames(params, context), (found) => {
      if (!found.ok) return found.failure;
      return found.value && drift(found.value.reason, found.value);
    }),
  refuses: async ({ file, info }, _params, context) =>
    (file && await fileRefusal(STATIC, file, context)) ??
      (info && await fileRefusal(MACHINE_INFO, info, context)),
  apply: async (_plan, params, context) => {
    const found = await findNames(params, context);
    if (!found.ok) return found.failure;
    const { file, info, running } = found.value ?? {};
    if (file !== undefined && params.static !== undefined) {
      const problem = await setStaticName(params.static, file, context);
      if (problem !== undefined) return problem;
    }
    if (info !== undefined && params.pretty !== undefined) {
      const problem = await setPrettyName(params.pretty, info, context);
      if (problem !== undefined) return problem;
    }
    if (!running || params.transient === undefined) return undefined;
    return await setRunningName(params.transient, context);
  },
  undo: HOSTNAME_UNDO,
  watch,
  pollSeconds: () => POLL_SECONDS,
  heals: true,
  changesHost: true,
  preview: "full",
});

/** What is not said is left alone, unless nothing is: then the resource is called like the host. */
function resolveHostname(fields: HostnameFields, { name, issue }: ResolveContext): HostnameParams {
  const { static_hostname, transient_hostname, pretty_hostname } = fields;
  const others = [static_hostname, transient_hostname, pretty_hostname];
  const isByName = fields.hostname === undefined && others.every((each) => each === undefined);
  if (isByName && (name.length > 64 || !isHostname(name))) {
    issue({
      path: ["name"],
      message: `${
        JSON.stringify(name)
      } cannot be the name of a host: it ${MISTAKE}, or is too long`,
      hint: "write hostname",
    });
  }
  const all = isByName ? name : fields.hostname;
  const fixed = static_hostname ?? all;
  const transient = transient_hostname ?? all;
  return {
    ...(fixed === undefined ? {} : { static: fixed }),
    ...(transient === undefined ? {} : { transient }),
    ...(pretty_hostname === undefined ? {} : { pretty: pretty_hostname }),
  };
}

function watch(params: HostnameParams, { host, changed }: WatchContext): Watch {
  const paths = [STATIC, ...(params.pretty === undefined ? [] : [MACHINE_INFO])];
  const files = paths.map((path) => host.watcher.watch({ path, tree: false, changed }));
  const signals = host.systemBus.listen({
    match: {
      service: SERVICE,
      path: OBJECT,
      interface: "org.freedesktop.DBus.Properties",
      member: "PropertiesChanged",
    },
    heard: () => changed({ source: "hostname", what: "changed" }),
    renewed: () => changed({ source: "hostname", what: "the bus is heard anew" }),
  });
  return {
    close: () => {
      files.forEach((file) => file.close());
      signals.close();
    },
  };
}
