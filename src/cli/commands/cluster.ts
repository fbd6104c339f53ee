import type { PlaceFlags } from "../../app/agent_prefix.ts";
import { printable } from "../../base/printable.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { type Flag, takesText } from "../../app/flags.ts";
import { wrongAction } from "../action_words.ts";
import { oneTooMany } from "../args.ts";
import { CLUSTER_SIZE, OUTPUT_FLAG } from "../../app/run_flags.ts";
import {
  answer,
  CLUSTER_PLACE_FLAGS,
  clusterAsked,
  orderExit,
  WAIT_FLAG,
} from "../cluster_flags.ts";
import type { Command, CommandIO, CommandLine } from "../command.ts";

const ACTIONS = [
  "status",
  "size",
  "snapshot",
  "restore",
  "recover",
  "secret",
  "rotate",
  "secure",
  "env",
] as const;
type ClusterAction = typeof ACTIONS[number];

/** What is done with a host's own state, and why no operator does it. */
const AT_HOST: Readonly<Record<string, string>> = {
  restore: "it makes a cluster of this host",
  recover: "it makes a cluster of this host",
  secret: "only hosts that run etcd have it",
  rotate: "only hosts that run etcd have the key of the authority",
  secure: "the secret is made on a host that runs etcd",
  snapshot: "it holds all that the store has, which hosts alone may read that run etcd",
};

const SECRET_FILE_FLAG = {
  name: "secret-file",
  ...takesText("FILE"),
  summary:
    "restore: the secret of a TLS cluster (mgmt cluster secret), where --prefix has no certificate of it",
} as const satisfies Flag;

/** Looks after a cluster as a whole. */
export const cluster: Command = {
  name: "cluster",
  summary: "see how a cluster is doing, and look after it",
  usage: [
    "status [FLAGS]",
    "size [FLAGS] [NUMBER]",
    "snapshot [FLAGS] FILE",
    "restore [FLAGS] FILE",
    "recover [FLAGS]",
    "secret [FLAGS] > FILE",
    "secure [FLAGS]",
    "env [FLAGS]",
    "rotate [FLAGS] ca",
  ],
  details:
    `status says what this host is in its cluster, who leads, how many hosts may fail, what the leader
does next and why, how full the store is, and who holds places in semaphores of the fleet or waits for
them, and who is elected; times in that count from the question.
size shows how many hosts should run etcd, or has that changed.
snapshot writes all that the cluster's store has into a file, checked by its sum, for a backup.
restore makes a new cluster of a snapshot, with this host (its agent stopped) as the only member: it
checks the sum, says what comes back, asks, puts the present data aside, and says what is to be done on
the other hosts. Exports of then count until their hosts have come, and undo nothing newer. A snapshot of
a cluster with TLS becomes one again: a prefix that has no certificate of that cluster needs its secret,
--secret-file.
recover is an operator's word where a majority of the members is lost for good: with the agent stopped,
the data of this host becomes the cluster. It says what may be missing, asks, keeps a copy, and says
what is to be done on the other hosts.
secret prints what hosts know each other by that form a cluster with TLS: on a host that runs etcd that of
its cluster, elsewhere a new one, and says which. The file that > leads to is replaced by one for its owner
alone, in a directory where nobody else can write; who has it has all.
env prints lines for a shell, after which etcdctl asks the same cluster, as this host or as the operator:
eval "$(mgmt cluster env)". With --unset they take that back, and a file that was written for an operator
goes. etcdctl itself comes with etcd (Debian: etcd-client).
rotate ca, on a host that runs etcd, replaces the authority that signs the certificates of a cluster with
TLS, and all certificates, while hosts go on working: members start their etcds anew one after another,
twice. It says what it does and waits until that is done. Because of hosts that are away it is refused;
with --yes those are left behind at once, also of an order that stands, and need a new token. Who goes
away later is waited for (--dead-after of the agents, 120 s), and it says for how long. Tokens and
operators' files that are there end. Exit code 5: not done within --wait; the order stands.
secure makes a running plain cluster one that speaks TLS, at the same addresses, while it goes on: it
shows the keys with which its hosts ask for certificates, has that confirmed, makes the secret on this
host, which runs etcd, and says how far it is (without --wait until it is done). --abort goes back to
plain text.
With --output json, status prints {"version": 1, "type": "cluster", "clusterId", "self": as in mgmt
members, "leader", "leaderSince", "etcdLeader", "learners", "members", "voters", "idealSize",
"survives", "doing", "rotation": {"step", "text"} or null, "semaphores": [{"name", "size", "holders": [{"host", "resource"}], "waiters"}],
"elections": [{"name", "count", "elected": [hosts], "standing": [hosts]}], "store": {"host": whose file
is the fullest of several, "databaseBytes", "inUseBytes", "quotaBytes", "full"}, "collectedAt",
"collected"}; idealSize is null where it cannot be read; size {"version": 1, "type": "size",
"idealSize", "before": when it was changed, null where that could not be read}, and snapshot {"version": 1, "type": "snapshot", "path", "bytes"}.`,
  examples: [
    ["mgmt cluster status", "how the cluster of this host is"],
    ["mgmt cluster size 5", "five hosts should run etcd"],
    ["mgmt cluster snapshot /backup/etcd.db", "a backup of the store"],
    [
      "mgmt cluster secret > secret",
      "for hosts that are to form a cluster: mgmt run --secret-file",
    ],
    ['eval "$(mgmt cluster env)"; etcdctl member list', "etcd's own words"],
    ["mgmt cluster rotate ca", "another secret, and certificates of it for all hosts"],
    ["mgmt cluster secure", "the plain cluster of this host speaks TLS from now on"],
    ["mgmt cluster restore /backup/etcd.db", "a new cluster of that, on this host"],
    [
      "mgmt cluster restore --secret-file secret /backup/etcd.db",
      "the same of a cluster with TLS, on a new host",
    ],
  ],
  flags: [
    ...CLUSTER_PLACE_FLAGS,
    OUTPUT_FLAG,
    {
      name: "yes",
      summary: "restore, recover, secure: do not ask; rotate: at once without hosts that are away",
    },
    WAIT_FLAG,
    { name: "abort", summary: "secure: go back to plain text" },
    {
      name: "force",
      summary:
        "snapshot: replace a regular file that is there; restore: though its cluster answers",
    },
    SECRET_FILE_FLAG,
    { name: "unset", summary: "env: lines that take it back" },
  ],
  words: { least: 0, most: 2 },
  run: async (given, surface) => {
    const [action] = given.words;
    const wrong = wrongAction(action, ACTIONS);
    if (wrong !== undefined) return await answer("cluster", wrong, surface);
    if (action !== "restore" && given.values.has(SECRET_FILE_FLAG)) {
      return await answer("cluster", fail(`${action} takes no --secret-file`), surface);
    }
    if (action !== "secure" && given.flags.has("abort")) {
      return await answer("cluster", fail(`${action} takes no --abort`), surface);
    }
    const atHost = AT_HOST[action ?? ""];
    if (atHost !== undefined && given.flags.has("operator")) {
      return await answer("cluster", fail(`${action} takes no --operator: ${atHost}`), surface);
    }
    const acted = await act(action as ClusterAction, given, surface);
    const code = await answer(`cluster ${action}`, acted, surface);
    return orderExit(acted, code);
  },
};

const NO_FILE = fail("which file? Name it", { hint: "mgmt cluster snapshot FILE" });
const onCluster = () => import("../../app/cluster/on_cluster.ts");

async function act(
  action: ClusterAction,
  given: CommandLine,
  surface: CommandIO,
): Promise<Result<string>> {
  const { flags, values, words: [, word] } = given;
  const { environment, complain } = surface;
  const place: PlaceFlags = { flags, environment };
  const asked = clusterAsked(given, surface);
  const asJson = values.of(OUTPUT_FLAG) === "json";
  switch (action) {
    case "status": {
      if (word !== undefined) return oneTooMany(word);
      return await (await onCluster()).status(asked);
    }
    case "size": {
      const wanted = word === undefined
        ? ok(undefined)
        : CLUSTER_SIZE.read(word, "size", () => false);
      if (!wanted.ok) return wanted;
      return await (await onCluster()).size(asked, wanted.value);
    }
    case "snapshot": {
      if (word === undefined) return NO_FILE;
      const app = await import("../../app/cluster/on_cluster.ts");
      return await app.snapshot(place, word, flags.has("force"));
    }
    case "restore": {
      if (word === undefined) {
        return fail("which snapshot? Name it", { hint: "mgmt cluster restore FILE" });
      }
      if (asJson) return fail("restore speaks to people: no --output json");
      const secretFile = values.of(SECRET_FILE_FLAG);
      const wish = {
        ...{ file: word, yes: flags.has("yes"), force: flags.has("force"), say: complain },
        ...(secretFile === undefined ? {} : { secretFile }),
      };
      const app = await import("../../app/cluster/on_cluster.ts");
      return await app.restore(place, wish);
    }
    case "recover": {
      if (word !== undefined) return oneTooMany(word);
      if (asJson) return fail("recover speaks to people: no --output json");
      const app = await import("../../app/cluster/on_cluster.ts");
      return await app.recover(place, { yes: flags.has("yes"), say: complain });
    }
    case "secure":
      return await orderSecure(place, given, complain);
    case "env": {
      if (word !== undefined) return oneTooMany(word);
      if (asJson) return fail("env prints lines for a shell: no --output json");
      return await etcdctlLines(asked, { unset: flags.has("unset"), complain });
    }
    case "rotate":
      return await rotate(given, surface);
    case "secret":
      return await printSecret(place, { word, asJson, complain });
  }
}

async function etcdctlLines(
  asked: PlaceFlags,
  { unset, complain }: Pick<CommandIO, "complain"> & { readonly unset: boolean },
): Promise<Result<string>> {
  const app = await import("../../app/cluster/etcdctl_env.ts");
  const say = (text: string) => void complain(`${printable(text)}\n`);
  return unset ? app.withoutEtcdctlEnv(asked.environment, say) : app.etcdctlEnv(asked, say);
}

async function rotate(
  { flags, values, words: [, word] }: CommandLine,
  { environment, complain }: CommandIO,
): Promise<Result<string>> {
  if (word !== "ca") {
    return fail("what is to be replaced? Say ca", { hint: "mgmt cluster rotate ca" });
  }
  if (values.of(OUTPUT_FLAG) === "json") return fail("rotate speaks to people: no --output json");
  const app = await import("../../app/cluster/on_cluster.ts");
  return await app.rotateAuthority({ flags, environment }, {
    yes: flags.has("yes"),
    waitMs: values.of(WAIT_FLAG) * 1000,
    say: (text) => void complain(`${printable(text)}\n`),
  });
}

async function orderSecure(
  place: PlaceFlags,
  { flags, values, words: [, word] }: CommandLine,
  complain: CommandIO["complain"],
): Promise<Result<string>> {
  if (word !== undefined) return oneTooMany(word);
  if (values.of(OUTPUT_FLAG) === "json") return fail("secure speaks to people: no --output json");
  return await (await onCluster()).secure(place, {
    yes: flags.has("yes"),
    abort: flags.has("abort"),
    // It takes long, and goes on without the command.
    ...(flags.has("wait") ? { waitMs: values.of(WAIT_FLAG) * 1000 } : {}),
    // What hosts say of themselves is in it.
    say: (text) => complain(text.split("\n").map(printable).join("\n")),
  });
}

async function printSecret(
  place: PlaceFlags,
  { word, asJson, complain }: Pick<CommandIO, "complain"> & {
    readonly word: string | undefined;
    readonly asJson: boolean;
  },
): Promise<Result<string>> {
  if (word !== undefined) {
    return oneTooMany(word, { hint: `mgmt cluster secret > ${word}` });
  }
  if (asJson) return fail("secret prints a file: no --output json");
  const app = await import("../../app/trust/on_trust.ts");
  return await app.clusterSecret({ ...place, say: (text) => complain(`${printable(text)}\n`) });
}
