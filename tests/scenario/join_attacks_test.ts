/** What is tried by who is on the way when a host joins, or has a token itself. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openStore } from "../../src/app/cluster/open_store.ts";
import { tokenCredentials } from "../../src/app/trust/join_cluster.ts";
import {
  bindingKey,
  joinedKey,
  joinKey,
  joinRange,
  wantedKey,
  wantedRange,
} from "../../src/cluster/store/keys.ts";
import { read } from "../../src/cluster/store/records.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { join } from "node:path";
import { privateFiles } from "../../src/os/state/private_files.ts";
import { readTrust } from "../../src/trust/trust_files.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { newIdentity, recipientOf } from "../../src/secrets/age.ts";
import { newKeys } from "../../src/trust/issuing.ts";
import { type OpenToken, openToken } from "../../src/trust/open_token.ts";
import { joinUser } from "../../src/trust/profiles.ts";
import { readRefused } from "../../src/trust/refused_answer.ts";
import { requestText } from "../../src/trust/request.ts";
import { X509Certificate } from "../../src/trust/x509.ts";
import { eventually } from "../support/etcd.ts";
import { Between } from "../support/between.ts";
import { openssl } from "../support/openssl.ts";
import { inDirectory } from "../support/program.ts";
import { testAuthority } from "../support/trust.ts";
import { TokenWorld } from "../support/token_world.ts";
import { refusal, unwrap } from "../support/unwrap.ts";

const OPTIONS = { deadlineMs: 5000 };
/** Forty of it are more than the leader reads. */
const LONG = "x".repeat(1_000_000);

/** One who has a token, and writes with it whatever it likes. */
class Holder implements Disposable {
  readonly store: Store;

  private constructor(readonly token: OpenToken, store: Store) {
    this.store = store;
  }

  static async of(token: OpenToken): Promise<Holder> {
    const address = { clientUrls: token.addresses, credentials: tokenCredentials(token) };
    return new Holder(token, await openStore(address, createLocalClock()));
  }

  put(key: string, text: string) {
    return this.store.put(joinKey(this.token.id, key), text, OPTIONS);
  }

  /** What the leader says to that. */
  async answer(key: string, text: string): Promise<string> {
    const { revision } = unwrap(await this.put(key, text));
    let said = "";
    await eventually(async () => {
      const { entry } = unwrap(await this.store.get(joinedKey(this.token.id, key), OPTIONS));
      const refused = readRefused(entry?.value ?? "");
      if (entry === undefined || refused !== undefined && refused.of < revision) return false;
      said = refused?.why.message ?? entry.value;
      return true;
    }, () => `the leader does not answer ${text}`);
    return said;
  }

  [Symbol.dispose](): void {
    this.store.close();
  }
}

/** A request for a host of that name. */
async function request({ id, role }: OpenToken, host: string) {
  const recipient = unwrap(await recipientOf(await newIdentity()));
  return await requestText(await newKeys(), { role, host, recipient }, joinUser(id));
}

Deno.test("who is on the way when a host joins, has a token, or sends again what it saw, gets nothing", (t) =>
  inDirectory(async (directory) => {
    await using world = new TokenWorld(directory);
    await world.found("h1");
    const token = async (...flags: string[]) =>
      unwrap(await openToken(await world.token("h1", ...flags)));

    await t.step(
      "a man in the middle shows a certificate of its own, and is told nothing",
      async () => {
        const { issue } = await testAuthority();
        const shown = await issue({ type: "server", addresses: ["127.0.0.1"] });
        await using between = Between.ending(shown);
        const asked = refusal(await world.ask(await token(), undefined, between.url));
        assertMatch(asked.message, /was not signed by this host's cluster/);
        assertEquals(between.heard, "");
      },
    );
    await t.step(
      "one who only passes on sees neither token nor request, and changes nothing unseen",
      async () => {
        const guest = await token();
        await using between = Between.passing(world.address);
        unwrap(await world.ask(guest, undefined, between.url));
        assert(between.heard.length > 1000);
        const { cert } = guest.shown;
        for (const secret of [guest.id, cert.split("\n")[2]!, "mgmt request", '"publicKey"']) {
          assertEquals(between.heard.includes(secret), false, secret);
        }
        between.changes = true;
        const changed = refusal(await world.ask(await token(), undefined, between.url));
        assertMatch(changed.code ?? "", /unavailable|deadline/, changed.message);
      },
    );
    await t.step("what was sent once does nothing when it is sent again", async () => {
      await using between = Between.passing(world.address);
      const guest = await token();
      using holder = await Holder.of({ ...guest, addresses: [between.url] });
      const key = "0".repeat(64);
      const said = await holder.answer(key, "sent once");
      await between.again();
      const of = async () => unwrap(await holder.store.get(joinedKey(guest.id, key), OPTIONS));
      // Had it been put again it would have been looked at again.
      using other = await Holder.of(guest);
      await other.answer("1".repeat(64), "asked later");
      assertEquals((await of()).entry?.version, 1, said);
    });
    await t.step("old TLS and plain text are not spoken", async () => {
      for (const old of ["-tls1", "-tls1_1"]) {
        const { code, text } = await openssl("s_client", "-connect", world.address, old);
        assert(code !== 0 && !text.includes("BEGIN CERTIFICATE"), text);
      }
      await assertRejects(() => fetch(`http://${world.address}/version`));
      const guest = await token();
      const asked = refusal(await world.ask(guest, undefined, `http://${world.address}`));
      assertEquals(asked.code, "speaks-plain", asked.message);
    });
    await t.step(
      "a request that boasts is answered for its key's own, as no authority",
      async () => {
        const guest = await token();
        using holder = await Holder.of(guest);
        const { key, text } = await request(guest, "h5");
        const boasts = { id: "0".repeat(32), cn: "root", subject: "CN=root", ca: true, CA: true };
        const answer = await holder.answer(key, JSON.stringify({ ...JSON.parse(text), ...boasts }));
        const cert = new X509Certificate(JSON.parse(answer).cert);
        assertEquals(cert.subject, `CN=${key.slice(0, 32)}`);
        const file = `${directory}/cert.pem`;
        await Deno.writeTextFile(file, cert.toString("pem"));
        const { text: shown } = await openssl("x509", "-in", file, "-noout", "-text");
        assertMatch(shown, /CA:FALSE/);
        assertEquals(/CA:TRUE|Certificate Sign|Server Authentication/.test(shown), false, shown);
      },
    );
    await t.step("another's name, and another's request sent again, are refused", async () => {
      const [guest, other] = [await token("--uses", "5"), await token()];
      using one = await Holder.of(guest);
      using two = await Holder.of(other);
      const taken = await request(guest, "h1");
      assertMatch(await one.answer(taken.key, taken.text), /the name h1 is another host's/);
      const mine = await request(guest, "h6");
      assertMatch(await one.answer(mine.key, mine.text), /"cert"/);
      assertMatch(await two.answer(mine.key, mine.text), /its sender does not have the key/);
      const named = mine.text.replace('"h6"', '"h7"');
      assertMatch(await one.answer(taken.key, named), /where that of another key belongs/);
    });
  }));

Deno.test("who has a token can keep no other host out for long, and fills nothing", (t) =>
  inDirectory(async (directory) => {
    await using world = new TokenWorld(directory);
    const leader = await world.found("h1");
    const token = async (...flags: string[]) =>
      unwrap(await openToken(await world.token("h1", ...flags)));

    await t.step("a host is let in though another writes over all that it asks", async () => {
      const shared = await token("--uses", "5");
      using holder = await Holder.of(shared);
      let isOver = false;
      const root = await world.storeOf("h1");
      const spoiling = (async () => {
        for (let times = 0; !isOver && times < 8;) {
          const page = unwrap(await root.list(joinRange(shared.id), { ...OPTIONS, limit: 9 }));
          for (const { key, value } of page.entries) {
            if (value === "spoiled") continue;
            times++;
            await holder.store.put(key, "spoiled", OPTIONS);
          }
        }
      })();
      try {
        unwrap(await world.ask(shared));
      } finally {
        isOver = true;
        await spoiling;
        root.close();
      }
    });
    await t.step(
      "a token with which more is written than a host needs ends, and all of that goes",
      async () => {
        const root = await world.storeOf("h1");
        try {
          for (
            const [key, text] of [[`${"0".repeat(64)}/x`, "x"], ["a".repeat(64), LONG]] as const
          ) {
            const misused = await token("--uses", "5");
            using holder = await Holder.of(misused);
            for (let count = 0; count < 40; count++) {
              const digits = count.toString(16).padStart(2, "0");
              await holder.put(key.replace(/^../, digits), text);
            }
            await leader.says(`the token ${misused.id} was ended`);
            await eventually(async () => {
              const denied = await holder.put("b".repeat(64), "x");
              return !denied.ok && denied.failure.code === "permission-denied";
            }, () => "it can still be written with");
            await eventually(async () => {
              const page = unwrap(await root.list(joinRange(misused.id), { ...OPTIONS, limit: 1 }));
              return page.entries.length === 0;
            }, () => "what was written is still there");
          }
        } finally {
          root.close();
        }
        // Who leads was not hindered.
        unwrap(await world.ask(await token()));
      },
    );
  }));

Deno.test("a host that fills its own rows can still be cast out, and what it wrote goes", () =>
  inDirectory(async (directory) => {
    await using world = new TokenWorld(directory);
    const leader = await world.found("h1");
    const { id } = unwrap(await world.ask(await world.token("h1"), "h9"));
    const trust = unwrap(readTrust(privateFiles(join(directory, "h9.trust"))));
    assert(trust !== undefined);
    const address = { clientUrls: [`https://${world.address}`], credentials: trust.credentials };
    const host = await openStore(address, createLocalClock());
    const root = await world.storeOf("h1");
    try {
      const put = (count: number) => host.put(wantedKey("h9", count.toString(16)), LONG, OPTIONS);
      // The leader answers a host first, and gives it its rights then.
      await eventually(async () => (await put(0)).ok, () => "it gets no rights");
      // Few and long: also what it writes after the leader has removed some of it is to go.
      for (let count = 1; count < 40; count++) unwrap(await put(count));
      const key = bindingKey("h9");
      assertEquals(read.binding(unwrap(await root.get(key, OPTIONS)).entry?.value)?.id, id);
      unwrap(await root.transact({ when: [], then: [{ type: "delete", key }] }, OPTIONS));
      const began = performance.now();
      await eventually(async () => {
        const denied = await put(0);
        return !denied.ok && denied.failure.code === "permission-denied";
      }, () => `it still has its rights\n${world.said}`);
      console.log(`its rights ended after ${Math.round(performance.now() - began)} ms`);
      await leader.says("cannot read all that hosts say, and decides nothing meanwhile; what h9");
      const wishes = { ...OPTIONS, limit: 9 };
      await eventually(
        async () => unwrap(await root.list(wantedRange("h9"), wishes)).entries.length === 0,
        () => `what it wrote is still there\n${world.said}`,
      );
      unwrap(await world.ask(await world.token("h1")));
    } finally {
      host.close();
      root.close();
    }
  }));
