/** What all kinds that manage a part of a file do alike, and what becomes of several of them in one file. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import ini from "../../../../src/resources/ini/kind.ts";
import json from "../../../../src/resources/json/kind.ts";
import line from "../../../../src/resources/line/kind.ts";
import toml from "../../../../src/resources/toml/kind.ts";
import yaml from "../../../../src/resources/yaml/kind.ts";
import { registry } from "../../../../src/resources/registry.ts";
import {
  inKindWorld,
  type KindWorld,
  resourceOf,
  type TestResource,
} from "../../../support/kind_world.ts";
import type { Sight } from "../../../../src/os/files/files.ts";
import { loadText } from "../../../support/load_text.ts";
import { shell } from "../../../support/program.ts";

type Made = Pick<TestResource<unknown, Sight>, "check" | "heal" | "refuse">;

interface More {
  readonly create?: boolean;
  readonly sensitive?: boolean;
  readonly in_place?: boolean;
  readonly validate?: string;
  readonly validate_shell?: string;
}

/** Each kind: a text, one part of it that should be `v`, and the text with that. */
const KINDS: readonly {
  readonly kind: string;
  readonly before: string;
  readonly after: string;
  readonly make: (world: KindWorld, path: string, value: string, more?: More) => Promise<Made>;
}[] = [
  {
    kind: "line",
    before: "a=1\nb=2\n",
    after: "a=1\nb=v\n",
    make: (world, path, value, more) =>
      resourceOf(line, world, { path, line: `b=${value}`, match: "^b=", ...more }),
  },
  {
    kind: "ini",
    before: "[s]\na = 1\nb = 2\n",
    after: "[s]\na = 1\nb = v\n",
    make: (world, path, value, more) =>
      resourceOf(ini, world, { path, section: "s", key: "b", value, ...more }),
  },
  {
    kind: "json",
    before: '{\n  "a": 1,\n  "b": 2\n}\n',
    after: '{\n  "a": 1,\n  "b": "v"\n}\n',
    make: (world, path, value, more) => resourceOf(json, world, { path, at: "b", value, ...more }),
  },
  {
    kind: "yaml",
    before: "a: 1\nb: 2\n",
    after: "a: 1\nb: v\n",
    make: (world, path, value, more) => resourceOf(yaml, world, { path, at: "b", value, ...more }),
  },
  {
    kind: "toml",
    before: "a = 1\nb = 2\n",
    after: 'a = 1\nb = "v"\n',
    make: (world, path, value, more) => resourceOf(toml, world, { path, at: "b", value, ...more }),
  },
];

for (const { kind, before, after, make } of KINDS) {
  Deno.test(`${kind}: mode, owner and extended attributes of the file stay`, () =>
    inKindWorld(async (world) => {
      const path = world.put("f", before);
      Deno.chmodSync(path, 0o640);
      Deno.chownSync(path, 7, 8);
      await shell(`setfattr -n user.note -v kept ${path}`);
      await (await make(world, path, "v")).heal();
      assertEquals(world.text("f"), after);
      const { mode, uid, gid } = Deno.statSync(path);
      assertEquals([(mode ?? 0) & 0o7777, uid, gid], [0o640, 7, 8]);
      assertStringIncludes(await shell(`getfattr -d --absolute-names ${path}`), 'user.note="kept"');
    }));

  Deno.test(`${kind}: a file with several names is written into only where that is said`, () =>
    inKindWorld(async (world) => {
      const path = world.put("f", before);
      Deno.linkSync(path, world.path("other"));
      assertEquals((await (await make(world, path, "v")).refuse()).code, "hard-link");
      assertEquals(world.text("f"), before);
      await (await make(world, path, "v", { in_place: true })).heal();
      assertEquals(world.text("other"), after);
    }));

  Deno.test(`${kind}: what is no file, a link that somebody planted, too large or no text is refused`, () =>
    inKindWorld(async (world) => {
      const refuses = async (path: string) => (await (await make(world, path, "v")).refuse()).code;
      Deno.symlinkSync(world.put("target", before), world.path("link"));
      assertEquals(await refuses(world.path("link")), "wrong-type");
      Deno.mkdirSync(world.path("directory"));
      assertEquals(await refuses(world.path("directory")), "wrong-type");
      await shell(`mkfifo ${world.path("fifo")}`);
      assertEquals(await refuses(world.path("fifo")), "wrong-type");
      assertEquals(await refuses(world.put("large", " ".repeat(1024 * 1024 + 1))), "too-large");
      assertEquals(await refuses(world.put("binary", new Uint8Array([97, 0, 98]))), "binary");
      assertEquals(await refuses(world.path("missing")), "no-file");
      assertEquals(await refuses(world.path("no/f")), "no-file");
      const deep = await make(world, world.path("no/f"), "v", { create: true });
      assertEquals((await deep.refuse()).code, "parent-missing");
      assertEquals(world.text("target"), before);
    }));

  Deno.test(`${kind}: a file that another resource makes is foreseen`, () =>
    inKindWorld(async (world) => {
      const path = world.path("f");
      world.claimed.add(path);
      const found = await (await make(world, path, "v")).check();
      assertEquals(found?.type === "drift" && found.reason, `${path} is still to be made`);
    }));

  Deno.test(`${kind}: of what is sensitive nothing is said, and a file that is made is its owner's`, () =>
    inKindWorld(async (world) => {
      const secret = "S3CRET";
      const made = await make(world, world.put("f", before), secret, { sensitive: true });
      const found = await made.check();
      assert(found?.type === "drift" && found.difference === undefined);
      assert(!found.reason.includes(secret));
      await made.heal();
      assertStringIncludes(world.text("f"), secret);
      const fresh = await make(world, world.path("g"), secret, { sensitive: true, create: true });
      await fresh.heal();
      assertEquals((Deno.statSync(world.path("g")).mode ?? 0) & 0o7777, 0o600);
    }));

  Deno.test(`${kind}: of a file that not everybody may read the difference shows sizes only`, () =>
    inKindWorld(async (world) => {
      const path = world.put("f", before);
      Deno.chmodSync(path, 0o600);
      const found = await (await make(world, path, "S3CRET")).check();
      assert(found?.type === "drift");
      const shown = [found.reason, ...await found.difference?.() ?? []].join("\n");
      assert(!shown.includes("S3CRET") && shown.includes("not shown"), shown);
    }));

  Deno.test(`${kind}: what its validate refuses is not written, and the difference shows what would be`, () =>
    inKindWorld(async (world) => {
      const path = world.put("f", before);
      const made = await make(world, path, "v", { validate: "grep -q never %s" });
      assertEquals((await made.refuse()).code, "validate");
      assertEquals(world.text("f"), before);
      const found = await made.check();
      assert(found?.type === "drift" && found.unknown !== undefined);
      const shown = await found.difference?.() ?? [];
      assert(shown.some((text) => text.startsWith("+")), shown.join("\n"));
    }));

  Deno.test(`${kind}: what somebody else writes meanwhile is not lost`, () =>
    inKindWorld(async (world) => {
      const path = world.put("f", before);
      const done = world.path("done");
      const changes = `sed 's/1/7/' ${path} >${path}.new && mv ${path}.new ${path}`;
      const validate = `test -e ${done} || { : >${done}; ${changes}; }; test -e %s`;
      const made = await make(world, path, "v", { validate, validate_shell: "/bin/sh" });
      await made.heal();
      assertEquals(world.text("f"), after.replace("1", "7"));
    }));

  Deno.test(`${kind} and a file with content of the same path are a mistake of the graph`, async () => {
    const fields = kind === "line"
      ? "line: x"
      : kind === "ini"
      ? "key: x, value: y"
      : "at: x, value: y";
    const text = `graph: g
resources:
  file:
  - {name: f, path: /etc/x, content: b}
  ${kind}:
  - {name: p, path: /etc/x, ${fields}}
`;
    const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
    assert(!outcome.ok);
    const [said] = outcome.diagnostics;
    assertStringIncludes(
      said?.message ?? "",
      `file[f] decides all of /etc/x, ${kind}[p] a part of it`,
    );
  });
}

Deno.test("parts of one file, of whatever kinds, that are written at the same time lose nothing", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "[s]\nfirst = 0\n");
    const validate = "true %s";
    const resources = await Promise.all<TestResource<unknown, Sight>>(
      Array.from(
        { length: 30 },
        (_, index) =>
          index % 2 === 0
            ? resourceOf(ini, world, {
              path,
              section: "s",
              key: `key${index}`,
              value: index,
              validate,
            })
            : resourceOf(line, world, {
              path,
              section: "[s]",
              line: `key${index} = ${index}`,
              validate,
            }),
      ),
    );
    const heal = async (each: TestResource<unknown, Sight>) => {
      const found = await each.check();
      assert(found?.type === "drift");
      return await each.apply(found);
    };
    const failures = await Promise.all(resources.map((each) => heal(each)));
    assertEquals(failures.filter((each) => each !== undefined), []);
    const lines = world.text("f").trimEnd().split("\n").slice(2).sort();
    const all = Array.from({ length: 30 }, (_, index) => `key${index} = ${index}`);
    assertEquals(lines, all.sort());
  }));
