/**
 * What a shell is told so that etcdctl asks the cluster of this host, or as an operator: `mgmt cluster env`.
 * Its lines are for `eval`, so that whatever the store or a path says is one quoted word of them.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { addressText, readAddress } from "../../base/address.ts";
import { ok, type Result } from "../../base/result.ts";
import { shellWord } from "../../base/shell_word.ts";
import { lstat } from "../../os/files/stat.ts";
import { type PrivateFiles, privateFiles } from "../../os/state/private_files.ts";
import { sessionDirectory } from "../../os/state/session_directory.ts";
import { stateName } from "../../os/state/state_directory.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { clusterPlace } from "./cluster_place.ts";

/** The variables that etcdctl reads of where and as whom it asks; those that are not set are to be unset. */
const VARIABLES = [
  "ETCDCTL_ENDPOINTS",
  "ETCDCTL_CACERT",
  "ETCDCTL_CERT",
  "ETCDCTL_KEY",
  "ETCDCTL_USER",
  "ETCDCTL_PASSWORD",
  "ETCDCTL_AUTH_JWT_TOKEN",
  "ETCDCTL_CLUSTER",
  "ETCDCTL_DISCOVERY_SRV",
  "ETCDCTL_DISCOVERY_SRV_NAME",
  "ETCDCTL_INSECURE_DISCOVERY",
  "ETCDCTL_INSECURE_SKIP_TLS_VERIFY",
  "ETCDCTL_INSECURE_TRANSPORT",
] as const;
type Variable = typeof VARIABLES[number];

/** What the authority of an operator's cluster is written to. */
const OWN_NAME = /^ca-[0-9a-f]{16}\.pem$/;

/** Lines for a shell's `eval`; `say` hears which file was written for them. */
export function etcdctlEnv(
  given: PlaceFlags,
  say: (text: string) => void = () => {},
): Result<string> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const { clientUrls, near, credentials, operator, user } = place.value;
  const reached = clientUrls.flatMap((url) => near?.get(url) ?? readAddress(url) ?? []);
  const endpoints = { ETCDCTL_ENDPOINTS: [...new Set(reached.map(addressText))].join(",") };
  // Of a user of an etcd that others run the password is printed nowhere: etcdctl asks for it.
  const isSet = user !== undefined && (given.environment("ETCDCTL_USER") ?? "") !== "";
  const kept: readonly Variable[] = isSet
    ? ["ETCDCTL_USER", "ETCDCTL_PASSWORD"]
    : user === undefined
    ? []
    : ["ETCDCTL_PASSWORD"];
  const asUser = user === undefined || isSet ? {} : { ETCDCTL_USER: user.name };
  if (credentials === "none") return ok(envText({ ...endpoints, ...asUser }, kept));
  const shown = operator === undefined
    ? ok({ ca: credentials.ca.path, cert: credentials.cert.path, key: credentials.key.path })
    : operatorPaths(operator.path, credentials.ca.text, say);
  if (!shown.ok) return shown;
  const { ca, cert, key } = shown.value;
  const pair = cert === "" ? {} : { ETCDCTL_CERT: cert, ETCDCTL_KEY: key };
  const files = { ETCDCTL_CACERT: ca, ...pair };
  return ok(envText({ ...endpoints, ...asUser, ...files }, kept));
}

/** In an operator's file etcdctl finds certificate and key; whom to believe it takes only from a file of that alone. */
function operatorPaths(
  path: string,
  believed: string,
  say: (text: string) => void,
): Result<Readonly<Record<"ca" | "cert" | "key", string>>> {
  const kept = authorityFiles();
  if (!kept.ok) return kept;
  const files = kept.value;
  // Another cluster's has another name, so that shells beside each other go on.
  const name = `ca-${stateName(believed).slice(0, 16)}.pem`;
  const there = files.read(name);
  const isThere = there.ok && there.value !== undefined &&
    new TextDecoder().decode(there.value) === believed;
  const written = isThere ? ok(undefined) : files.write(name, believed);
  if (!written.ok) return written;
  const ca = join(files.path, name);
  if (!isThere) {
    say(`wrote ${ca}, by which etcdctl knows the cluster; mgmt cluster env --unset removes it`);
  }
  return ok({ ca, cert: path, key: path });
}

function authorityFiles(): Result<PrivateFiles> {
  const own = sessionDirectory();
  return own.ok ? ok(privateFiles(join(own.value, "etcdctl"))) : own;
}

/** The same that take it back; what was written for this shell's etcdctl goes, and `say` hears of it. */
export function withoutEtcdctlEnv(
  environment: PlaceFlags["environment"],
  say: (text: string) => void,
): Result<string> {
  const named = environment("ETCDCTL_CACERT") ?? "";
  const files = authorityFiles();
  // Any other file there, or elsewhere, is none of what was written for etcdctl.
  if (!files.ok || !OWN_NAME.test(basename(named)) || dirname(named) !== files.value.path) {
    return ok(envText({}));
  }
  const isThere = lstat(named) !== undefined;
  const removed = files.value.remove(basename(named));
  if (!removed.ok) return removed;
  if (isThere) say(`removed ${named}`);
  return ok(envText({}));
}

/** What is empty counts as not said; `kept` stay as they are. */
function envText(
  values: Readonly<Partial<Record<Variable, string>>>,
  kept: readonly Variable[] = [],
): string {
  const set = VARIABLES.flatMap((name) => {
    const value = values[name] ?? "";
    return value === "" ? [] : [`export ${name}=${shellWord(value)};`];
  });
  const others = VARIABLES.filter((name) => (values[name] ?? "") === "" && !kept.includes(name));
  return [...set, `unset ${others.join(" ")};`, ""].join("\n");
}
