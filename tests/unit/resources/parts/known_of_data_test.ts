/**
 * What other editors of data are known to have got wrong, by their public bug reports: each case is played
 * here and must come out right, and a second look must find nothing to do.
 */

import { assertEquals } from "@std/assert";
import file from "../../../../src/resources/file/kind.ts";
import json from "../../../../src/resources/json/kind.ts";
import toml from "../../../../src/resources/toml/kind.ts";
import yaml from "../../../../src/resources/yaml/kind.ts";
import type { DataFields } from "../../../../src/resources/shared/parts/data/data_fields.ts";
import { inKindWorld, resourceOf } from "../../../support/kind_world.ts";

const BY_KIND = { json, yaml, toml };

/** What a text becomes; undefined: it is refused, and stays. */
function becomes(
  kind: keyof typeof BY_KIND,
  before: string,
  fields: Omit<DataFields, "path">,
  after: string | undefined,
) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    const made = await resourceOf(BY_KIND[kind], world, { path, ...fields });
    if (after === undefined) assertEquals((await made.refuse()).code, "cannot-edit");
    else await made.heal();
    assertEquals(world.text("f"), after ?? before);
  });
}

Deno.test("mikefarah/yq#1248: blank lines and comments at the margin stay where they are", () => {
  const before = "Something:\n# Something comment\n\n  Other:\n  # Other comment\n\n    X: Y\n";
  return becomes("yaml", before, { at: "Something.Other.Z", value: "W" }, `${before}    Z: W\n`);
});

Deno.test("mikefarah/yq#927: a list that stands below its key is not moved", () =>
  becomes(
    "yaml",
    "a:\n- arr: 42\n  b: node\n",
    { at: "a.0.b", value: "other" },
    "a:\n- arr: 42\n  b: other\n",
  ));

Deno.test("mikefarah/yq#465: blanks before a comment, and blank lines, stay", () =>
  becomes(
    "yaml",
    "# Log level\nlogLevel: 3\n\n# More\nselector:  # +doc-gen:break\n  os: linux\n",
    { at: "logLevel", value: 4 },
    "# Log level\nlogLevel: 4\n\n# More\nselector:  # +doc-gen:break\n  os: linux\n",
  ));

Deno.test("mikefarah/yq#1883: comments at the end of a file get no line of their own", () =>
  becomes(
    "yaml",
    "spec:\n  requests:\n    #   cpu: 1000m\n    storage: 10Gi\n  # limits:\n  #   cpu: 2000m\n",
    { at: "spec.service.type", value: "NodePort" },
    "spec:\n  requests:\n    #   cpu: 1000m\n    storage: 10Gi\n  service:\n    type: NodePort\n" +
      "  # limits:\n  #   cpu: 2000m\n",
  ));

Deno.test("rust-works/succinctly#1349: a value that an alias shows elsewhere is not changed behind its back", () =>
  becomes("yaml", "a: &x 1\nb: *x\n", { at: "a", value: 99 }, undefined));

Deno.test("microsoft/node-jsonc-parser#125: a comment stays with what it is about", () =>
  becomes(
    "json",
    '{\n  "host": "localhost",\n  "port": 8080 // default port\n}',
    { at: "debug", value: true },
    '{\n  "host": "localhost",\n  "port": 8080, // default port\n  "debug": true\n}',
  ));

Deno.test("microsoft/node-jsonc-parser#133: what is taken away takes its own comment along, and no other", () =>
  becomes(
    "json",
    '{\n  "a": 1, // of a\n  "b": 2, // of b\n  "c": 3 // of c\n}\n',
    { at: "b", state: "absent" },
    '{\n  "a": 1, // of a\n  "c": 3 // of c\n}\n',
  ));

Deno.test("vshulcz/deja-vu#1695: a comma at an end is no reason for a second one", () =>
  becomes(
    "json",
    '{\n  "theme": "system",\n  "mcp": {\n    "mine": {\n      "type": "local",\n    },\n  },\n}\n',
    { at: "mcp.deja", value: { type: "local" } },
    '{\n  "theme": "system",\n  "mcp": {\n    "mine": {\n      "type": "local",\n    },\n' +
      '    "deja": {\n      "type": "local"\n    },\n  },\n}\n',
  ));

Deno.test("slkiser/opencode-quota#193: quotes in comments and commas in texts stand for themselves", () =>
  becomes(
    "json",
    '{\n  // 27" display\n  "glob": "*.{ts,}"\n}\n',
    { at: "model", value: "x" },
    '{\n  // 27" display\n  "glob": "*.{ts,}",\n  "model": "x"\n}\n',
  ));

Deno.test("python-poetry/tomlkit#98: a key of the file does not become one of its last table", () =>
  becomes(
    "toml",
    '# Comment\n\n[foo]\nname = "test"\n',
    { at: "bar", value: 1 },
    '# Comment\nbar = 1\n\n[foo]\nname = "test"\n',
  ));

Deno.test("python-poetry/tomlkit#588: a table below a dotted key takes in no key that follows", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "a.b = 1\nz = 2\n");
    const made = await resourceOf(toml, world, { path, at: "a.new", value: { x: 1 } });
    await made.heal();
    const other = await resourceOf(toml, world, { path, at: "z", value: 2 });
    assertEquals(await other.heal(), undefined);
  }));

Deno.test("python-poetry/tomlkit#145: a value that becomes a table takes in no key that follows", () =>
  inKindWorld(async (world) => {
    const path = world.put("f", "[a]\nx = 1 # comment\ny = 2\nz = 3\n");
    await (await resourceOf(toml, world, { path, at: "a.y", value: { nested: 1 } })).heal();
    assertEquals(
      await (await resourceOf(toml, world, { path, at: "a.z", value: 3 })).heal(),
      undefined,
    );
  }));

Deno.test("python-poetry/tomlkit#498: tables out of order are read, and stay", () => {
  const before =
    '[[fruit]]\napple.color = "red"\n\n[potato]\n\n[fruit.apple.texture]\nsmooth = true\n';
  return becomes(
    "toml",
    before,
    { at: "fruit.0.apple.texture.smooth", value: false },
    before.replace("true", "false"),
  );
});

Deno.test("toml-rs/toml#69: the order of tables stays", () => {
  const before =
    '[package]\nname = "a"\n\n[[bin]]\nname = "a"\n\n[profile.release]\nlto = true\n\n[dependencies]\n';
  return becomes("toml", before, { at: "package.name", value: "b" }, before.replace('"a"', '"b"'));
});

Deno.test("puppetlabs-concat#61, #172: a fragment without a line end gets one, once", () =>
  inKindWorld(async (world) => {
    Deno.mkdirSync(world.path("d"));
    world.put("d/1", "a");
    world.put("d/2", "b\n");
    const made = await resourceOf(file, world, {
      path: world.path("f"),
      fragments: world.path("d"),
    });
    await made.heal();
    assertEquals(world.text("f"), "a\nb\n");
    assertEquals(await made.heal(), undefined);
    assertEquals(Deno.readTextFileSync(world.path("d/1")), "a");
  }));
