/** Hosts that join a cluster with a token, and those that are kept out. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { createToken } from "../../src/app/trust/tokens.ts";
import { openStore } from "../../src/app/cluster/open_store.ts";
import { tokenCredentials } from "../../src/app/trust/join_cluster.ts";
import * as keys from "../../src/cluster/store/keys.ts";
import { write } from "../../src/cluster/store/records.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { openToken } from "../../src/trust/open_token.ts";
import { bytesOf, readSecret } from "../../src/trust/pem.ts";
import { eventually } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { inProcess } from "../support/in_process.ts";
import { mgmt } from "../support/program.ts";
import { testAuthority } from "../support/trust.ts";
import {
  inOneTokenCluster,
  inTokenCluster,
  type TokenTest,
  TokenWorld,
} from "../support/token_world.ts";
import { refusal, unwrap } from "../support/unwrap.ts";

const OPTIONS = { deadlineMs: 5000 };

/** All files below a directory. */
async function filesBelow(directory: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("find", { args: [directory, "-type", "f"] }).output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

Deno.test("a host whose cluster is away has its own graph in force, and converges without it", () =>
  inTokenCluster(async (world) => {
    const token = await world.token("h1");
    await world.stop("h1");
    const waits = ["--cluster-wait", "1", "--converged-timeout", "6"];
    const { code, stderr } = await (await world.agent("h3", "--token", token, ...waits)).ended();
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /is not in its cluster yet, and asks again/);
  }));

/** What is tried in one cluster, one after the other: each with hosts of its own. */
const IN_ONE: Readonly<Record<string, TokenTest>> = {
  "a host joins with a token, and needs none ever again; the token lets nobody else in": async (
    world,
  ) => {
    const token = await world.token("h1");
    const file = join(world.directory, "token");
    await Deno.writeTextFile(file, `${token}\n`, { mode: 0o600 });
    const first = await world.agent("h3", "--token-file", file);
    await first.says("is let into its cluster as agent");
    await eventually(
      () => world.collected("h3").includes("of-h1") && world.collected("h1").includes("of-h3"),
      () => world.said,
    );
    assertEquals(await world.says("h1", "token", "list"), "There are no tokens.\n");
    assertMatch(await world.says("h3", "members"), /h3 +client +live/);
    const servers = ["token create", "token list", `token revoke ${"0".repeat(16)}`];
    for (
      const words of [...servers, "operator add anna", "operator list", "operator remove anna"]
    ) {
      const action = words.split(" ").slice(0, 2).join(" ");
      const given = await inProcess([...words.split(" "), "--prefix", world.prefix("h3")]);
      assertMatch(given.stderr, /it has no server role in its cluster/);
      assertStringIncludes(given.stderr, `on a host that runs etcd (mgmt members): mgmt ${action}`);
    }
    await world.stop("h3");
    // Its unit goes on to name the file, which is gone; and its machine has another name now.
    await Deno.remove(file);
    const second = await world.agent("h3", "--token-file", file);
    await second.says("Recap: 2 ok");
    await world.stop("h3");
    const machine = Deno.hostname();
    const renamed = await world.nameless("h3");
    await renamed.says(`this machine is called ${machine} now: goes on as h3 in its cluster`);
    await renamed.says("Recap: 2 ok");
    assertMatch(await world.sees("h3", "members"), /h3 +client +live/);
    await world.stop("h3");
    const another = await (await world.named("h3", "h33")).ended();
    assertMatch(
      another.stderr,
      /is that of host h3, which its cluster knows by that name, not of h33/,
    );
    assertMatch(another.stderr, /start it as h33 with a new token/);
    const late = await (await world.agent("h4", "--token", token)).ended();
    assertEquals(late.code, 1, late.stderr);
    assertMatch(late.stderr, /the token has been used already \(1 of 1 times\)/);
    assertMatch(late.stderr, /mgmt token create/);
    // Its own graph was in force all the same.
    assertEquals(late.stderr.includes("0 failed"), true, late.stderr);
    assertEquals(late.stderr.includes(token.slice(0, 60)), false);
    const nobodys = await mgmt(["token", "create", "--prefix", world.prefix("h3")]);
    assertMatch(nobodys.stderr, /has no server role/);
  },
  "a token for 10 lets 10 in that come at once, and not the 11th": async (world) => {
    const token = await world.token("h1", "--uses", "10");
    const all = await Promise.all(Array.from({ length: 11 }, () => world.askAgain(token)));
    const inside = all.flatMap((each) => each.ok ? [each.value.id] : []);
    assertEquals(new Set(inside).size, 10);
    const [outside] = all.filter(({ ok }) => !ok);
    assert(outside !== undefined);
    assertMatch(refusal(outside).message, /used already \(10 of 10 times\)/);
    // Who asks again gets the same answer, and it costs nothing.
    const again = `guest${1 + all.findIndex(({ ok }) => ok)}`;
    assertEquals(unwrap(await world.ask(token, again)).id.length, 32);
    const list = JSON.parse(await world.sees("h1", "token", "list", "--output", "json"));
    assertEquals(list.tokens, []);
  },
  "who is killed between request and answer goes on with what it was answered": async (world) => {
    const token = await world.token("h1");
    const leader = world.leader("h1");
    leader.signal("SIGSTOP");
    const killed = await world.agent("h6", "--token", token);
    await eventually(() => world.hasAsked("h1", token), () => world.said);
    killed.signal("SIGKILL");
    await killed.ended();
    leader.signal("SIGCONT");
    await world.becomes("h1", ["token", "list"], /no tokens/);
    const again = await world.agent("h6", "--token", token);
    await again.says("is let into its cluster as agent");
    await eventually(() => world.collected("h6").includes("of-h1"), () => world.said);
  },
  "a token that has ended, was revoked, or is of another role or cluster lets nobody in": async (
    world,
  ) => {
    const flags = new Map([["prefix", world.prefix("h1")]]);
    const place = { flags, environment: () => undefined };
    const brief = unwrap(await createToken(place, { role: "agent", uses: 5, forMs: 10_000 })).text
      .trim();
    unwrap(await world.ask(brief));
    await world.becomes("h1", ["token", "list"], /no tokens/);
    assertMatch((await world.refused(brief)).message, /counts no more: it has ended/);

    const token = await world.token("h1", "--uses", "5");
    const opened = unwrap(await openToken(token));
    const raised = { ...opened, role: "server" } as const;
    assertMatch((await world.refused(raised)).message, /join as agent, not as server/);
    assertMatch((await world.refused(opened, "h1")).message, /the name h1 is another host's/);

    const { secret, issue } = await testAuthority();
    const shown = await issue({ type: "join", id: opened.id, untilMs: Date.UTC(2090, 0) });
    const alien = refusal(await world.ask({ ...opened, shown }));
    assertMatch(alien.message, /another cluster's authority signed|refuses this host's/);
    const elsewhere = refusal(await world.ask({ ...opened, believed: secret.cert }));
    assertMatch(elsewhere.message, /not signed by this host's cluster/);

    assertMatch(await world.says("h1", "token", "revoke", opened.id), /nobody has joined with it/);
    assertMatch(
      (await world.refused(token)).message,
      /counts no more: it has ended, or was revoked/,
    );
    const gone = await mgmt(["token", "revoke", opened.id, "--prefix", world.prefix("h1")]);
    assertMatch(gone.stderr, /there is no token/);
    const made = await mgmt(["token", "create", "--prefix", world.prefix("h1")]);
    const { id } = unwrap(await openToken(made.stdout));
    assertMatch(made.stderr, new RegExp(`^token ${id}: lets 1 host in as agent, until 2\\d{3}-`));
    const itself = await world.says("h1", "token", "revoke", made.stdout);
    assertMatch(itself, new RegExp(`Token ${id} counts no more; nobody`));
    const at = ["--prefix", world.prefix("h1")];
    const broken = await mgmt(["token", "revoke", made.stdout.slice(0, 500), ...at]);
    assertMatch(broken.stderr, /a part of it is missing/);
    assertEquals(broken.stderr.includes(made.stdout.slice(20, 60)), false);
  },
  "a token of another cluster than the one at --seeds lets nobody into either, and both are named":
    async (world) => {
      await using other = new TokenWorld(join(world.directory, "other"));
      await Deno.mkdir(other.directory);
      await other.found("e1");
      const token = await world.token("h1");
      // What answers nothing is not in the way.
      const dead = `127.0.0.1:${freePort()}`;
      const agent = await other.start(
        "h7",
        "--no-server",
        "--token",
        token,
        "--seeds",
        other.address,
      );
      const { code, stderr } = await agent.ended();
      assertEquals(code, 1, stderr);
      const print = "(?:[0-9A-F]{2}:){31}[0-9A-F]{2}";
      const cluster = "mgmt cluster [0-9a-f]{8}";
      assertMatch(
        stderr,
        new RegExp(
          `another cluster than what answers at https://${other.address}: it is of ${cluster} ` +
            `\\(SHA-256 ${print}\\), and there ${cluster} signed .*\\(SHA-256 ${print}\\)`,
        ),
      );
      assertMatch(stderr, /leave --seeds out at the join/);
      assertMatch(await world.sees("h1", "token", "list"), /1 of 1/);
      const again = await world.start("h7", "--no-server", "--token", token, "--seeds", dead);
      await again.says("is let into its cluster as agent");
    },
  "a host for servers whose name is still that of its last agent waits until that is over, and is let in":
    async (world) => {
      const token = await world.token("h1", "--role", "server", "--uses", "2");
      const store = await world.storeOf("h1");
      const lease = unwrap(await store.grantLease(600_000, OPTIONS));
      const live = { ...OPTIONS, lease: lease.id };
      unwrap(await store.put(keys.liveKey("h5"), write({ id: "0".repeat(32) }), live));
      const agent = await world.agent("h5", "--token", token);
      await agent.says(/is not in its cluster yet, and asks again: the name h5 is another host's/);
      unwrap(await store.revokeLease(lease.id, OPTIONS));
      store.close();
      await agent.says("is let into its cluster as server");
      assertMatch(await world.sees("h1", "token", "list"), /server +1 of 2/);
    },
  "who has a token may ask and read its answer, and nothing else of the cluster": async (world) => {
    const token = unwrap(await openToken(await world.token("h1")));
    const clientUrls = token.addresses;
    const credentials = tokenCredentials(token);
    const store = await openStore({ clientUrls, credentials }, createLocalClock());
    try {
      const other = "0123456789abcdef";
      const codes = await Promise.all([
        store.get(keys.leaderKey(), OPTIONS),
        store.get(keys.liveKey("h1"), OPTIONS),
        store.list(keys.prefixRange(keys.ROOT_KEY), { ...OPTIONS, limit: 10 }),
        store.list(keys.tokenRange(), { ...OPTIONS, limit: 10 }),
        store.list(keys.joinRange(token.id), { ...OPTIONS, limit: 10 }),
        store.list(keys.joinedRange(other), { ...OPTIONS, limit: 10 }),
        store.put(keys.joinKey(other, "0".repeat(64)), "x", OPTIONS),
        store.put(keys.joinedKey(token.id, "0".repeat(64)), "x", OPTIONS),
        store.put(keys.tokenKey(token.id), "x", OPTIONS),
        store.put(keys.bindingKey("h9"), "x", OPTIONS),
        store.put(keys.liveKey("h9"), "x", OPTIONS),
        store.put(keys.idealSizeKey(), "99", OPTIONS),
        store.addLearner(["https://127.0.0.1:1"], OPTIONS),
        store.readRights(OPTIONS),
        store.changeRights({ type: "add-user", user: "op-me" }, OPTIONS),
      ]);
      for (const [index, each] of codes.entries()) {
        assertEquals(refusal(each).code, "permission-denied", `attempt ${index}`);
      }
    } finally {
      store.close();
    }
  },
  "an agent that has left, or was forgotten, says that only a new token lets it in again, and that does":
    async (world) => {
      const token = await world.token("h1", "--uses", "5");
      await (await world.agent("h8", "--token", token)).says("is let into its cluster as agent");
      await eventually(() => world.collected("h1").includes("of-h8"), () => world.said);
      await world.says("h8", "leave");
      const back = await mgmt(["volunteer", "on", "--prefix", world.prefix("h8")]);
      assertEquals(back.code, 1, back.stderr);
      assertMatch(back.stderr, /has left its cluster, and has no right there any more/);
      assertMatch(back.stderr, /mgmt token create > FILE/);
      await world.stop("h8");
      // Its unit may name the token that let it in, which has uses left.
      await (await world.agent("h8", "--token", token)).says("this host has left its cluster");
      await world.stop("h8");
      await (await world.agent("h8", "--token", await world.token("h1"))).says("is let into its");
      await world.becomes("h1", ["members"], /h8 +client +live/);
      await world.stop("h8");
      await world.says("h1", "forget", "h8");
      await (await world.agent("h8")).says("gives this host no right to the name h8");
      await world.stop("h8");
      const again = await world.agent("h8", "--token", await world.token("h1"));
      await again.says("is let into its cluster as agent");
      await world.becomes("h1", ["members"], /h8 +client +live/);
    },
  "a host that joins with a token for servers may run etcd, and the key of the cluster is in no store":
    async (world) => {
      const token = await world.token("h1", "--role", "server", "--uses", "3");
      const urls = world.urls();
      const agent = await world.start("h2", "--token", token, "--seeds", world.address, ...urls);
      await agent.says("is let into its cluster as server");
      await world.becomes("h1", ["members"], /h2 +(learner|voter)/);
      assertMatch(await world.says("h2", "token", "list"), /server +2 of 3 +2\d{3}-/);
      assertEquals(
        await world.says("h2", "cluster", "secret"),
        await world.says("h1", "cluster", "secret"),
      );
      const secret = unwrap(readSecret(await world.says("h1", "cluster", "secret")));
      const file = join(world.directory, "snapshot");
      await world.says("h1", "cluster", "snapshot", file);
      // What etcd keeps: its database and the log of what is to come into it.
      const kept = await filesBelow(join(world.prefix("h1"), "cluster", "etcd"));
      assert(
        kept.some((path) => path.endsWith(".wal")) && kept.some((path) => path.endsWith("/db")),
      );
      const read = (path: string) => new TextDecoder("latin1").decode(Deno.readFileSync(path));
      const text = [file, ...kept].map(read).join("\n");
      const scalar = new TextDecoder("latin1").decode(bytesOf(secret.key).slice(36, 68));
      assert(text.includes(keys.tokenKey(unwrap(await openToken(token)).id)));
      assertEquals(text.includes(scalar), false);
      for (const line of secret.key.split("\n").slice(1, -2)) {
        assertEquals(text.includes(line), false);
      }
    },
};

Deno.test("tokens of one cluster", (t) => inOneTokenCluster(t, IN_ONE));
