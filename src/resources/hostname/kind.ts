/**
 * The kind `hostname`: the name of the host.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import { defineKind, drift, type WatchContext } from "../../kind/kind.ts";
import { findNames, type NameDrift, STATIC } from "./check.ts";
import { HOSTNAME_FIELDS, type HostnameFields, isHostname, MISTAKE } from "./fields.ts";
import { OBJECT, SERVICE, setRunningName, setStaticName, staticRefusal } from "./apply.ts";

interface HostnameParams {
  readonly hostname: string;
}

/** The kernel tells nobody when somebody sets the running name without systemd. */
const POLL_SECONDS = 30;

/** The name of the host. */
export default defineKind<HostnameFields, HostnameParams, NameDrift, undefined>({
  kind: "hostname",
  summary: "the name of the host, in /etc/hostname and as it runs; one in a graph",
  fields: HOSTNAME_FIELDS,
  examples: [`graph: hostname
resources:
  hostname:
  - name: mgmt-example
`],
  resolve: ({ hostname }, { name, issue }) => {
    if (hostname === undefined && (name.length > 64 || !isHostname(name))) {
      issue({
        path: ["name"],
        message: `${
          JSON.stringify(name)
        } cannot be the name of a host: it ${MISTAKE}, or is too long`,
        hint: "write hostname",
      });
    }
    return { hostname: hostname ?? name };
  },
  identity: () => "the name of this host",
  claims: () => [{ path: STATIC, says: "all", type: "file" }],
  expects: () => [{ path: STATIC, reach: "itself" }],
  relations: () => ({ provides: [`path:${STATIC}`] }),
  controls: () => [{ subject: STATIC, part: false }],
  memory: () => undefined,
  check: ({ hostname }, context) =>
    chain(findNames(hostname, context), (found) => {
      if (!found.ok) return found.failure;
      return found.value && drift(found.value.reason, found.value);
    }),
  refuses: ({ file }, _params, context) =>
    file === undefined ? undefined : staticRefusal(file, context),
  apply: async (_plan, { hostname }, context) => {
    const found = await findNames(hostname, context);
    if (!found.ok) return found.failure;
    if (found.value?.file !== undefined) {
      const problem = await setStaticName(hostname, found.value.file, context);
      if (problem !== undefined) return problem;
    }
    return found.value?.running ? await setRunningName(hostname, context) : undefined;
  },
  watch,
  pollSeconds: () => POLL_SECONDS,
  heals: true,
  changesHost: true,
  preview: "full",
});

function watch(_params: HostnameParams, { host, changed }: WatchContext): Watch {
  const file = host.watcher.watch({ path: STATIC, tree: false, changed });
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
      file.close();
      signals.close();
    },
  };
}
