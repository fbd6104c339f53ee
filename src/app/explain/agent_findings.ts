/**
 * What `mgmt doctor` may find of the agent, its state and its part in a cluster, by code.
 *
 * @module
 */

import type { FindingTexts } from "./explanation.ts";

export const AGENT_FINDINGS = {
  "agent-silent": {
    severity: "error",
    means: "An agent runs and does not answer at its socket.",
    why: "Its process is stopped or hangs, or it could not make its socket (it said why).",
    remedy: "systemctl status mgmt and journalctl -u mgmt; systemctl restart mgmt.",
  },
  "agent-ended": {
    severity: "warning",
    means: "No agent runs here, and the last one ended without a word.",
    why: "It was killed, for want of memory for instance, or the host went down.",
    remedy:
      "journalctl -k and journalctl -u mgmt say why; then start it: what was begun is gone on with.",
  },
  "agent-hangs": {
    severity: "error",
    means: "The agent answers, and says itself that it makes no progress.",
    why: "A resource works far longer than it may; the line names it.",
    remedy: "Look at what it waits for; as a service the watchdog restarts the agent.",
  },
  "graph-refused": {
    severity: "warning",
    means: "The graph file has mistakes now, so an earlier reading stays in force.",
    why: "It was edited, and what came out does not validate.",
    remedy: "mgmt validate FILE shows the mistakes; saved right, it is taken at once.",
  },
  "resources-failed": {
    severity: "warning",
    means: "Resources of the graph have failed, or are fought over.",
    why: "Each has a reason: mgmt history --failed, mgmt why RESOURCE.",
    remedy: "Mend the causes; each is tried again by itself.",
  },
  "prefix-silent": {
    severity: "error",
    means: "The directory of the agent's state does not answer, so nothing there was looked at.",
    why: "It is on a mount whose server is away.",
    remedy: "Mend the mount; state belongs on a local disk (--prefix).",
  },
  "prefix-no-directory": {
    severity: "error",
    means:
      "What is named as the agent's state (--prefix) is a file or something else, no directory.",
    why: "A wrong path was given, or something else was put there.",
    remedy: "Name the directory that mgmt run was given; or move what stands there out of the way.",
  },
  "prefix-open": {
    severity: "error",
    means: "Others can write where the agent keeps its state, and so decide what it does.",
    why: "A directory on the way there belongs to somebody else or has a mode too open.",
    remedy: "What the line says: chown, chmod; or another place with --prefix.",
  },
  "socket-open": {
    severity: "error",
    means: "Others than its owner may connect to the agent's control socket, which gives orders.",
    why: "Somebody changed its mode.",
    remedy: "chmod 0600 it; the agent makes it so.",
  },
  "graph-open": {
    severity: "warning",
    means: "Others can write the graph, and so decide what the agent does.",
    why: "The file or a directory on the way to it belongs to somebody else or is too open.",
    remedy: "What the line says: chown, chmod; a service refuses such a graph.",
  },
  "secrets-open": {
    severity: "error",
    means: "Others can read or replace secrets.",
    why: "The directory of secrets, or a file in it, has a mode too open or another owner.",
    remedy: "chmod 0700 the directory and 0600 its files; consider what stood there as known.",
  },
  "journal-unusable": {
    severity: "warning",
    means: "The journal cannot be read: history, why and undo know nothing.",
    why: "The file is damaged, or no journal of this version.",
    remedy: "Stop the agent, move journal.db and its -wal and -shm away, start it again.",
  },
  "journal-large": {
    severity: "warning",
    means: "The journal is larger than it should become.",
    why: "It is given back in steps while the agent runs; where none runs it stays.",
    remedy: "Nothing while an agent runs; else start it, or give --journal-size.",
  },
  "store-full": {
    severity: "error",
    means: "The file of the cluster's store has reached its quota: it takes nothing more.",
    why: "Very many or very large exports, or values that change all the time.",
    remedy: "mgmt cluster status says how full it is; the leader compacts it by itself.",
  },
  "store-filling": {
    severity: "warning",
    means: "The file of the cluster's store nears its quota.",
    why: "Many or large exports, or values that change all the time.",
    remedy: "mgmt cluster status says what is in use; what is free in it is given back by itself.",
  },
  "etcd-absent": {
    severity: "warning",
    means: "This host cannot run etcd: none is in the executable, and none on the PATH.",
    why: "The executable was built without, or mgmt runs from its source.",
    remedy: "Use an executable that scripts/build made, or install etcd 3.6.",
  },
  "etcd-port-taken": {
    severity: "error",
    means: "Another program listens where this host's etcd would.",
    why: "An etcd of somebody else, or another agent of this host.",
    remedy: "ss -ltnp says which; end it, or choose others: --client-urls, --server-urls.",
  },
  "etcd-cannot-start": {
    severity: "error",
    means: "etcd could not be started from the agent's directory.",
    why: "The file system there is mounted noexec, is read-only, or its data is another user's.",
    remedy: "Mount it without noexec, chown the data, or put the state elsewhere with --prefix.",
  },
  "etcd-room": {
    severity: "warning",
    means: "There is too little room for etcd where its data would be.",
    why: "It writes its log ahead, 64 MB twice, and dies when that does not fit.",
    remedy: "Make room there, or put the state elsewhere with --prefix.",
  },
  "etcd-gone": {
    severity: "warning",
    means: "This host is a member of its cluster and its agent runs, but its etcd does not.",
    why: "It cannot start, or was ended a moment ago; the agent starts it again.",
    remedy: "journalctl -u mgmt, and the end of etcd.log below the prefix.",
  },
  "unit-failed": {
    severity: "error",
    means: "The service mgmt.service has failed.",
    why: "journalctl -u mgmt says why.",
    remedy: "Mend it, then systemctl restart mgmt.",
  },
  "unit-stopped": {
    severity: "warning",
    means: "The service mgmt.service is installed and does not run.",
    why: "It was stopped, or has never been started.",
    remedy: "systemctl start mgmt; mgmt service uninstall takes it away.",
  },
  "unit-disabled": {
    severity: "warning",
    means: "The service mgmt.service will not be started at the next boot.",
    why: "It was disabled or masked.",
    remedy: "systemctl enable mgmt.",
  },
  "unit-restarted": {
    severity: "warning",
    means: "systemd had to start the service again, more than once.",
    why: "It ended by itself, was killed, or the watchdog ended it as it made no progress.",
    remedy: "journalctl -u mgmt tells of each end.",
  },
  "unit-outdated": {
    severity: "notice",
    means: "The unit was changed on the disk, and systemd has not read it again.",
    why: "A file was edited without systemctl daemon-reload.",
    remedy: "systemctl daemon-reload.",
  },
  "unit-unwatched": {
    severity: "notice",
    means: "The unit has no watchdog: an agent that hangs stays so.",
    why: "A setting of the host's own takes WatchdogSec= away, or the unit is not mgmt's.",
    remedy: "mgmt service install writes one with a watchdog.",
  },
  "certificate-ended": {
    severity: "error",
    means: "A certificate of this host does not count: it ended, or has not begun.",
    why: "The clock is wrong, or the certificate was never renewed.",
    remedy: "Set the clock; else let the host join anew with a token.",
  },
  "certificate-ending": {
    severity: "warning",
    means: "A certificate of this host ends within 30 days.",
    why: "It was made by others for that time, or renewing fails.",
    remedy: "mgmt members shows when; one of others has to be replaced by them.",
  },
  "certificate-old": {
    severity: "notice",
    means: "The host's certificate has not been renewed for longer than it should be.",
    why: "Renewing counts days of use and needs a leader that answers.",
    remedy: "mgmt cluster status; it goes on counting meanwhile.",
  },
  "trust-unreadable": {
    severity: "error",
    means: "The host's certificates and keys are not whole.",
    why: "A file is missing, damaged, or belongs to another key.",
    remedy: "Restore it, or leave the cluster and join anew.",
  },
  "name-unknown": {
    severity: "warning",
    means: "A name of the cluster's addresses has no address on this host.",
    why: "No name server answers, or it does not know the name.",
    remedy: "getent hosts NAME; see /etc/resolv.conf, /etc/hosts.",
  },
  "address-absent-here": {
    severity: "warning",
    means: "This host tells others an address that it does not have itself.",
    why: "Its address changed, or the address is that of a gateway that forwards to it.",
    remedy: "ip address; start the agent with --advertise-client-urls if others reach it there.",
  },
  "members-unreachable": {
    severity: "warning",
    means: "No connection could be made to some, or any, of the cluster's addresses.",
    why: "Those hosts are off, a firewall is between, or the network is down.",
    remedy: "mgmt members on one that is reached; ip route; the firewall's rules for port 2379.",
  },
  "cluster-lost": {
    severity: "warning",
    means: "The agent has lost its cluster: what it collected last stays in force.",
    why: "No member answers, or a majority of them is away.",
    remedy: "mgmt cluster status says who is missing.",
  },
  "cluster-outcast": {
    severity: "error",
    means: "The host has no part in its cluster any more.",
    why: "It was cast out, or forgotten, or its certificate does not count.",
    remedy: "mgmt token create on a member, and start the host with that token.",
  },
  "left-temporary": {
    severity: "notice",
    means: "A run that was killed has left temporary files.",
    why: "It was ended in the middle of a write.",
    remedy: "Nothing: the next run with that prefix removes them.",
  },
  "left-etcd": {
    severity: "notice",
    means: "etcd runs though its agent does not.",
    why: "The agent was killed, or is just being started again; the next one goes on with it.",
    remedy: "Start the agent; or end etcd (kill PID), if the host is to have no part any more.",
  },
  "left-mounts": {
    severity: "notice",
    means: "Mounts that were made to try them are still there.",
    why: "The agent was killed between two steps of exchanging a mount.",
    remedy: "umount what is below /run/mgmt-mounts while no agent runs.",
  },
  "version-differs": {
    severity: "warning",
    means: "The agent that runs is another version than this executable.",
    why: "The executable was replaced and the agent not restarted.",
    remedy: "systemctl restart mgmt, or end the run and start it again.",
  },
  "executable-gone": {
    severity: "warning",
    means: "The executable that the agent runs is not there any more.",
    why: "It was replaced or removed while the agent ran.",
    remedy: "Restart the agent; where the unit names another path, mgmt service install.",
  },
} as const satisfies FindingTexts;
