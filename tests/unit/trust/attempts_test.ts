/**
 * What is tried against a cluster that speaks TLS, and the test in which it is refused: each on real etcd, by who is
 * on the network, by a host of the cluster, or by another user of one of its machines.
 */

import { assertEquals } from "@std/assert";
import { contentOf, repositoryFile } from "../../support/program.ts";

const RIGHTS = "tests/fault/etcd_rights_test.ts";
const TLS = "tests/fault/etcd_tls_test.ts";
const TOKENS = "tests/scenario/token_test.ts";
const JOINS = "tests/scenario/join_attacks_test.ts";
const STRANGERS = "tests/cluster/strangers_test.ts";
const FLOODS = "tests/fault/etcd_flood_test.ts";

/** The attempt; the file, and words of it by which the try is found there. */
const ATTEMPTS: readonly (readonly [attempt: string, file: string, ...words: string[]])[] = [
  ["another's export", RIGHTS, '"another\'s export":', '"another\'s export in a transaction":'],
  ["nested transactions", RIGHTS, "the same in a transaction in a transaction", "two deep"],
  ["another's lease", RIGHTS, "to end another's lease", "to put a key to another's lease"],
  ["open-ended ranges", RIGHTS, "to read from its row on", "to read everything", "across rows"],
  ["open-ended watches", RIGHTS, "watches are refused that reach beyond", "open ends"],
  ["the size of the cluster, by a host", RIGHTS, "the size of the cluster"],
  ["the same by its command", "tests/scenario/host_rights_test.ts", '"cluster", "size"'],
  ["a member is added", RIGHTS, '"a member":', '"a learner":', "to promote a member"],
  ["compaction", RIGHTS, "to forget the history"],
  ["alarms", RIGHTS, "to raise an alarm", "to end an alarm"],
  ["calls about users and roles", RIGHTS, "rights to be off", "to be root", "all roles"],
  [
    "raft with an agent's certificate",
    "tests/unit/trust/etcd_certificates_test.ts",
    "lets nobody into a cluster as a member who shows a host's certificate",
  ],
  [
    "an agent's certificate as that of an etcd",
    TLS,
    "// both runtimes",
    "its certificate is none of a server",
  ],
  [
    "who looks for a cluster that is not its own",
    "tests/unit/app/hello_tls_test.ts",
    "who does not belong to the cluster is told nothing",
    "a proof is good for one question",
  ],
  ["a token twice", TOKENS, "the token lets nobody else in"],
  ["a token that has ended", TOKENS, "counts no more: it has ended"],
  ["a token of another role", TOKENS, "join as agent, not as server"],
  ["a token by 10 at once, and the 11th", TOKENS, "and not the 11th"],
  ["killed between request and answer", TOKENS, "who is killed between request and answer"],
  ["what else who has a token may do", TOKENS, "and nothing else of the cluster"],
  ["a request with another's name", JOINS, "another's name, and another's request"],
  ["a request with CA:true", JOINS, "a request that boasts", "CA:FALSE"],
  ["a man in the middle at the join", JOINS, "a man in the middle shows a certificate of its own"],
  ["one who passes on and changes", JOINS, "one who only passes on", "between.changes = true"],
  ["replay", JOINS, "does nothing when it is sent again", "another's request sent again"],
  ["downgrade", JOINS, "old TLS and plain text are not spoken"],
  ["a token whose holder writes over others", JOINS, "though another writes over all"],
  ["a token whose holder fills the store", JOINS, "more is written than a host needs"],
  ["a host whose rights end, with an open watch", RIGHTS, "hears so on the watch that it has open"],
  ["a host that says more than the leader can read", JOINS, "fills its own rows"],
  ["a copied prefix", "tests/scenario/tls_alone_test.ts", "of a copied prefix"],
  ["whoever shows no certificate, at each port", STRANGERS, "wherever something listens"],
  ["another user of a host", STRANGERS, "another user of a host reads nothing"],
  ["listening on the wire", STRANGERS, "is not on the wire"],
  ["the secret in the store", TOKENS, "the key of the cluster is in no store", ".wal"],
  ["half handshakes at etcd", FLOODS, "half handshakes that are held"],
  ["garbage at the small server", "tests/fault/hello_flood_test.ts", "garbage connections"],
];

Deno.test("each attempt is where it is said to be refused", () => {
  const missing = ATTEMPTS.flatMap(([attempt, file, ...words]) => {
    const text = contentOf(repositoryFile(file)) ?? "";
    return words.filter((each) => !text.includes(each))
      .map((each) => `${attempt}: ${file} has no "${each}"`);
  });
  assertEquals(missing, []);
});
