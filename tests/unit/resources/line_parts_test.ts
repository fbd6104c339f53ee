/** Lines that are written anew from what they were, settings, and sections of a file. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import line from "../../../src/resources/line/kind.ts";
import type { LineFields } from "../../../src/resources/line/fields.ts";
import { inKindWorld, resolving, resourceOf } from "../../support/kind_world.ts";

type Fields = Omit<LineFields, "path">;

/** What `before` becomes, by fields; healing looks again and finds nothing. */
function becomes(before: string, fields: Fields, after: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    await (await resourceOf(line, world, { path, ...fields })).heal();
    assertEquals(world.text("f"), after);
  });
}

/** The code of the failure there must be, with the file as it was. */
function refused(before: string, fields: Fields, code: string, words = "") {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    const failure = await (await resourceOf(line, world, { path, ...fields })).refuse();
    assertEquals(failure.code, code);
    assertStringIncludes(failure.message, words);
    assertEquals(world.text("f"), before);
  });
}

Deno.test("groups of match are put into the line, by number and by name", async () => {
  await becomes("port = 1\n", { match: "^(port *= *).*", line: "\\g<1>8080" }, "port = 8080\n");
  await becomes("a=1\nb=2\n", { match: "^(?P<key>a)=.*", line: "\\g<key> = 3" }, "a = 3\nb=2\n");
  await becomes("#Port 22\n", { match: "^#(Port .*)", line: "\\1" }, "Port 22\n");
  await becomes("x\n", { match: "x", line: "\\n \\0" }, "\\n \\0\n");
  await becomes("ab\n", { match: "^(a)(c)?b$", line: "\\1-\\2" }, "a-\n");
});

Deno.test("a line with groups that nothing fits is never added", async () => {
  await becomes("b\n", { match: "^#(a)", line: "\\1" }, "b\n");
});

Deno.test("other backslashes stand for themselves, and groups that are not remembered count for nothing", async () => {
  await becomes("p x\n", { match: "^(p) x", line: "\\1 C:\\temp \\\\ $1" }, "p C:\\temp \\\\ $1\n");
  await becomes("p x\n", { match: "^(?:p) x", line: "\\1" }, "\\1\n");
});

Deno.test("a line that would be written anew by each run is refused, unless unless says what is right", async () => {
  const grub = 'GRUB_CMDLINE_LINUX="ro"\n';
  const fields = { match: '^GRUB_CMDLINE_LINUX="(.*)"', line: 'GRUB_CMDLINE_LINUX="\\1 quiet"' };
  await refused(grub, fields, "not-stable", "would be changed again");
  const said = { ...fields, unless: "\\bquiet\\b" };
  await becomes(grub, said, 'GRUB_CMDLINE_LINUX="ro quiet"\n');
  await becomes('GRUB_CMDLINE_LINUX="quiet ro"\n', said, 'GRUB_CMDLINE_LINUX="quiet ro"\n');
});

Deno.test("which says which of the lines that fit become the line", async () => {
  const text = "a 1\nb\na 2\na 3\n";
  await becomes(text, { match: "^a ", line: "a 9", which: "first" }, "a 9\nb\na 2\na 3\n");
  await becomes(text, { match: "^a ", line: "a 9", which: "last" }, "a 1\nb\na 2\na 9\n");
  await becomes(text, { match: "^a ", line: "a 9", which: "all" }, "a 9\nb\na 9\na 9\n");
  await becomes(text, { match: "^a ", line: "a 9" }, "a 9\nb\n");
  await becomes("b\n", { match: "^a ", line: "a 9", which: "all" }, "b\na 9\n");
  await becomes("#a\n#a\n", { match: "^#a", line: "a", which: "first" }, "a\n#a\n");
  await becomes(text, { match: "^(a) ", line: "\\1 9", which: "one" }, "a 9\nb\n");
  await becomes("a 1\na 1\n", { match: "^(a) 1", line: "\\1 2" }, "a 2\na 2\n");
  await refused("#a 1\n#a 2\n", { match: "^#(a.*)", line: "\\1", which: "first" }, "not-stable");
});

const SSHD = `# PasswordAuthentication.  Depending on your PAM configuration,
# PAM authentication via KbdInteractiveAuthentication may bypass
#PasswordAuthentication yes
UsePAM yes

# Example
Match User git
    PasswordAuthentication no
`;

Deno.test("a setting takes the place of the comment that has it ready, and prose is none", async () => {
  const fields = { line: "PasswordAuthentication no", setting: true, section: "TOP" };
  const after = SSHD.replace("#PasswordAuthentication yes", "PasswordAuthentication no");
  await becomes(SSHD, fields, after);
  await becomes(after, fields, after);
  const prose = "# Port is what sshd listens on.\n# Port. More of it\n#Portable no\n";
  await becomes(prose, { line: "Port 22", setting: true }, `${prose}Port 22\n`);
});

Deno.test("a setting that is there more than once is there once, however it is written", async () => {
  const fields = { line: "Port 22", setting: true };
  await becomes(
    "port 1\n#Port 22\nPORT=2\nPortable x\n",
    fields,
    "Port 22\n#Port 22\nPortable x\n",
  );
  await becomes("a=1\nA=2\n", { line: "a=3", setting: true }, "a=3\nA=2\n");
  await becomes("# a = 1\n", { line: "a = 3", setting: true }, "a = 3\n");
  await becomes("a.b = 1\naxb = 1\n", { line: "a.b = 2", setting: true }, "a.b = 2\naxb = 1\n");
  await becomes("Port 1\n#Port 2\n", { line: "Port", setting: true, state: "absent" }, "#Port 2\n");
});

Deno.test("a line of a section is looked for and written only there", async () => {
  const ini = "[a]\nx = 1\n\n# about b\n[b]\nx = 1\n";
  const set = (section: string) => ({ line: "x = 2", match: "^x", section });
  await becomes(ini, set("[b]"), ini.replace("[b]\nx = 1", "[b]\nx = 2"));
  await becomes(ini, set("[a]"), ini.replace("[a]\nx = 1", "[a]\nx = 2"));
  await becomes(ini, { line: "y", section: "[a]" }, ini.replace("x = 1\n\n", "x = 1\ny\n\n"));
  await becomes(ini, { line: "y", section: "TOP" }, `y\n${ini}`);
  await becomes(ini, { line: "y", section: "[c]" }, `${ini}\n[c]\ny\n`);
  await becomes("", { line: "y", section: "[c]" }, "[c]\ny\n");
  await becomes(
    ini,
    { line: "x = 1", section: "[b]", state: "absent" },
    ini.replace(/x = 1\n$/, ""),
  );
  await becomes(ini, { line: "x = 1", section: "[c]", state: "absent" }, ini);
  await becomes("[a]\nx", { line: "y", section: "[a]" }, "[a]\nx\ny\n");
});

Deno.test("before the first Match is where a setting of sshd goes", async () => {
  const fields = { line: "PermitRootLogin no", setting: true, section: "TOP" };
  await becomes(SSHD, fields, SSHD.replace("UsePAM yes\n", "UsePAM yes\nPermitRootLogin no\n"));
});

Deno.test("a Match of sshd has the indentation of its lines, and is made where it is missing", async () => {
  const inside = { section: "match  User git", setting: true };
  await becomes(
    SSHD,
    { ...inside, line: "PasswordAuthentication yes" },
    SSHD.replace(/no\n$/, "yes\n"),
  );
  await becomes(SSHD, { ...inside, line: "PasswordAuthentication no" }, SSHD);
  await becomes(SSHD, { ...inside, line: "X11Forwarding no" }, `${SSHD}    X11Forwarding no\n`);
  await becomes(
    "Port 22\n",
    { section: "Match Group sftp", line: "ChrootDirectory /srv" },
    "Port 22\n\nMatch Group sftp\n    ChrootDirectory /srv\n",
  );
});

const NGINX = `http {
  # server { in prose
  log_format x '{"a": $b}';
  server {
    listen 80; # }
    location / { return 200 "}"; }
  }
}
stream {
  server {
    listen 53;
  }
}
`;

Deno.test("a section in braces ends where its brace does, and they stand in each other", async () => {
  const section = ["http {", "server {"];
  await becomes(
    NGINX,
    { section, line: "server_name a;" },
    NGINX.replace('"}"; }\n', '"}"; }\n    server_name a;\n'),
  );
  await becomes(NGINX, { section, line: "listen 80; # }" }, NGINX);
  await becomes(
    NGINX,
    { section: ["stream {", "server{"], match: "listen", line: "listen 54;" },
    NGINX.replace("listen 53", "listen 54"),
  );
  await refused(NGINX, { section: "mail {", line: "x;" }, "no-section", "mail { is not in");
  await refused(
    `${NGINX}http {\n}\n`,
    { section: "http {", line: "x;" },
    "several-sections",
    "2 times",
  );
  await refused("a { b; }\n", { section: "a {", line: "x;" }, "section-shape", "line 1");
  await refused("a {\nb;\n", { section: "a {", line: "x;" }, "section-shape");
});

Deno.test("a section that is there twice is for a person to put right", async () => {
  await refused(
    "[a]\n[b]\n[a]\n",
    { section: "[a]", line: "x" },
    "several-sections",
    "lines 1 and 3",
  );
});

Deno.test("a block has its place in a section, too", async () => {
  await becomes(
    "[a]\nx\n[b]\n",
    { section: "[a]", block: "y\nz" },
    "[a]\nx\n# BEGIN mgmt it\ny\nz\n# END mgmt it\n[b]\n",
  );
});

Deno.test("a new line of sshd_config without a section is doubted, for it may go into a Match", async () => {
  const doubts: string[] = [];
  await resolving(line, { path: "/f", line: "a" });
  const doubt = (fields: Omit<LineFields, "path">) => {
    line.resolve({ path: "/etc/ssh/sshd_config", ...fields }, {
      name: "it",
      directory: "/",
      issue: () => {},
      doubt: ({ message }) => void doubts.push(message),
    });
    return doubts.splice(0);
  };
  assertEquals(doubt({ line: "Port 22" }).length, 1);
  assertEquals(doubt({ line: "Port 22", section: "TOP" }), []);
  assertEquals(doubt({ line: "Port 22", before: "^Match" }), []);
  assertEquals(doubt({ block: "Match User git\n  X11Forwarding no" }), []);
});

Deno.test("settings and sections of one file do not contradict each other", async () => {
  const params = async (fields: Fields) =>
    (await resolving(line, { path: "/f", ...fields })).params;
  const contradicts = async (one: Fields, other: Fields) =>
    line.contradicts?.(await params(one), { kind: "line", params: await params(other) });
  const no = { line: "A no", setting: true };
  assertEquals(
    await contradicts({ ...no, section: "TOP" }, { line: "A yes", section: "Match all" }),
    undefined,
  );
  assertStringIncludes(
    await contradicts(no, { line: "a yes" }) ?? "",
    'setting "A" of the one replaces',
  );
  assertEquals(await contradicts(no, { line: "Ab yes" }), undefined);
});

Deno.test("a line of nothing but blanks, signs or quotes costs no more than it is long", async () => {
  const long = 300_000;
  for (const hostile of [" ", "#Port ", "/*", "${", '"', "'\\", "[", "Match "]) {
    const text = `${hostile.repeat(long / hostile.length)}.\nserver {\n}\n`;
    await becomes(text, { line: "Port 22", setting: true }, `${text}Port 22\n`);
    await becomes(
      text,
      { line: "x;", section: "server {" },
      text.replace("server {\n", "server {\n    x;\n"),
    );
  }
});
