/** Headers of files: where they go, what of them counts, and what can have none. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { inFileWorld, resolving, resource } from "../../support/file_world.ts";

const ORIGIN = "file[x], /etc/g.yaml:3";
const SAID = `Managed by mgmt, do not edit: ${ORIGIN}`;

/** What is written for a content at a path with that name. */
async function written(
  name: string,
  content: string,
  header: true | string = true,
  headerText = ORIGIN,
): Promise<string> {
  let text = "";
  await inFileWorld(async (world) => {
    const made = resource(world, { path: world.path(name), content }, [], { header, headerText });
    assertEquals(await made.heal(), "does not exist");
    assertEquals(await made.check(), undefined);
    text = String.fromCharCode(...Deno.readFileSync(world.path(name)));
  });
  return text;
}

const H = `# ${SAID}`;
const XML = `<!-- ${SAID} -->`;
const BOM = "\ufeff";
const AS_BYTES = "\u00ef\u00bb\u00bf";

/** Name, content, and what is written. */
const PLACED: readonly (readonly [string, string, string])[] = [
  ["a.conf", "x = 1\n", `${H}\nx = 1\n`],
  ["a.conf", "", `${H}\n`],
  ["a.conf", "no line end", `${H}\nno line end`],
  ["a.conf", "x\r\ny\r\n", `${H}\r\nx\r\ny\r\n`],
  ["a.conf", `${BOM}x\n`, `${AS_BYTES}${H}\nx\n`],
  ["Makefile", "all:\n", `${H}\nall:\n`],
  ["a.sh", "#!/bin/sh\nls\n", `#!/bin/sh\n${H}\nls\n`],
  ["a.sh", "#!/bin/sh", `#!/bin/sh\n${H}\n`],
  [
    "tool",
    "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nx\n",
    `#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n${H}\nx\n`,
  ],
  [
    "tool",
    "#!/usr/bin/env -S node --x\r\n1\r\n",
    `#!/usr/bin/env -S node --x\r\n// ${SAID}\r\n1\r\n`,
  ],
  ["a.py", "# vim: set ts=4:\nx\n", `# vim: set ts=4:\n${H}\nx\n`],
  ["a.yaml", "#cloud-config\na: 1\n", `#cloud-config\n${H}\na: 1\n`],
  ["a.yaml", "vi: |\n  x\n", `${H}\nvi: |\n  x\n`],
  [
    "Dockerfile",
    "# syntax=docker/dockerfile:1\nFROM x\n",
    `# syntax=docker/dockerfile:1\n${H}\nFROM x\n`,
  ],
  ["a.xml", '<?xml version="1.0"?>\n<a/>\n', `<?xml version="1.0"?>\n${XML}\n<a/>\n`],
  ["a.xml", '<?xml version="1.0"?><a/>', `<?xml version="1.0"?>\n${XML}\n<a/>`],
  [
    "bus.conf",
    "<!DOCTYPE busconfig>\n<busconfig/>\n",
    `${XML}\n<!DOCTYPE busconfig>\n<busconfig/>\n`,
  ],
  ["a.html", "<p>\n", `${XML}\n<p>\n`],
  ["a.css", '@charset "utf-8";\np {}\n', `@charset "utf-8";\n/* ${SAID} */\np {}\n`],
  ["a.css", "/* vim: x\n */\n", `/* ${SAID} */\n/* vim: x\n */\n`],
  ["a.ini", "[a]\n", `; ${SAID}\n[a]\n`],
  ["a.sql", "select 1;\n", `-- ${SAID}\nselect 1;\n`],
];

Deno.test("a header is in the first line, or after what must be first", async () => {
  for (const [name, content, expected] of PLACED) {
    assertEquals(await written(name, content), expected, `${name} ${JSON.stringify(content)}`);
  }
});

Deno.test("how comments look can be said, and then it counts", async () => {
  assertEquals(await written("a.json", "{}\n", "//"), `// ${SAID}\n{}\n`);
  assertEquals(await written("x", "y\n", "(* *)"), `(* ${SAID} *)\ny\n`);
});

Deno.test("nothing that a header names ends its comment, or is in another encoding", async () => {
  const [bad, good] = ["a */ b --> c ?> é\n\\", "a * / b --> c ? > ??"];
  assertEquals(
    await written("a.css", "", true, bad),
    `/* Managed by mgmt, do not edit: ${good} */\n`,
  );
  assertEquals(
    await written("a.xml", "", true, bad),
    "<!-- Managed by mgmt, do not edit: a */ b -> c ? > ?? -->\n",
  );
});

Deno.test("where it comes from does not count in what is there, all else does", () =>
  inFileWorld(async (world) => {
    const path = world.path("a.sh");
    const fields = { path, content: "#!/bin/sh\nls\n" };
    const made = (headerText: string) => resource(world, fields, [], { header: true, headerText });
    await made("file[x], /etc/g.yaml:3").heal();
    const moved = made("file[x], /etc/elsewhere.yaml:12345");
    assertEquals(await moved.check(), undefined);
    const wrong = [
      "#!/bin/sh\nls\n",
      "ls\n",
      "",
      `#!/bin/sh\n# ${SAID}\nls\nls\n`,
      `#!/bin/sh\n# ${SAID}\nlS\n`,
      `#!/bin/sh\n# ${SAID}\n# ${SAID}\nls\n`,
      `#!/bin/sh\n# ${SAID}ls\n`,
      `#!/bin/sh\n# ${SAID}\r\nls\n`,
      `#!/bin/sh\n# Managed by mgmt, do not edit: ${"x".repeat(10_000)}\nls\n`,
      `# ${SAID}\n#!/bin/sh\nls\n`,
    ];
    for (const text of wrong) {
      world.put("a.sh", text);
      assertMatch(await moved.heal() ?? "right", /^content differs/, JSON.stringify(text));
      assertEquals(
        world.text("a.sh"),
        `#!/bin/sh\n# Managed by mgmt, do not edit: file[x], /etc/elsewhere.yaml:12345\nls\n`,
      );
    }
  }));

Deno.test("the difference shows the header that is written, and only the mode may be put right", () =>
  inFileWorld(async (world) => {
    world.put("a.conf", "x = 1\n");
    const fields = { path: world.path("a.conf"), content: "x = 1\n", mode: "0600" };
    const made = resource(world, fields, [], { header: true, headerText: ORIGIN });
    const found = await made.check();
    assert(found?.type === "drift");
    assertEquals(
      (await found.difference?.())?.at(-1)?.slice(0, 9),
      "(not show",
      "it becomes private",
    );
    await made.heal();
    Deno.chmodSync(world.path("a.conf"), 0o644);
    assertEquals(await made.heal(), "mode 0644 → 0600");
  }));

Deno.test("a copy has a header, whether its source is small, large or a program without an ending", () =>
  inFileWorld(async (world) => {
    for (
      const [name, content, expected] of [
        ["a.conf", "x\n", `${H}\nx\n`],
        ["tool", "#!/bin/sh\n", `#!/bin/sh\n${H}\n`],
        ["b.conf", "x\n".repeat(100_000), `${H}\n${"x\n".repeat(100_000)}`],
      ] as const
    ) {
      const source = world.put(`source-${name}`, content);
      const made = resource(world, { path: world.path(name), source }, [], {
        header: true,
        headerText: ORIGIN,
      });
      assertEquals(await made.heal(), "does not exist");
      assertEquals(world.text(name), expected);
      world.put(`source-${name}`, `${content}more\n`);
      assertMatch(await made.heal() ?? "", /^content differs/);
    }
    const large = world.put("source-large", "x".repeat(LIMITS.headedFileBytes + 1));
    const refused = resource(world, { path: world.path("c.conf"), source: large }, [], {
      header: true,
    });
    assertEquals((await refused.refuse()).code, "header");
    const unknown = resource(
      world,
      { path: world.path("what"), source: world.put("s", "x\n") },
      [],
      { header: true },
    );
    assertEquals((await unknown.refuse()).code, "header");
  }));

Deno.test("a managed file as a source of another gives it one header, that of the copy", () =>
  inFileWorld(async (world) => {
    for (
      const [name, before, after] of [
        ["a.conf", "", "x\n"],
        ["a.sh", "#!/bin/sh\n", "ls\n"],
        ["only.conf", "", ""],
      ] as const
    ) {
      const source = world.put(
        `source-${name}`,
        `${before}# Managed by mgmt, do not edit: file[of another], /g.yaml:1\n${after}`,
      );
      const made = resource(world, { path: world.path(name), source }, [], {
        header: true,
        headerText: ORIGIN,
      });
      assertEquals(await made.heal(), "does not exist");
      assertEquals(world.text(name), `${before}${H}\n${after}`);
      assertEquals(await made.heal(), undefined);
    }
    // What only begins so is a line like any other.
    assertEquals(
      await written("b.conf", "# Managed by mgmt, do not edit: and goes on"),
      `${H}\n# Managed by mgmt, do not edit: and goes on`,
    );
  }));

Deno.test("files of nginx and sudo that have no ending have comments all the same", () => {
  for (
    const path of [
      "/etc/nginx/sites-available/default",
      "/etc/nginx/sites-enabled/default",
      "/etc/nginx/snippets/tls",
      "/etc/nginx/mime.types",
      "/etc/nginx/fastcgi_params",
      "/etc/sudoers.d/admins",
    ]
  ) assertEquals(resolving({ path, content: "x\n" }, "/", "name", true).issues, [], path);
});

Deno.test("what can have no header is a mistake of the graph", () => {
  const cases: readonly (readonly [Parameters<typeof resolving>[0], RegExp])[] = [
    [{ path: "/x/a.json", content: "{}" }, /have no comments/],
    [{ path: "/x/a.json", source: "s" }, /have no comments/],
    [{ path: "/x/motd", content: "hello\n" }, /it is not known how comments/],
    [{ path: "/x/a.php", content: "#!/usr/bin/php\n" }, /it is not known how comments/],
    [{ path: "/x/a.conf", content: new Uint8Array([0xff, 0xfe, 0x61, 0]) }, /NUL/],
    [{ path: "/x/a.conf", content: "x".repeat(LIMITS.headedFileBytes + 1) }, /up to/],
    [{ path: "/x/" }, /needs content, source or fragments/],
    [{ path: "/x/", source: "tree" }, /needs content, source or fragments/],
    [{ path: "/x/a.conf" }, /needs content, source or fragments/],
    [{ path: "/x/a.conf", target: "b.conf" }, /needs content, source or fragments/],
  ];
  for (const [fields, message] of cases) {
    const { issues } = resolving(fields, "/", "name", true);
    assertEquals(
      issues.map(({ path }) => path),
      [["meta", "header"]],
      JSON.stringify(fields).slice(0, 80),
    );
    assertMatch(issues[0]?.message ?? "", message);
  }
  for (
    const fields of [{ path: "/x/what", source: "s" }, {
      path: "/x/a.json",
      state: "absent",
    }] as const
  ) {
    assertEquals(resolving(fields, "/", "name", true).issues, []);
  }
});
