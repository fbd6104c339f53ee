/** Operators: who asks a cluster from a machine that is no host of it. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { openStore } from "../../src/app/cluster/open_store.ts";
import { addOperator } from "../../src/app/trust/operators.ts";
import * as keys from "../../src/cluster/store/keys.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { privateFiles } from "../../src/os/state/private_files.ts";
import { issue, openAuthority } from "../../src/trust/issuing.ts";
import { readOwnSecret, TRUST_PLACE } from "../../src/trust/trust_files.ts";
import { RANDOM } from "../support/trust.ts";
import { clientCredentials } from "../../src/trust/client_credentials.ts";
import {
  type OperatorFile,
  operatorText,
  readOperatorFile,
} from "../../src/trust/operator_file.ts";
import { etcdPrograms, eventually } from "../support/etcd.ts";
import { inProcess } from "../support/in_process.ts";
import { EXECUTABLE, mgmt, Program } from "../support/program.ts";
import { inOneTokenCluster, type TokenTest, TokenWorld } from "../support/token_world.ts";
import { refusal, unwrap } from "../support/unwrap.ts";

const OPTIONS = { deadlineMs: 5000 };

/** Adds an operator; the file that has it. */
async function operatorFile(world: TokenWorld, name: string): Promise<string> {
  const text = await world.says("h1", "operator", "add", name);
  const path = join(world.directory, `${name}.${crypto.randomUUID().slice(0, 8)}`);
  await Deno.writeTextFile(path, text, { mode: 0o600 });
  return path;
}

async function refused(words: readonly string[], file: string): Promise<string> {
  const { code, stderr } = await inProcess([...words, "--operator", file]);
  assertEquals(code, 1, `${words.join(" ")}: ${stderr}`);
  return stderr;
}

async function eventualCode({ shown, believed, addresses }: OperatorFile): Promise<unknown> {
  const credentials = clientCredentials(shown, believed);
  const store = await openStore({ clientUrls: addresses, credentials }, createLocalClock());
  try {
    let code: unknown;
    await eventually(async () => {
      const seen = await store.get(keys.idealSizeKey(), OPTIONS);
      code = seen.ok ? undefined : seen.failure.code;
      return code !== undefined;
    }, () => "the operator counts still");
    return code;
  } finally {
    store.close();
  }
}

/** What is tried in one cluster, one after the other. */
const IN_ONE: Readonly<Record<string, TokenTest>> = {
  "an operator sees the cluster and changes its size from where no host is, and nothing else; removed, it does nothing more":
    async (world) => {
      const file = await operatorFile(world, "olga");
      const says = async (...words: string[]) => {
        const { code, stdout, stderr } = await mgmt([...words, "--operator", file]);
        assertEquals(code, 0, stderr);
        return stdout;
      };
      assertMatch(await says("members"), /h1 +voter \(leader\) +live/);
      assertStringIncludes(await says("cluster", "status"), "h1");
      assertMatch(await says("cluster", "size", "3"), /^3 members wanted, before: 5/);
      const { stdout } = await mgmt(["cluster", "size"], { env: { MGMT_OPERATOR: file } });
      assertEquals(stdout, "3\n");
      for (const words of [["forget", "h9"], ["token", "list"], ["operator", "list"]]) {
        assertMatch(await refused(words, file), /unknown flag --operator/);
      }
      for (const action of ["secret", "snapshot", "recover", "restore"]) {
        assertMatch(await refused(["cluster", action, "x"], file), /takes no --operator/);
      }
      assertMatch(
        await refused(["members", "--prefix", world.prefix("h1")], file),
        /--operator excludes --prefix/,
      );
      assertMatch(await world.says("h1", "operator", "list"), /olga +2\d{3}-\d\d-\d\d \d\d:\d\d/);
      assertMatch(await world.says("h1", "operator", "remove", "olga"), /is no operator any more/);
      assertMatch(await refused(["members"], file), /operator olga of .* counts no more/);
      const again = await operatorFile(world, "olga");
      assertMatch(await refused(["cluster", "size", "5"], file), /olga of .* counts no more/);
      assertEquals((await mgmt(["cluster", "size", "--operator", again])).stdout, "3\n");
      assertMatch(await world.says("h1", "operator", "remove", "olga"), /is no operator any more/);
    },
  "etcdctl does as the article has it, as the host and as an operator": async (world) => {
    const anna = await operatorFile(world, "anna");
    const etcdctl = async (place: string, ...words: readonly string[]) => {
      const line = `eval "$(${EXECUTABLE} cluster env ${place})"; etcdctl "$@"`;
      const { stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", line, "sh", ...words],
        env: {
          PATH: `${etcdPrograms()}:${Deno.env.get("PATH") ?? ""}`,
          XDG_RUNTIME_DIR: world.directory,
        },
      }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };
    const host = `--prefix ${world.prefix("h1")}`;
    assertEquals(await etcdctl(host, "put", "/_mgmt/idealClusterSize", "3"), "OK\n");
    assertEquals(await world.says("h1", "cluster", "size"), "3\n");
    const operator = `--operator ${anna}`;
    const put = await etcdctl(operator, "put", "/_mgmt/idealClusterSize", "1");
    assertMatch(put, /^OK\nwrote .*\/ca-[0-9a-f]{16}\.pem, by which etcdctl knows .*\n$/);
    assertEquals(await world.says("h1", "cluster", "size"), "1\n");
    assertMatch(await etcdctl(operator, "member", "list"), /started, h1-/);
    assertMatch(await etcdctl(operator, "put", "/_mgmt/live/h1", "x"), /permission denied/);
    assertMatch(await etcdctl(operator, "user", "list"), /permission denied/);
    assertMatch(await etcdctl(host, "user", "list"), /^op-anna-[0-9a-f]{8}\nroot\n$/);
  },
  "what an operator may not do is refused by etcd": async (world) => {
    const file = readOperatorFile(await Deno.readTextFile(await operatorFile(world, "beth")));
    const { shown, believed, addresses } = unwrap(file);
    const credentials = clientCredentials(shown, believed);
    const store = await openStore({ clientUrls: addresses, credentials }, createLocalClock());
    const lease = await store.grantLease(60_000, OPTIONS);
    try {
      const attempts = [
        store.put(keys.liveKey("h9"), "x", OPTIONS),
        store.put(keys.exportedKey("h1", "file", "x"), "x", OPTIONS),
        store.put(keys.volunteerKey("anna"), "x", OPTIONS),
        store.put(keys.bindingKey("h9"), "x", OPTIONS),
        store.put(keys.operatorKey("bob"), "x", OPTIONS),
        store.put(keys.forgottenKey("1"), "x", OPTIONS),
        store.put(keys.leaderKey(), "x", OPTIONS),
        store.put("/other", "x", OPTIONS),
        store.get("/other", OPTIONS),
        store.list(keys.prefixRange(keys.ROOT_KEY), { ...OPTIONS, limit: 10 }),
        store.list(keys.operatorRange(), { ...OPTIONS, limit: 10 }),
        store.list(keys.tokenRange(), { ...OPTIONS, limit: 10 }),
        store.transact({
          when: [],
          then: [
            { type: "put", key: keys.idealSizeKey(), value: "9" },
            { type: "delete", key: keys.liveKey("h1") },
          ],
        }, OPTIONS),
        store.addLearner(["https://127.0.0.1:1"], OPTIONS),
        store.removeMember("1", OPTIONS),
        store.compact(1, OPTIONS),
        store.readRights(OPTIONS),
        store.changeRights({ type: "add-user", user: "op-bob-1" }, OPTIONS),
      ];
      for (const [index, each] of (await Promise.all(attempts)).entries()) {
        const code = each.ok ? "done" : each.failure.code;
        assertEquals(code, "permission-denied", `attempt ${index}`);
      }
      const size = unwrap(await store.get(keys.idealSizeKey(), OPTIONS)).entry?.value;
      assertEquals(size === "9", false);
      unwrap(lease);
    } finally {
      store.close();
    }
  },
  "a certificate that is over is let in nowhere, whatever the store says of its operator": async (
    world,
  ) => {
    const known = unwrap(
      readOperatorFile(await Deno.readTextFile(await operatorFile(world, "carla"))),
    );
    const secret = unwrap(readOwnSecret(privateFiles(join(world.prefix("h1"), TRUST_PLACE))));
    assert(secret !== undefined);
    const authority = unwrap(await openAuthority(secret));
    const [record = ""] = (await world.sees("h1", "operator", "list", "--output", "json"))
      .match(/op-carla-[0-9a-f]{8}/) ?? [];
    const untilMs = Date.UTC(2024, 0);
    const name = record.slice("op-".length);
    const shown = unwrap(await issue(authority, { type: "operator", name, untilMs }, RANDOM));
    const path = join(world.directory, "over");
    await Deno.writeTextFile(path, operatorText({ ...known, shown, untilMs }), { mode: 0o600 });
    assertMatch(await refused(["members"], path), /operator carla of .*over ended at 2024-01-01/);
    const credentials = clientCredentials(shown, known.believed);
    const store = await openStore({ clientUrls: known.addresses, credentials }, createLocalClock());
    assertEquals(refusal(await store.get(keys.idealSizeKey(), OPTIONS)).code, "untrusted");
    store.close();
  },
  "a file that others can read, of garbage, or of another cluster is refused, and says what to do":
    async (world) => {
      const file = await operatorFile(world, "dina");
      await Deno.chmod(file, 0o644);
      assertMatch(await refused(["members"], file), /its mode is 0644[^]*chmod 0600/);
      await Deno.chmod(file, 0o600);
      const link = join(world.directory, "link");
      await Deno.symlink(file, link);
      assertMatch(await refused(["members"], link), /it is a link/);
      assertMatch(await refused(["members"], `${file}.none`), /there is no .*operator add NAME/s);
      const garbage = join(world.directory, "garbage");
      await Deno.writeFile(garbage, crypto.getRandomValues(new Uint8Array(5000)), { mode: 0o600 });
      assertMatch(await refused(["members"], garbage), /it is no operator's file/);
      // Who has nothing to show is told as whom to ask.
      const nobody = ["--seeds", world.address, "--prefix", world.prefix("nobody")];
      await Deno.mkdir(world.prefix("nobody"));
      const out = join(world.directory, "snapshot");
      for (const words of [["members"], ["forget", "h9"], ["cluster", "snapshot", out]]) {
        const { code, stderr } = await inProcess([...words, ...nobody]);
        assertEquals(code, 1, stderr);
        assertMatch(stderr, /speaks TLS[^]*hint: ask as a host of that cluster[^]*--operator FILE/);
      }
      const { stderr } = await mgmt(["token", "create", ...nobody]);
      assertMatch(stderr, /nobody is in no cluster/);
      await using elsewhere = new TokenWorld(join(world.directory, "elsewhere"));
      await Deno.mkdir(elsewhere.directory);
      await elsewhere.found("e1");
      const told = await refused(["members", "--seeds", elsewhere.address], file);
      assertMatch(told, /another cluster|not signed/);
    },
  "what add says of the end of an operator, list says too, to the minute": async (world) => {
    const place = ["--prefix", world.prefix("h1")];
    const fromMs = Date.now();
    const { stdout, stderr } = await mgmt(["operator", "add", "ella", "--ttl", "2h", ...place]);
    const [, until = ""] = /^operator ella: counts until (\S+ \S+) UTC$/m.exec(stderr) ?? [];
    const endMs = Date.parse(`${until.replace(" ", "T")}Z`);
    assert(Math.abs(endMs - fromMs - 7_200_000) < 90_000, `${stderr} at ${fromMs}`);
    assertMatch(await world.sees("h1", "operator", "list"), new RegExp(`ella +${until} `));
    assertEquals(/^# until: (\S{16})/m.exec(stdout)?.[1], until.replace(" ", "T"));
    const { operators } = JSON.parse(
      await world.sees("h1", "operator", "list", "--output", "json"),
    );
    const ella = operators.find(({ name }: { name: string }) => name === "ella");
    assertEquals(ella.until.slice(0, 16).replace("T", " "), until);
  },
  "an operator ends by the clock of who leads; two that are added at once under one name are one":
    async (world) => {
      const place = {
        flags: new Map([["prefix", world.prefix("h1")]]),
        environment: () => undefined,
      };
      const both = await Promise.all([
        addOperator(place, "carl", 6000),
        addOperator(place, "carl", 6000),
      ]);
      const [made] = both.filter((each) => each.ok);
      const [other] = both.filter((each) => !each.ok);
      assert(made?.ok === true && other !== undefined);
      assertMatch(refusal(other).message, /an operator carl already/);
      const file = unwrap(readOperatorFile(made.value.text));
      await world.becomes("h1", ["operator", "list"], /^(?![^]*\bcarl\b)/);
      const code = await eventualCode(file);
      assertEquals(code, "permission-denied");
    },
  "who is killed before the file is printed leaves an operator that is nobody; who waits in vain takes back what was written":
    async (world) => {
      const place = ["--prefix", world.prefix("h1")];
      const list = (what: string) => world.sees("h1", what, "list");
      // Without a leader nobody makes users of records.
      world.leader("h1").signal("SIGSTOP");
      try {
        const killed = new Program(["operator", "add", "fred", ...place]);
        const late = [
          mgmt(["operator", "add", "gina", ...place]),
          mgmt(["token", "create", ...place]),
        ];
        await world.becomes("h1", ["operator", "list"], /fred/);
        killed.signal("SIGKILL");
        assertEquals((await killed.ended()).stdout, "");
        for (const { code, stdout, stderr } of await Promise.all(late)) {
          assertEquals([code, stdout], [1, ""], stderr);
          assertMatch(stderr, /does not let it in, so it was taken back[^]*mgmt cluster status/);
        }
        assertEquals(await list("token"), "There are no tokens.\n");
        assertEquals((await list("operator")).includes("gina"), false);
      } finally {
        world.leader("h1").signal("SIGCONT");
      }
      const again = await mgmt(["operator", "add", "fred", ...place]);
      assertMatch(
        again.stderr,
        /an operator fred already[^]*where the file is lost: [^]*remove fred/,
      );
      assertMatch(await world.says("h1", "operator", "remove", "fred"), /no operator any more/);
      const file = await operatorFile(world, "fred");
      assertEquals((await mgmt(["members", "--operator", file])).code, 0);
    },
  "a file for > is its owner's alone; a full disk leaves no operator, and a host without the secret makes none":
    async (world) => {
      const out = join(world.directory, "out");
      const place = ["--prefix", world.prefix("h1")];
      const shell = async (line: string) => {
        const { code, stderr } = await new Deno.Command("sh", {
          args: ["-c", line, "sh", ...place],
          env: { PATH: Deno.env.get("PATH") ?? "" },
        }).output();
        return { code, stderr: new TextDecoder().decode(stderr) };
      };
      const made = await shell(`umask 0; ${EXECUTABLE} operator add dora "$@" > ${out}`);
      assertEquals(made.code, 0, made.stderr);
      assertEquals((Deno.statSync(out).mode ?? 0) & 0o777, 0o600);
      assertEquals((await mgmt(["members", "--operator", out])).code, 0);
      // Where the disk is full, or takes no secrets, nobody becomes an operator.
      const small = join(world.directory, "small");
      await Deno.mkdir(small);
      const line = `mount -t tmpfs -o size=4k,mode=700 tmpfs ${small} && : > ${small}/out && ` +
        `cat /dev/zero > ${small}/filler; ${EXECUTABLE} operator add emil "$@" > ${small}/out`;
      if (Deno.uid() === 0) {
        const full = await shell(`unshare -m sh -c '${line}' sh "$@"`);
        assertEquals(full.code, 1, full.stderr);
        assertMatch(full.stderr, /cannot write .*out: .*no space left/i);
      }
      assertEquals((await shell(`${EXECUTABLE} operator add emil "$@" > /dev/null`)).code, 1);
      const list = await world.sees("h1", "operator", "list");
      assertEquals([list.includes("dora"), list.includes("emil")], [true, false]);
      // A name that is lost to a kill between its record and its output is said to be taken, and freed.
      assertMatch(
        (await shell(`${EXECUTABLE} operator add dora "$@" > ${out}2`)).stderr,
        /an operator dora already[^]*operator remove dora/,
      );
      assertMatch(
        (await mgmt(["operator", "add", "../x", ...place])).stderr,
        /no name of an operator/,
      );
    },
};

Deno.test("operators of one cluster", (t) => inOneTokenCluster(t, IN_ONE));
