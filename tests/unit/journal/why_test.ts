/** What `mgmt why` and `mgmt history` say: chains of causes, in words that are safe on a terminal. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { meantKey } from "../../../src/base/resource_word.ts";
import { historyText, whyText } from "../../../src/journal/text.ts";
import { explain } from "../../../src/journal/why.ts";
import { NewEntry } from "../../../src/journal/entry.ts";
import type { Cause } from "../../../src/engine/cause.ts";
import { DAY, inJournal, type JournalWorld } from "../../support/journal_world.ts";

const SEEN: Cause = {
  type: "event",
  source: "file",
  path: "/etc/nginx/nginx.conf",
  what: "modified",
  atMs: DAY,
  who: { pid: 7, program: "sed", unit: "nginx-deploy.service", login: "alice", terminal: "pts/0" },
};

const CONF = "file[/etc/nginx/nginx.conf]";

async function why(world: JournalWorld, key: string): Promise<string> {
  return await world.read((reader) => whyText(explain(reader, key)));
}

Deno.test("why: from the reload to who changed the file, the last first", async () => {
  await inJournal(async (world) => {
    world.changed("file[/other]", "does not exist", { causes: [{ type: "start" }] });
    world.changed(CONF, "content differs (12 → 31 bytes)", { causes: [SEEN] });
    world.refreshed("svc[nginx]", [CONF], { causes: [{ type: "refresh", by: [CONF] }] });
    // What came later is no cause.
    world.changed(CONF, "mode 0600 → 0644", { causes: [{ type: "poll" }] });
    assertEquals(
      await why(world, "svc[nginx]"),
      `2026-11-29 00:00:00Z  Svc[nginx] was refreshed: reload (1 ms)
  because File[/etc/nginx/nginx.conf] owed it a refresh
2026-11-29 00:00:00Z  File[/etc/nginx/nginx.conf] was changed: content differs (12 → 31 bytes) (1 ms)
  because /etc/nginx/nginx.conf: modified by sed (nginx-deploy.service, user alice, pts/0), at 2026-11-29 00:00:00Z
`,
    );
  });
});

Deno.test("why: what happened several times for several causes is told by its last one", async () => {
  await inJournal(async (world) => {
    const { clock } = world;
    const [m1, m2, exec] = ["file[/m1]", "file[/m2]", "exec[reload]"];
    const refreshed = (by: string) =>
      world.refreshed(exec, [by], { causes: [{ type: "refresh", by: [by] }] });
    const byHand = (key: string, atMs: number) =>
      world.changed(key, "content differs", { causes: [{ ...SEEN, path: key, atMs }] });
    world.changed(m1, "content differs", { causes: [{ type: "graph", change: "changed" }] });
    refreshed(m1);
    await clock.pass(1000);
    byHand(m2, DAY + 1000);
    refreshed(m2);
    await clock.pass(1000);
    for (let i = 0; i < 2; i++) {
      byHand(m1, DAY + 2000 + i * 1000);
      refreshed(m1);
      await clock.pass(1000);
    }
    const text = await why(world, exec);
    assertStringIncludes(text, "Exec[reload] was refreshed: reload (1 ms) (2 times, the last at");
    assertStringIncludes(text, "because file[/m1]: modified by sed");
    assertStringIncludes(text, "at 2026-11-29 00:00:03Z");
    assert(!text.includes("in the graph") && !text.includes("m2"), text);
    // Each is told where it happened: what counts follows nothing else that caused it.
    const all = await world.read((reader) => historyText(reader.history({ limit: 50 })));
    assertEquals(
      all.match(/(File|Exec)\[[^\]]*\]( was refreshed| was changed)/g)?.map((each) =>
        each.replace(/ was.*/, "")
      ),
      ["File[/m1]", "Exec[reload]", "File[/m2]", "Exec[reload]", "File[/m1]", "Exec[reload]"],
    );
  });
});

Deno.test("why: so many in a minute that all are counted in one: the cause is that of the last time", async () => {
  await inJournal(async (world) => {
    const keys = ["file[/m1]", "file[/m2]"];
    for (let i = 0; i < 90; i++) {
      const [key] = i % 2 === 0 ? keys : keys.toReversed();
      const causes: Cause[] = [{ type: "refresh", by: [key!] }];
      world.changed(key!, `content differs ${i}`, {
        causes: i > 80 ? [SEEN] : [{ type: "start" }],
      });
      world.refreshed("exec[reload]", [key!], { causes });
      await world.clock.pass(100);
    }
    const text = await why(world, "exec[reload]");
    assertStringIncludes(text, "because File[/m2] owed it");
    assertStringIncludes(text, "modified by sed");
  });
});

Deno.test("why: what a command of mgmt itself did is said to be of the resource that it ran for", async () => {
  await inJournal(async (world) => {
    const who = { pid: 7, program: "useradd", command: true, resource: "user[web]" } as const;
    world.changed("file[/etc/passwd]", "mode", { causes: [{ ...SEEN, who }] });
    assertStringIncludes(
      await why(world, "file[/etc/passwd]"),
      "by useradd (that mgmt itself ran for User[web]), at",
    );
  });
});

Deno.test("why: without causes it goes by who asked for a refresh, and says what it does not know", async () => {
  await inJournal(async (world) => {
    world.refreshed("svc[nginx]", [CONF]);
    const text = await why(world, "svc[nginx]");
    assertStringIncludes(text, "because File[/etc/nginx/nginx.conf] owed it a refresh");
    assertStringIncludes(text, "(no action on File[/etc/nginx/nginx.conf] before that is known)");
    world.changed(CONF, "content differs");
    assertStringIncludes(await why(world, CONF), "nothing is known of the cause");
  });
});

Deno.test("why: along dependencies, what was waited for, and other hosts; circles end", async () => {
  await inJournal(async (world) => {
    world.changed("file[/a]", "one", {
      causes: [{
        type: "collected",
        host: "db1",
        key: "file[/a]",
        cause: { text: "File[/b] was changed" },
      }],
    });
    world.changed("file[/b]", "two", { causes: [{ type: "dependency", key: "file[/a]" }] });
    world.changed("file[/c]", "three", { causes: [{ type: "freed", by: "file[/b]" }] });
    const text = await why(world, "file[/c]");
    assertEquals(text.split("\n").filter((line) => line.includes("was changed:")).length, 3);
    assertStringIncludes(
      text,
      "because host db1 exports File[/a] otherwise (there: File[/b] was changed)",
    );
    for (let i = 0; i < 100; i++) {
      const [key, by] = i % 2 === 0 ? ["file[/x]", "file[/y]"] : ["file[/y]", "file[/x]"];
      world.changed(key, `time ${i}`, { causes: [{ type: "dependency", key: by }] });
    }
    const { chain } = await world.read((reader) => explain(reader, "file[/x]"));
    assert(chain.length > 1 && chain.length <= 20);
    // Each once: what was counted is told with what caused its last time.
    assertEquals(new Set(chain.map(({ entry }) => entry.id)).size, chain.length);
  });
});

Deno.test("why: what the graph reads, and was another, is named as the cause", async () => {
  await inJournal(async (world) => {
    const input = "values/site.yml";
    world.changed("file[/a]", "content", { causes: [{ type: "graph", change: "changed", input }] });
    assertStringIncludes(
      await why(world, "file[/a]"),
      "because values/site.yml, which the graph reads, was changed, and so it was changed in the graph",
    );
  });
});

Deno.test("why: of what an undo holds, who took it back", async () => {
  await inJournal(async (world) => {
    world.changed("file[/a]", "content differs", {
      causes: [{ type: "graph", change: "changed" }],
    });
    const undone = new NewEntry("undone", DAY, "file[/a]", { reason: "change 1", author: "root" });
    await world.recorder.note([undone]);
    const hold = {
      reason: "",
      author: "root",
      sinceMs: DAY,
      untilMs: DAY + 1,
      undo: true,
    } as const;
    const reason = "content differs";
    world.event({ type: "held", key: "file[/a]", reason, difference: [], hold });
    const text = await why(world, "file[/a]");
    assertStringIncludes(text, "File[/a] was taken back by root: change 1");
    assert(!text.includes("nothing is known"), text);
  });
});

Deno.test("why: every cause has its words, also one that only a newer program knows", async () => {
  const causes: Cause[] = [
    { type: "start" },
    { type: "graph", change: "added" },
    { type: "event", source: "unit", path: "nginx.service", what: "failed", atMs: DAY, more: 3 },
    { type: "event", source: "command", atMs: DAY, who: { pid: 0 } },
    { type: "event", source: "file", path: "/a", atMs: DAY, who: { pid: 8 } },
    { type: "poll" },
    { type: "retry", after: "timeout" },
    { type: "refresh", by: ["file[/b]"], earlier: true },
    { type: "claims" },
    { type: "hold-ended", why: "released" },
    { type: "eclipse" } as unknown as Cause,
  ];
  await inJournal(async (world) => {
    world.changed("file[/a]", "x", { causes });
    const text = await why(world, "file[/a]");
    for (
      const words of [
        "the run began",
        "added to the graph",
        "unit nginx.service: failed, at 2026-11-29 00:00:00Z, and 3 more such events",
        "by an unknown process",
        "by process 8, which has ended",
        "time to look again",
        "it had failed before (timeout)",
        "File[/b] owed it a refresh, from an earlier run",
        "say something else of its paths",
        "because its hold was released",
        "because of eclipse",
      ]
    ) assertStringIncludes(text, words);
  });
});

Deno.test("why: what an operator holds is not put right, and by whose word", async () => {
  await inJournal(async (world) => {
    const hold = { reason: "migration", author: "alice", sinceMs: DAY, untilMs: DAY + 3_600_000 };
    const held = { reason: "content differs", difference: [], causes: [SEEN], hold };
    world.event({ type: "held", key: CONF, ...held });
    const text = await why(world, CONF);
    assertStringIncludes(text, "is held until 2026-11-29 01:00Z by alice (migration), and not put");
    assertStringIncludes(text, "modified by sed");
    world.event({ type: "hold-ended", keys: [CONF], why: "time" });
    assertStringIncludes(await why(world, CONF), "is held no more: its time is over");
    // What was put right then leads to who had changed it meanwhile.
    world.changed(CONF, "content differs", { causes: [{ type: "hold-ended", why: "time" }] });
    const later = await why(world, CONF);
    assertStringIncludes(later, "because its hold ended\n");
    assertStringIncludes(later, "modified by sed");
  });
});

Deno.test("history: of a refresh it says first who asked, whatever else the pass was for", async () => {
  await inJournal(async (world) => {
    world.refreshed("exec[tell]", [CONF], {
      reason: "refresh",
      causes: [{ type: "start" }, { type: "refresh", by: [CONF] }],
    });
    const text = await world.read((reader) => historyText(reader.history({ limit: 9 })));
    assertStringIncludes(
      text,
      "Exec[tell] was refreshed (1 ms); because File[/etc/nginx/nginx.conf] owed it a refresh, " +
        "and 1 other cause",
    );
  });
});

Deno.test("why: hostile bytes in names, reasons and programs reach no terminal", async () => {
  await inJournal(async (world) => {
    const evil = "\x1b]0;x\x07\u202e\n";
    world.changed(`file[/tmp/${evil}]`, `reason ${evil}`, {
      causes: [{
        type: "event",
        source: "file",
        path: evil,
        what: evil,
        atMs: DAY,
        who: { pid: 1, program: evil },
      }],
    });
    const texts = await world.read((reader) => [
      whyText(explain(reader, `file[/tmp/${evil}]`)),
      historyText(reader.history({ limit: 10 })),
    ]);
    // deno-lint-ignore no-control-regex -- just those
    for (const text of texts) assertEquals(/[\x00-\x09\x0b-\x1f\u202e]/.test(text), false);
    const named = await world.read((reader) => meantKey(`/tmp/${evil}`, reader.named()));
    assert(named.ok);
  });
});

Deno.test("why: a name alone is enough where only one has it", async () => {
  await inJournal(async (world) => {
    world.changed("file[/a]", "x");
    world.changed("svc[nginx]", "x");
    world.changed("pkg[nginx]", "x");
    const code = (word: string) =>
      world.read((reader) => {
        const found = meantKey(word, reader.named());
        return found.ok ? found.value : found.failure.code;
      });
    assertEquals(await code("/a"), "file[/a]");
    assertEquals(await code("File[/a]"), "file[/a]");
    assertEquals(await code("nginx"), "which");
    assertEquals(await code("Svc[nginx]"), "svc[nginx]");
    assertEquals(await code("' OR 1=1 --"), "unknown-resource");
  });
});

Deno.test("history: by kind, by time, what was changed, what went wrong, and the newest of them", async () => {
  await inJournal(async (world) => {
    world.changed("file[/a]", "one");
    await world.clock.pass(3_600_000);
    world.changed("svc[nginx]", "two");
    world.event({
      type: "failed",
      key: "exec[e]",
      failure: { type: "failure", message: "three", code: "exit" },
    });
    const found = (query: object) =>
      world.read((reader) => {
        const { entries, isCut } = reader.history({ limit: 100, ...query });
        return [entries.map(({ key }) => key), isCut];
      });
    assertEquals(await found({}), [["file[/a]", "svc[nginx]", "exec[e]"], false]);
    assertEquals(await found({ kind: "file" }), [["file[/a]"], false]);
    assertEquals(await found({ only: "changed" }), [["file[/a]", "svc[nginx]"], false]);
    assertEquals(await found({ only: "failed", window: 10 }), [["exec[e]"], false]);
    assertEquals(await found({ sinceMs: DAY + 3_600_000 }), [["svc[nginx]", "exec[e]"], false]);
    assertEquals(await found({ limit: 1 }), [["exec[e]"], true]);
    assertEquals(await found({ window: 1 }), [["exec[e]"], false]);
    assertEquals(await found({ key: "file[/b]" }), [[], false]);
  });
});
