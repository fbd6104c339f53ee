/**
 * An operator's word where nothing is left of a cluster, or what is left is not what is wanted: what a
 * snapshot has becomes a new cluster, with this host as its only member.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Credentials } from "../../base/credentials.ts";
import { shellWord } from "../../base/shell_word.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import { hostOfMember, memberName } from "../../cluster/store/keys.ts";
import { enableRights } from "../../cluster/admin/enable_rights.ts";
import { restorable, type Restored } from "../../cluster/admin/restoring.ts";
import { whyNotRestore } from "../../cluster/admin/recovering.ts";
import { allUnseen } from "../../cluster/exchange/unseen.ts";
import { endLeftEtcd, putAllAside, runAlone, takeBack } from "../../etcd/server/recover.ts";
import { SnapshotReader } from "../../etcd/server/snapshot_reader.ts";
import { hostName } from "../../os/host_name.ts";
import type { LocalHost } from "../../host/local.ts";
import { type StateDirectory, stateDirectory } from "../../os/state/state_directory.ts";
import { CONTACT } from "../../cluster/admin/last_contact.ts";
import {
  afterTemporary,
  COLLECTED,
  IDENTITY,
  readIdentity,
  readRemembered,
  WAITING,
} from "./disk.ts";
import { memberCredentials, prefixCredentials } from "./prefix_credentials.ts";
import { ORDER } from "./orders.ts";
import { type RestoredTrust, restoredTrust } from "./restored_trust.ts";
import { etcdDirectory } from "./active_membership.ts";
import { type PlaceFlags, placePrefix } from "../agent_prefix.ts";
import { withStore } from "./cluster_place.ts";
import { notConfirmed, whileNoAgentRuns } from "../offline.ts";

export interface RestoreWish {
  /** The snapshot. */
  readonly file: string;
  /** Do not ask. */
  readonly yes: boolean;
  /** Also where the cluster of this host answers. */
  readonly force: boolean;
  /** The file with the secret of the cluster, for a prefix that has no certificate of it. */
  readonly secretFile?: string;
  readonly say: (text: string) => Promise<void>;
}

/** Where the state of this host is, and what it was. */
interface RestorePlace {
  readonly prefix: string;
  readonly directory: StateDirectory;
  readonly identity: AgentDisk | undefined;
  readonly credentials: Credentials;
  /** What the member will belong to. */
  readonly host: string;
  readonly trust: RestoredTrust;
}

/** What has to be typed. */
const WORD = "restore";
const DEADLINE_MS = 3000;

/** Makes a new cluster of what a snapshot has; the result is what to do next. */
export async function restore(given: PlaceFlags, wish: RestoreWish): Promise<Result<string>> {
  if (given.flags.has("seeds")) return fail("restore is for this host: it takes no --seeds");
  const prefix = placePrefix(given);
  if (!prefix.ok) return prefix;
  const opened = SnapshotReader.open(resolve(wish.file));
  if (!opened.ok) return opened;
  const read = opened.value.read();
  opened.value.close();
  if (!read.ok) return read;
  const content = restorable(read.value.entries);
  return await whileNoAgentRuns(
    prefix.value,
    "mgmt cluster restore",
    async (host) => {
      const trust = await restoredTrust(prefix.value, read.value, wish, host.random);
      if (!trust.ok) return trust;
      const site = siteOf(prefix.value, trust.value, given.flags.get("hostname"));
      return site.ok ? await withLock(site.value, content, host, wish) : site;
    },
  );
}

function siteOf(
  prefix: string,
  trust: RestoredTrust,
  named: string | undefined,
): Result<RestorePlace> {
  const shown = trust.shown === undefined
    ? prefixCredentials(prefix)
    : ok({ credentials: trust.shown });
  if (!shown.ok) return shown;
  const { credentials } = shown.value;
  if (credentials !== "none" && credentials.outside === true) {
    return fail(`${prefix} is that of a host at an etcd that others run`, {
      code: "others-etcd",
      hint: "restore with another --prefix, or leave that etcd first (mgmt leave)",
    });
  }
  const directory = stateDirectory(`${prefix}/cluster/state`);
  const texts = directory.readAll();
  if (!texts.ok) return texts;
  const text = texts.value.get(IDENTITY);
  const found = text === undefined ? undefined : readIdentity(text);
  const identity = found === undefined ? undefined : afterTemporary(found);
  const before = identity?.member === undefined ? undefined : hostOfMember(identity.member.name);
  return ok({
    prefix,
    directory,
    identity,
    credentials,
    host: named ?? before ?? hostName(),
    trust,
  });
}

async function withLock(
  site: RestorePlace,
  content: Restored,
  host: LocalHost,
  { file, yes, force, say }: RestoreWish,
): Promise<Result<string>> {
  const { prefix, trust } = site;
  const alive = force ? undefined : await clusterAnswers(site);
  if (alive !== undefined) return { ok: false, failure: alive };
  await say(explanation(site, content, file));
  const unwilling = await notConfirmed(WORD, yes);
  if (unwilling !== undefined) return unwilling;
  const { clock, network, processes, random } = host;
  const taken = await trust.take();
  if (!taken.ok) {
    trust.giveBack();
    return taken;
  }
  const shown = prefixCredentials(prefix);
  if (!shown.ok) return shown;
  const { credentials } = shown.value;
  const member = await memberCredentials(prefix, credentials, random);
  if (!member.ok) return member;
  const name = memberName(site.host, random.hex(4));
  const directory = etcdDirectory(prefix);
  const options = {
    ...{ directory, name, clock, network, processes, credentials },
    member: member.value,
  };
  await endLeftEtcd(options);
  const aside = putAllAside(options);
  if (!aside.ok) return aside;
  const made = await makeCluster(options, content, host);
  const spoken = { ...site, credentials };
  const kept = made.ok ? keepIdentity(spoken, made.value, name, random.hex(16)) : made.failure;
  if (!made.ok || kept !== undefined) {
    takeBack(options, aside.value);
    trust.giveBack();
    const { message, hint } = kept ?? { message: "", hint: undefined };
    return fail(message, { hint: `${hint === undefined ? "" : `${hint}; `}all is as it was` });
  }
  return ok(nextSteps(site.host, aside.value, made.value.clusterId));
}

async function clusterAnswers(
  { identity, credentials }: RestorePlace,
): Promise<Failure | undefined> {
  const { clusterId, endpoints = [] } = identity ?? {};
  if (clusterId === undefined || endpoints.length === 0) return undefined;
  return await withStore(
    { clientUrls: endpoints, clusterId, credentials },
    (store) => whyNotRestore(store, clusterId, { deadlineMs: DEADLINE_MS }),
  );
}

interface Made {
  readonly clusterId: string;
  readonly memberId: string;
}

async function makeCluster(
  options: Parameters<typeof runAlone>[0],
  { entries }: Restored,
  { clock }: LocalHost,
): Promise<Result<Made>> {
  const { fill } = await import("../../etcd/client/fill.ts");
  let made: Made | undefined;
  const problem = await runAlone(options, "new", async (clientUrl) => {
    const address = { clientUrls: [clientUrl], credentials: options.credentials };
    const failed = await fill(address, clock, entries);
    if (failed !== undefined) return failed;
    const open = await rightsIn(address);
    if (open !== undefined) return open;
    const found = await withStore(address, (store) => store.members({ deadlineMs: DEADLINE_MS }));
    if (!found.ok) return found.failure;
    const { clusterId, members: [own] } = found.value;
    if (own !== undefined) made = { clusterId, memberId: own.id };
    return undefined;
  });
  if (problem !== undefined) return { ok: false, failure: problem };
  return made === undefined ? fail("the new cluster has no member") : ok(made);
}

/** A cluster that speaks TLS has its rights in force before anybody reaches it. */
async function rightsIn(address: Parameters<typeof withStore>[0]): Promise<Failure | undefined> {
  if (address.credentials === "none") return undefined;
  return await withStore(address, (store) => enableRights(store, { deadlineMs: DEADLINE_MS }));
}

/** From now on this host is that member; what it collected counts until its hosts have come. */
function keepIdentity(
  { directory, identity, credentials }: RestorePlace,
  { clusterId, memberId }: Made,
  name: string,
  fresh: string,
): Failure | undefined {
  const member = { name, memberId, initialCluster: [], founds: true, ran: true };
  const disk: AgentDisk = {
    ...{ id: identity?.id ?? fresh, clusterId, endpoints: [], member },
    ...(credentials === "none" ? {} : { tls: true }),
  };
  const known = readRemembered(directory.read(COLLECTED));
  if (known !== undefined) {
    const written = directory.write(COLLECTED, JSON.stringify(allUnseen(known)));
    if (!written.ok) return written.failure;
  }
  const written = directory.write(IDENTITY, JSON.stringify(disk));
  if (!written.ok) return written.failure;
  // Also an order to leave the cluster that was.
  for (const each of [ORDER, WAITING, CONTACT]) directory.remove(each);
  return undefined;
}

function explanation(
  { prefix, identity, host }: RestorePlace,
  { entries, exports, leased }: Restored,
  file: string,
): string {
  const before = identity?.clusterId;
  return [
    `Makes a new cluster with one member, ${host}, of the ${entries.length} keys in ${file}.`,
    `- What is below ${prefix}/cluster/etcd is put aside.`,
    `- ${exports} of the keys are exports as they were then: each counts only until its host has come`,
    "  and says what it exports now, and nowhere where something newer was collected.",
    ...(leased === 0 ? [] : [
      `- ${leased} keys of other programs are left out: they went with leases, and their programs`,
      "  write them again.",
    ]),
    ...(before === undefined ? [] : [
      `- It is another cluster than ${before}, which its other hosts must be told (see below).`,
    ]),
    "",
  ].join("\n");
}

function nextSteps(host: string, aside: string | undefined, clusterId: string): string {
  const named = host === hostName() ? "" : `--hostname ${shellWord(host)} and `;
  return [
    `This host, ${host}, is the only member of the new cluster ${clusterId}.`,
    `1. Start its agent, with ${named}the addresses that it is to have.${
      aside === undefined ? "" : ` (The data as it was: ${aside})`
    }`,
    "2. On every other host of the cluster that was, while its agent runs:",
    "     mgmt leave --join ADDRESS --lost",
    "   where ADDRESS is this host's client address (--client-urls). What they collected stays, and what",
    "   they export is written to the new cluster.",
    "mgmt members shows how it goes.",
    "",
  ].join("\n");
}
