import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ClusterPlace } from "../../../src/app/cluster/cluster_place.ts";
import {
  membersObject,
  membersText,
  statusObject,
  statusText,
} from "../../../src/report/cluster_tables.ts";
import { sizeText } from "../../../src/report/cluster_size_text.ts";
import type { Member, MemberStatus, StoreEntry } from "../../../src/cluster/store/store.ts";
import { type ClusterStatus, clusterStatusOf } from "../../../src/cluster/admin/cluster_status.ts";

const SINCE = Date.UTC(2020, 0, 2, 3, 4, 5);

function entry(key: string, value: unknown): StoreEntry {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const written = { createRevision: 1, modRevision: 1, version: 1 };
  // What a host says of itself counts only with its lease.
  const isOwn = /^(live|status|volunteers)\//.test(key);
  return { key: `/_mgmt/${key}`, value: text, ...written, ...(isOwn ? { lease: "1" } : {}) };
}

function member(number: number, learner = false): Member {
  const port = 10_000 + number;
  return {
    id: `a${number}`,
    name: `h${number}-0000000${number}`,
    peerUrls: [`http://127.0.0.1:${port + 100}`],
    clientUrls: [`http://127.0.0.1:${port}`],
    learner,
  };
}

function answerOf({ id }: Member): [string, MemberStatus] {
  return [id, {
    clusterId: "c1",
    memberId: id,
    leaderId: "a2",
    learner: false,
    raftTerm: 2,
    raftIndex: 10,
    raftAppliedIndex: 10,
    databaseBytes: 1,
    inUseBytes: 1,
    quotaBytes: 1000,
    revision: 10,
    version: "3.6.16",
    alarms: [],
  }];
}

/** Three voters of which one is silent, a learner, a client, and one that left a trace. */
function fleet(idealSize = "4", reason?: string): ClusterStatus {
  const members = [member(1), member(2), member(3), member(4, true)];
  const live = ["h1", "h2", "h4", "h5"].map((host) => entry(`live/${host}`, { id: `id-${host}` }));
  const running = (number: number, more: object = {}) =>
    entry(`status/h${number}`, { etcd: "running", memberId: `a${number}`, since: SINCE, ...more });
  const volunteers = ["h1", "h2", "h4"].map((host) =>
    entry(`volunteers/${host}`, {
      clientUrls: ["http://127.0.0.1:1"],
      peerUrls: ["http://127.0.0.1:2"],
    })
  );
  return clusterStatusOf(
    "c1",
    members,
    [
      ...live,
      ...volunteers,
      ...[running(1, { domain: "rack1" }), running(2), running(4)],
      entry("status/h5", { etcd: "none", since: 1e300, reason }),
      entry("backoff/h9", { failures: 1, forMs: 1000, reason: "it did not start" }),
      entry("ctl/leader", { host: "h1", id: "id-h1", since: SINCE }),
      entry("idealClusterSize", idealSize),
    ],
    new Map([members[0]!, members[1]!, members[3]!].map(answerOf)),
  );
}

function place(host: string): ClusterPlace {
  return {
    prefix: "/p",
    texts: new Map(),
    identity: { id: `id-${host}`, endpoints: [] },
    host,
    clientUrls: [],
    credentials: "none",
    collected: { atMs: SINCE, count: 7 },
  };
}

Deno.test("members: a line for each host, members first, with what is known of it", () => {
  assertEquals(membersText(fleet()).split("\n").map((line) => line.split(/ {2,}/)), [
    ["HOST", "ROLE", "STATE", "SINCE", "MEMBER", "ADDRESS", "DOMAIN"],
    [
      "h1",
      "voter (leader)",
      "live",
      "2020-01-02 03:04:05Z",
      "a1",
      "http://127.0.0.1:10001",
      "rack1",
    ],
    ["h2", "voter", "live", "2020-01-02 03:04:05Z", "a2", "http://127.0.0.1:10002", "-"],
    ["h3", "voter", "silent, etcd does not answer", "-", "a3", "http://127.0.0.1:10003", "-"],
    ["h4", "learner", "live", "2020-01-02 03:04:05Z", "a4", "http://127.0.0.1:10004", "-"],
    ["h5", "client", "live", "-", "-", "-", "-"],
    [""],
  ]);
});

Deno.test("members: the object has the same, and its version", () => {
  const { version, clusterId, members } = JSON.parse(membersObject(fleet()));
  assertEquals([version, clusterId, members.length], [1, "c1", 5]);
  assertEquals(members[0], {
    host: "h1",
    role: "voter",
    leadsEtcd: false,
    decides: true,
    live: true,
    answers: true,
    etcd: "running",
    clientUrls: ["http://127.0.0.1:10001"],
    volunteers: true,
    hostId: "id-h1",
    memberId: "a1",
    since: "2020-01-02T03:04:05.000Z",
    domain: "rack1",
    reason: null,
    databaseBytes: 1,
    alarms: [],
    trust: null,
    certificate: null,
  });
  assertEquals(members[4].since, null, "a time that is none");
});

Deno.test("members, status: what each host may and shows, where it shows anything", () => {
  assertEquals(membersText(fleet()).includes("CERTIFICATE"), false);
  const fingerprint = Array.from({ length: 32 }, (_, byte) => `${byte + 10}`).join(":");
  const certificate = { fingerprint, issuedAt: SINCE };
  const entries = [
    ...["h1", "h5", "h6"].map((host) => entry(`live/${host}`, { id: `id-${host}` })),
    entry("status/h1", { etcd: "running", memberId: "a1", certificate }),
    // What it says of its role is of no interest.
    entry("status/h5", { etcd: "none", certificate, role: "server" }),
    entry("status/h6", { etcd: "none", certificate: { fingerprint: "\u001b[31m", issuedAt: 0 } }),
    entry("hosts/h5", { id: "05".repeat(16), role: "host" }),
  ];
  const seen = clusterStatusOf("c1", [member(1)], entries, new Map());
  const short = "10:11:12:13:14:15:16:17";
  const [head, ...rows] = membersText(seen).split("\n");
  assertMatch(head ?? "", /RIGHTS +CERTIFICATE +ISSUED$/);
  assertMatch(rows[0] ?? "", new RegExp(`^h1 .* server +${short} +2020-01-02 03:04:05Z$`));
  assertMatch(rows[1] ?? "", new RegExp(`^h5 .* agent +${short} +2020-01-02 03:04:05Z$`));
  const { members } = JSON.parse(membersObject(seen));
  const issuedAt = "2020-01-02T03:04:05.000Z";
  assertEquals(members[0].certificate, { fingerprint, issuedAt });
  assertEquals(members.map(({ trust }: { trust: string }) => trust), ["server", "agent", null]);
  assertMatch(
    statusText(seen, place("h5"), SINCE),
    new RegExp(`certificate +${short}, no server role, of 2020-01-02`),
  );
  assertMatch(statusText(seen, place("h1"), SINCE), /, server role, of 2020/);
});

Deno.test("members says of silent hosts what they may, as far as the cluster knows it", () => {
  const entries = [
    entry("hosts/h2", { id: "02".repeat(16), role: "server" }),
    entry("hosts/h5", { id: "05".repeat(16), role: "host" }),
    ...["h5", "h6"].map((host) => entry(`status/${host}`, { etcd: "none", since: SINCE })),
  ];
  const rights = (...said: ReturnType<typeof entry>[]) => {
    const seen = clusterStatusOf("c1", [member(1), member(2)], said, new Map());
    return seen.hosts.map(({ host, live, trust }) => `${host} ${live} ${trust ?? "-"}`);
  };
  // A member of a cluster with TLS has its secret; of a client without a binding nothing is known.
  const all = ["h1 false server", "h2 false server", "h5 false agent", "h6 false -"];
  assertEquals(rights(...entries), all);
  assertEquals(rights(entries[2]!), ["h1 false -", "h2 false -", "h5 false -"]);
});

Deno.test("status, members: a size that cannot be read is not guessed, nor what follows from it", () => {
  for (const size of ["banana", "0", "-3", "", "100"]) {
    const seen = fleet(size);
    const text = statusText(seen, place("h1"), SINCE);
    assertStringIncludes(text, "4, unknown how many are wanted, 3 with a vote");
    assertStringIncludes(text, `/_mgmt/idealClusterSize is "${size}", not a number from 1 to 99`);
    const status = JSON.parse(statusObject(seen, place("h1")));
    assertEquals([status.idealSize, status.survives], [null, 0]);
    assertEquals(JSON.parse(membersObject(seen)).idealSize, null);
  }
});

Deno.test("status: of a member, of a client, and where this host is in no cluster", () => {
  const text = statusText(fleet(), place("h1"), SINCE + 300_000);
  assertStringIncludes(text, "h1: voter (leader), live, since 2020-01-02 03:04:05Z");
  assertStringIncludes(text, "4 of 4 wanted, 3 with a vote");
  assertStringIncludes(text, "the loss of none");
  assertStringIncludes(text, "h3 is silent");
  assertStringIncludes(text, "7 on this host, changed last 5 min ago");
  assertStringIncludes(statusText(fleet(), place("h5"), SINCE), "h5: client, live");
  assertStringIncludes(
    statusText(fleet("5"), place("h1"), SINCE),
    "4 of 5 wanted, 3 with a vote; h5 does not offer to run etcd\n",
  );
  const unfit = statusText(fleet("5", "the disk is too small"), place("h1"), SINCE);
  assertStringIncludes(unfit, "4 of 5 wanted, 3 with a vote; h5 cannot run etcd\n");
  const stranger = { ...place("h1"), identity: undefined };
  assertStringIncludes(statusText(fleet(), stranger, SINCE), "is not in this cluster");
});

Deno.test("status: the object has the same, and its version", () => {
  const said = JSON.parse(statusObject(fleet(), place("h5")));
  assertEquals(
    [said.version, said.self.role, said.leader, said.etcdLeader, said.learners, said.survives],
    [1, "client", "h1", "h2", ["h4"], 0],
  );
  assertEquals(said.collectedAt, "2020-01-02T03:04:05.000Z");
  assert(said.doing.includes("h3 is silent"));
});

Deno.test("what others wrote into the store does not reach the terminal as it is", () => {
  const strange = { ...fleet().hosts[0]!, domain: "a\x1b[31mb" };
  assert(!membersText({ ...fleet(), hosts: [strange] }).includes("\x1b"));
});

Deno.test("a host that cannot run etcd says why, in its line and in what the leader waits for", () => {
  const why = "its address http://10.0.0.1:2379 is that of h1";
  const lacking = fleet("5", why);
  assertStringIncludes(membersText(lacking), `live, runs no etcd: ${why}`);
  assertStringIncludes(statusText(lacking, place("h1"), SINCE), `h5 cannot run etcd: ${why}`);
});

Deno.test("members: a long reason does not make the table wide; status and the object have it whole", () => {
  const reason = `the disk of /var/lib/mgmt has too little room for etcd: ${
    "more words ".repeat(20)
  }`;
  const seen = fleet("4", reason.trim());
  for (const line of membersText(seen).split("\n")) assert(line.length < 160, line);
  assertStringIncludes(membersText(seen), "live, runs no etcd: the disk of /var/lib/mgmt has");
  assertStringIncludes(statusText(seen, place("h5"), SINCE), reason.trim());
  assertStringIncludes(membersObject(seen), reason.trim());
});

Deno.test("the status says how the members speak, also where no other machine is reached", () => {
  const at = (url: string) => {
    const { hosts, ...rest } = fleet();
    const moved = hosts.map((host) => ({ ...host, clientUrls: host.clientUrls.map(() => url) }));
    const status = { ...rest, hosts: moved };
    const [row = ""] = statusText(status, place("h1"), SINCE).split("\n")
      .filter((line) => line.startsWith("traffic"));
    return [JSON.parse(statusObject(status, place("h1"))).traffic, row.slice(0, 27)];
  };
  assertEquals(at("http://127.0.0.1:1"), ["loopback", "traffic        plain text, "]);
  assertEquals(at("http://10.0.0.1:1"), ["plain", "traffic        plain text: "]);
  assertEquals(at("https://10.0.0.1:1"), ["tls", "traffic        TLS, for hos"]);
  assertEquals(at("https://127.0.0.1:1"), ["tls", "traffic        TLS, for hos"]);
});

Deno.test("what is left of a cluster is said in the words of its leader", () => {
  assertEquals(
    sizeText({ members: 2, voters: 1, mayFail: 0 }),
    "2 members, 1 voter: survives the loss of none",
  );
  assertStringIncludes(sizeText({ members: 4, voters: 3, mayFail: 1 }), ": survives the loss of 1");
});
