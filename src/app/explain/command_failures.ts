/**
 * Codes of failures of commands, of the state and of clusters, as far as users see them often, in words.
 *
 * @module
 */

import type { CodeExplanation } from "./explanation.ts";

export const COMMAND_FAILURES = {
  "no-agent": {
    means: "No agent runs with that prefix, so there is nobody to ask.",
    why: "It was not started, has ended, runs with --noop, or with another prefix or name.",
    remedy: "mgmt run or systemctl start mgmt; --prefix or --hostname names another agent.",
  },
  "silent": {
    means: "An agent runs and does not answer.",
    why: "It has just begun, is stopped, or hangs.",
    remedy: "mgmt doctor; systemctl status mgmt.",
  },
  "odd-answer": {
    means: "Something answers at the agent's socket, and what it says makes no sense.",
    why: "It is an agent of quite another version, or no agent at all.",
    remedy: "mgmt doctor; restart the agent with this version.",
  },
  "which": {
    means: "A word means several: agents of this host, or resources.",
    why: "Nothing says which.",
    remedy: "Name one: --hostname, --prefix; kind[name] of a resource.",
  },
  "forbidden": {
    means: "What was asked belongs to another user.",
    why: "State and socket of an agent are its user's alone.",
    remedy: "Say it as that user, for instance with sudo.",
  },
  "prefix": {
    means: "The directory for the state cannot be used.",
    why: "It is another user's, can be written by everybody, is full or read-only.",
    remedy: "Mend it, or give another with --prefix.",
  },
  "unsafe": {
    means:
      "Nothing is written to a place that others can change, or that they could have led there.",
    why: "A directory on the way has another owner or a mode too open.",
    remedy: "What the hint says (chown, chmod), or another place.",
  },
  "exists": {
    means: "A file of that name is there already, and is not replaced.",
    why: "It may be somebody's.",
    remedy: "Name another, or say --force where the command has it.",
  },
  "not-a-file": {
    means: "What stands at the path of an output is no regular file, and is not replaced.",
    why: "It is a link, a directory, a device or a FIFO.",
    remedy: "Name another file.",
  },
  "damaged": {
    means: "A file of the state is damaged.",
    why: "A failing disk, or a copy that was cut short.",
    remedy: "Restore it, or move it away: the agent makes a new one.",
  },
  "not-a-journal": {
    means: "journal.db is another program's, or no database.",
    why: "Somebody put it there.",
    remedy: "Move it away; the agent makes a new one.",
  },
  "newer": {
    means: "A file was written by a newer mgmt, and is not read by this one.",
    why: "The executable was set back to an older version.",
    remedy: "Use the newer one, or move the file away.",
  },
  "unknown-resource": {
    means: "No resource of the graph, or of the journal, has that name.",
    why: "It is misspelt, or has left the graph.",
    remedy: "mgmt graph FILE --format tree lists them; kind[name] is the full form.",
  },
  "no-journal": {
    means: "This run keeps no journal.",
    why:
      "It was started with --journal-size 0, --noop or --tmp-prefix, or the file cannot be written.",
    remedy: "Start it otherwise; the agent has said why.",
  },
  "no-copy": {
    means: "What a file had before is not kept any more.",
    why: "Copies are limited in number and size, and the oldest go.",
    remedy: "Restore it from a backup.",
  },
  "hangs": {
    means: "The agent makes no progress.",
    why: "A resource works far longer than it may.",
    remedy: "See what it waits for; as a service the watchdog restarts the agent.",
  },
  "no-cluster": {
    means: "The host is in no cluster, so there is nothing to ask.",
    why: "It has never run with --seeds, --tls or a graph that exports, or still looks for one.",
    remedy: "mgmt members on another host; --seeds names an address of a cluster.",
  },
  "no-quorum": {
    means: "The cluster cannot decide anything now.",
    why: "A majority of its members is away.",
    remedy: "Bring them back; where they are lost for good: mgmt cluster recover.",
  },
  "no-leader": {
    means: "Nobody decides in the cluster at the moment.",
    why: "The host that did has gone and another is about to take its place.",
    remedy: "Say it again in some seconds; mgmt cluster status.",
  },
  "majority": {
    means: "An order was refused, because a majority would be missing after it.",
    why: "Another member is silent already.",
    remedy: "Bring that one back first, or forget it.",
  },
  "no-right": {
    means: "The cluster refuses what this host asks for.",
    why: "It has left, was forgotten or cast out, or its role does not allow it.",
    remedy: "mgmt token create on a member, and start the host with that token.",
  },
  "cast-out": {
    means: "The cluster has cast this host out: its certificate counts no more.",
    why: "Somebody said mgmt evict.",
    remedy: "Where that was a mistake: a new token, which makes a new certificate.",
  },
  "join-refused": {
    means: "The cluster does not let this host in, and the run ends.",
    why:
      "The token has ended, was revoked or used up, is of another cluster, or the name is another host's.",
    remedy:
      "What the message says: another token (mgmt token create on a member), or another name.",
  },
  "no-spare": {
    means: "After this the cluster would not survive the loss of a single member.",
    why: "Too few of its hosts run etcd.",
    remedy: "mgmt token create --role server for another host first; --yes does it nevertheless.",
  },
  "token-idle": {
    means: "A token for servers does nothing at a host that is in the cluster as an agent.",
    why: "A host keeps the role with which it came.",
    remedy: "mgmt leave there, then start it with the token again.",
  },
  "renamed": {
    means: "The prefix is that of a host of another name.",
    why: "--hostname or the machine's name changed.",
    remedy: "Start it with the name before, and let it leave first for another one.",
  },
  "speaks-tls": {
    means: "The cluster speaks TLS, and this host has no certificate of it.",
    why: "It was started without a token or the secret.",
    remedy: "--token-file with a token of mgmt token create, or --secret-file.",
  },
  "speaks-plain": {
    means: "The cluster speaks plain text, and this host wants TLS.",
    why: "It was founded with --insecure-plaintext, or before there was TLS.",
    remedy: "mgmt cluster secure, on a host of it that runs etcd.",
  },
  "other-cluster": {
    means: "What answers is another cluster than this host knows.",
    why: "The address is another's now, or the cluster was made anew.",
    remedy: "See --seeds; to move a host: mgmt leave --join ADDR.",
  },
  "trust-broken": {
    means: "Certificates and keys of this host do not belong together, or are not whole.",
    why: "A file was lost, replaced or restored alone.",
    remedy: "Restore the directory cluster/trust as a whole, or join anew with a token.",
  },
  "trust-gone": {
    means: "The host is in a cluster with TLS, and its certificates are gone.",
    why: "The directory cluster/trust was removed.",
    remedy: "Restore it, or join anew with a token.",
  },
  "token-used": {
    means: "The token has let in as many hosts as it may.",
    why: "Each token has a number of uses (--uses).",
    remedy: "mgmt token create makes another.",
  },
  "token-role": {
    means: "The token is for hosts of another role.",
    why: "It was made with --role agent or server.",
    remedy: "mgmt token create --role with the one that is wanted.",
  },
  "expired": {
    means: "A certificate or token has ended.",
    why: "Its time is over, or the clock is wrong.",
    remedy: "mgmt doctor looks at the clock; else have a new one made.",
  },
  "early": {
    means: "A certificate does not count yet.",
    why: "The clock of this host is behind.",
    remedy: "Set the clock.",
  },
  "late": {
    means: "What was ordered has not happened within the time (--wait); the order stands.",
    why: "Others are busy or away.",
    remedy: "mgmt cluster status says how far it is.",
  },
  "no-etcd": {
    means: "This host cannot run etcd: none is inside the executable, and none on the PATH.",
    why: "The executable was built without, or the one on the PATH is too old.",
    remedy: "Use an executable that scripts/build made, or install etcd 3.6.",
  },
  "port-taken": {
    means: "etcd cannot listen at its address: another program does.",
    why: "An etcd of somebody else, or a second agent of this host.",
    remedy: "ss -ltnp says which; or choose others with --client-urls and --server-urls.",
  },
  "address-absent": {
    means: "etcd cannot listen at an address that this host does not have.",
    why: "The address changed or is misspelt.",
    remedy: "ip address shows which it has.",
  },
  "unknown-host": {
    means: "A name cannot be looked up.",
    why: "It is misspelt, or no name server answers.",
    remedy: "getent hosts NAME.",
  },
  "unreachable": {
    means: "A host cannot be reached.",
    why: "There is no route to it, or its network is down.",
    remedy: "ip route get ADDRESS.",
  },
  "bus-unavailable": {
    means: "The message bus cannot be reached.",
    why: "dbus does not run, or this user has no session.",
    remedy: "systemctl status dbus; mgmt doctor.",
  },
} as const satisfies Readonly<Record<string, CodeExplanation>>;
