/** Labels and facts of people's own: real directories, real programs, the real watcher. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { openFacts } from "../../../src/app/facts/open_facts.ts";
import { inFactsWorld as inWorld } from "../../support/facts_world.ts";
import { isSoon } from "../../support/polling.ts";

Deno.test("labels: a flag counts more than a file, a later file more than an earlier one", async () => {
  await inWorld(async ({ put, open, of, warnings }) => {
    const none = await open();
    assertEquals(of(none, "labels"), {});
    assertEquals(of(none, "labels.role"), undefined);
    await put("labels", "10-site", "site = vienna # where it stands\n\nrole=db\n");
    await put("labels", "20-role.conf", "role=web\n");
    await put("labels", "role.conf~", "role=copy\n");
    const facts = await open({ labels: new Map([["site", "graz"]]) });
    assertEquals(of(facts, "labels"), { site: "graz", role: "web" });
    assertEquals(of(facts, "labels.toString"), undefined);
    assertEquals(warnings, []);
  });
});

Deno.test("a file of labels that is refused leaves unknown what nobody gave by a flag", async () => {
  await inWorld(async ({ put, open, of, warnings }) => {
    await put("labels", "a", "role=web\n");
    await put("labels", "b", "site\n");
    const facts = await open({ labels: new Map([["rack", "7"]]) });
    assertEquals(of(facts, "labels.role"), '? /labels.d/b:1: "site" is no label');
    assertEquals(of(facts, "labels.rack"), "7");
    assertEquals(warnings, ['labels: /labels.d/b:1: "site" is no label']);
  });
});

Deno.test("what others can write is no label and no fact, and is not run", async () => {
  await inWorld(async ({ put, open, of, directories }) => {
    await put("labels", "a", "role=web\n", 0o666);
    await put("own", "x.json", "1", 0o666);
    await put("own", "y", "#!/bin/sh\ntouch $0.ran; echo 1\n", 0o777);
    const facts = await open();
    assertStringIncludes(String(of(facts, "labels.role")), "can be written by everybody");
    assertStringIncludes(String(of(facts, "x")), "can be written by everybody");
    assertStringIncludes(String(of(facts, "y")), "can be written by everybody");
    await Deno.chmod(directories.own, 0o777);
    assertStringIncludes(String(of(await open(), "z")), "can be written by everybody");
    const names = [...Deno.readDirSync(directories.own)].map(({ name }) => name).sort();
    assertEquals(names, ["x.json", "y"]);
  });
});

Deno.test("own facts: JSON, YAML and programs; what is wrong with one concerns no other", async () => {
  await inWorld(async ({ put, open, of, warnings }) => {
    await put("own", "rack.json", '{"unit": 7, "power": ["a", "b"]}');
    await put("own", "site.yaml", "name: vienna\nfloor: 2\n");
    await put("own", "disks.sh", "#!/bin/sh\nprintf '{\"count\":\\n\\t2}'\n", 0o755);
    await put("own", "bad.json", "{");
    await put("own", "fails", "#!/bin/sh\necho no disks >&2; exit 3\n", 0o755);
    await put("own", "talks", "#!/bin/sh\necho hello\n", 0o755);
    await put("own", "os.json", '{"id": "mine"}');
    await put("own", "notes.txt", "nothing");
    const long = `echo '["${"x".repeat(20_000)}"]'`;
    await put("own", "long", `#!/bin/sh\n${long}\n`, 0o755);
    const facts = await open();
    assertEquals([of(facts, "rack.unit"), of(facts, "rack.power.1")], [7, "b"]);
    assertEquals([of(facts, "site.name"), of(facts, "disks")], ["vienna", { count: 2 }]);
    assertEquals(String(of(facts, "long.0")).length, 20_000);
    assertStringIncludes(String(of(facts, "bad")), "? /facts.d/bad.json:1:");
    assertEquals(of(facts, "fails"), "? /facts.d/fails failed with exit code 3: no disks");
    assertEquals(of(facts, "talks"), "? what /facts.d/talks printed is no JSON");
    assertEquals(of(facts, "os.id") === "mine", false);
    assertEquals(warnings.length, 5, warnings.join("\n"));
  });
});

Deno.test("a program that fails keeps its last value, also over a restart; a plan runs none", async () => {
  await inWorld(async ({ put, open, of, warnings, prefix }) => {
    await put("own", "load", "#!/bin/sh\necho 1\n", 0o755);
    assertEquals(
      of(await open({ runsPrograms: false }), "load"),
      "? /facts.d/load is not run here, and no agent has kept what it said: " +
        "mgmt facts --output json > FILE runs it, and --facts FILE reads that",
    );
    const first = await open();
    assertEquals(of(first, "load"), 1);
    assertEquals(await isSoon(() => hasFile(`${prefix}/facts/load.json`)), true);
    // Else it would see the change, and run what is new.
    await first.close();
    await put("own", "load", "#!/bin/sh\necho 2; exit 1\n", 0o755);
    assertEquals(of(await open({ runsPrograms: false }), "load"), 1);
    assertEquals(warnings, []);
    // It is run when somebody asks, who has its last value meanwhile.
    const facts = await open();
    assertEquals([of(facts, "load"), warnings], [1, []]);
    assertEquals(await isSoon(() => warnings.length > 0), true);
    assertEquals(of(await open({ isEager: true }), "load"), 1);
    assertEquals([...new Set(warnings)], [
      "own fact load: /facts.d/load failed with exit code 1: 2; what it said last is used",
    ]);
  });
});

Deno.test("a program that said something before is not waited for, and run only when it is asked for", async () => {
  await inWorld(async ({ put, open, of, prefix, directories }) => {
    const counted = `#!/bin/sh\necho x >> ${prefix}/ran\nsleep 0.2\n`;
    await put("own", "slow", `${counted}echo 1\n`, 0o755);
    const first = await open();
    assertEquals(of(first, "slow"), 1);
    assertEquals(await isSoon(() => hasFile(`${prefix}/facts/slow.json`)), true);
    await first.close();
    await put("own", "slow", `${counted}echo 2\n`, 0o755);
    const facts = await open();
    let told = 0;
    facts.watch(() => told++);
    assertEquals(of(facts, "other"), undefined);
    assertEquals((await Deno.readTextFile(`${prefix}/ran`)).length, 2);
    assertEquals(of(facts, "slow"), 1);
    assertEquals(await isSoon(() => of(facts, "slow") === 2), true);
    assertEquals([told > 0, directories.own !== ""], [true, true]);
  });
});

function hasFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("what changes below labels.d and facts.d is told, also where the directories come later", async () => {
  await inWorld(async ({ put, open, of, directories }) => {
    const facts = await open();
    let told = 0;
    const end = facts.watch(() => told++);
    const becomes = async (path: string, value: unknown) => {
      const found = await isSoon(() => of(facts, path) === value);
      assertEquals(found, true, `${path}: ${of(facts, path)}`);
    };
    assertEquals([of(facts, "labels.role"), of(facts, "rack")], [undefined, undefined]);
    await put("labels", "a", "role=web\n");
    await becomes("labels.role", "web");
    await put("own", "rack.json", "7");
    await becomes("rack", 7);
    await put("own", "now", "#!/bin/sh\necho 1\n", 0o755);
    await becomes("now", 1);
    await put("own", "now", "#!/bin/sh\necho 2\n", 0o755);
    await becomes("now", 2);
    await Deno.remove(`${directories.labels}/a`);
    await becomes("labels.role", undefined);
    await Deno.chmod(directories.own, 0o777);
    assertEquals(await isSoon(() => String(of(facts, "rack")).startsWith("?")), true);
    assertEquals(told > 5, true);
    end();
  });
});

Deno.test("where one fact is asked for, no program of another runs and no warning is of another", async () => {
  await inWorld(async ({ put, open, of, warnings, prefix }) => {
    await put("own", "disk", "#!/bin/sh\necho '{\"free\": 7}'\n", 0o755);
    await put("own", "slow", `#!/bin/sh\ntouch ${prefix}/ran\nexit 3\n`, 0o755);
    await put("own", "broken.yaml", "a: [\n");
    await put("labels", "wrong", "no label\n");
    const disk = await open({ isEager: true, only: "disk" });
    assertEquals(of(disk, "disk.free"), 7);
    assertEquals(disk.names().includes("slow"), true, "a typo is still told apart");
    const system = await open({ isEager: true, only: "arch" });
    assertEquals(of(system, "arch"), Deno.build.arch);
    assertEquals(warnings, []);
    assertEquals(await Deno.stat(`${prefix}/ran`).catch(() => "no"), "no");
    await open({ isEager: true, only: "labels" });
    assertEquals(warnings.length, 1);
  });
});

Deno.test("a file of labels or facts that is away or empty for a moment, as it is written anew, is neither gone nor nothing", async () => {
  await inWorld(async ({ put, open, of, host, directories: { labels, own } }) => {
    await put("labels", "a", "role=web\n");
    await put("own", "rack.json", '{"port": 7}');
    // On a busy machine a file is away for longer than here was meant.
    let stoodStillMs = 0;
    let standsSinceMs: number | undefined;
    const nowMs = () => (standsSinceMs ?? host.clock.nowMs()) - stoodStillMs;
    const clock = Object.create(host.clock, { nowMs: { value: nowMs } });
    const facts = await open({ host: Object.create(host, { clock: { value: clock } }) });
    const seen = new Set<unknown>();
    const look = () => {
      seen.add(of(facts, "labels.role"));
      seen.add(of(facts, "rack.port"));
    };
    look();
    const end = facts.watch(look);
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await pause(100);
    for (const gapMs of [0, 1, 30]) {
      standsSinceMs = host.clock.nowMs();
      await Deno.rename(`${labels}/a`, `${labels}/a~`);
      await Deno.remove(`${own}/rack.json`);
      await pause(gapMs);
      await Deno.writeTextFile(`${labels}/a`, "role=web\n");
      await Deno.writeTextFile(`${own}/rack.json`, '{"port": 7}');
      await pause(150);
      stoodStillMs += host.clock.nowMs() - standsSinceMs;
      standsSinceMs = undefined;
    }
    // That it is empty may be seen while it is written.
    const isNothing = (value: unknown) => value === undefined || value === null;
    assertEquals([...seen].filter(isNothing), []);
    await Deno.writeTextFile(`${labels}/a`, "");
    await Deno.writeTextFile(`${own}/rack.json`, "");
    const isSeen = () => String(of(facts, "labels.role")) + of(facts, "rack.port");
    await isSoon(() => /\?.*\?/.test(isSeen()));
    const unknown = ["? /labels.d/a is empty", "? /facts.d/rack.json is empty"];
    assertEquals([of(facts, "labels.role"), of(facts, "rack.port")], unknown);
    assertEquals([...seen].filter(isNothing), []);
    await Deno.remove(`${labels}/a`);
    await put("own", "rack.json", "{}");
    assertEquals(await isSoon(() => of(facts, "labels.role") === undefined), true);
    assertEquals(await isSoon(() => of(facts, "rack.port") === undefined), true);
    await Deno.remove(`${own}/rack.json`);
    assertEquals(await isSoon(() => of(facts, "rack") === undefined), true);
    end();
  });
});

Deno.test("a file of comments alone gives no fact, and no labels", async () => {
  await inWorld(async ({ put, open, of }) => {
    await put("labels", "a", "# none yet\n");
    await put("own", "rack.yaml", "# none yet\n---\n");
    await put("own", "none.json", "null\n");
    const facts = await open();
    assertEquals([of(facts, "labels"), of(facts, "none")], [{}, null]);
    assertEquals(of(facts, "rack"), "? /facts.d/rack.yaml is empty");
  });
});

Deno.test("files of facts and labels that are not UTF-8 are refused, not mended", async () => {
  await inWorld(async ({ put, open, of, directories: { labels, own } }) => {
    await put("labels", "a", "");
    await put("own", "rack.json", "");
    await Deno.writeFile(`${labels}/a`, new Uint8Array([0x61, 0x3d, 0xe4, 0x0a]));
    await Deno.writeFile(`${own}/rack.json`, new Uint8Array([0x22, 0xe4, 0x22]));
    const facts = await open();
    assertEquals(of(facts, "labels.a"), "? /labels.d/a is not UTF-8");
    assertEquals(of(facts, "rack"), "? /facts.d/rack.json is not UTF-8");
  });
});

Deno.test("a program that hangs delays no start, no other fact and no end, and who asks for it waits; removing it ends the wait", async () => {
  await inWorld(async ({ put, of, host, prefix, directories }) => {
    await put("own", "hangs", `#!/bin/sh\necho x >> ${prefix}/ran; exec sleep 600\n`, 0o755);
    const slow = `until [ -e ${prefix}/go ]; do sleep 0.1; done; echo 7`;
    await put("own", "slow", `#!/bin/sh\n${slow}\n`, 0o755);
    await put("own", "rack.json", "1");
    // Nobody waits in here, so a delay is one of the whole.
    const other = await openFacts({
      labels: new Map(),
      runsPrograms: true,
      directories,
      warn: () => {},
      host,
    });
    assertEquals(of(other, "slow"), `? /facts.d/slow is being run`);
    assertEquals([of(other, "rack"), other.learn(["rack"])], [1, undefined]);
    await Deno.writeTextFile(`${prefix}/go`, "");
    await other.learn(["slow"]);
    assertEquals(of(other, "slow"), 7);
    assertEquals(of(other, "hangs"), "? /facts.d/hangs is being run");
    await put("own", "rack.json", "2");
    assertEquals(await isSoon(() => of(other, "rack") === 2), true);
    assertEquals(of(other, "hangs"), "? /facts.d/hangs is being run");
    const wait = other.learn(["hangs"]);
    await Deno.remove(`${directories.own}/hangs`);
    await wait;
    assertEquals(await isSoon(() => of(other, "hangs") === undefined), true);
    await put("own", "hangs2", "#!/bin/sh\nexec sleep 600\n", 0o755);
    assertEquals(
      await isSoon(() => String(of(other, "hangs2")).includes("being run")),
      true,
    );
    await other.close();
  });
});

Deno.test("numbers that would lose digits, and names that no fact can have, are said", async () => {
  await inWorld(async ({ put, open, of, warnings }) => {
    await put("own", "a.json", '{"id": 12345678901234567890}');
    await put("own", "b.yaml", "id: '12345678901234567890'\nport: 80\n");
    await put("own", "c", "#!/bin/sh\necho 12345678901234567890\n", 0o755);
    await put("own", "ü.json", "1");
    await put("own", "bad name.yaml", "1");
    const facts = await open();
    const lost = "a number cannot be 12345678901234567890: write it as a text, in quotes";
    assertEquals(of(facts, "a"), `? /facts.d/a.json: ${lost}`);
    assertEquals(of(facts, "c"), `? /facts.d/c: ${lost}`);
    assertEquals(of(facts, "b"), { id: "12345678901234567890", port: 80 });
    const odd = warnings.filter((each) => each.includes("the name of a fact has"));
    assertEquals(odd.map((each) => each.split(" is not")[0]), [
      "/facts.d/bad name.yaml",
      "/facts.d/ü.json",
    ]);
  });
});
