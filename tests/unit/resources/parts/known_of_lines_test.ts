/**
 * What other tools that edit lines are known to have got wrong, by their public bug reports: each case is
 * played here and must come out right, and a second look must find nothing to do.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import line from "../../../../src/resources/line/kind.ts";
import { LINE_FIELDS, type LineFields } from "../../../../src/resources/line/fields.ts";
import { inKindWorld, resolving, resourceOf } from "../../../support/kind_world.ts";

type Fields = Omit<LineFields, "path">;

function becomes(before: string, fields: Fields, after: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    await (await resourceOf(line, world, { path, ...fields })).heal();
    assertEquals(world.text("f"), after);
  });
}

async function refusedAs(fields: Fields, words: string) {
  const { issues } = await resolving(line, { path: "/f", ...fields });
  assertStringIncludes(issues.map(({ message }) => message).join("\n"), words);
}

Deno.test("ansible/ansible#5825: a line after a last one without an end does not become part of it", () =>
  becomes(
    "UsePAM yes",
    { match: "^AllowGroups", line: "AllowGroups root vagrant" },
    "UsePAM yes\nAllowGroups root vagrant\n",
  ));

Deno.test("ansible/ansible#29776: a pattern that the new line does not fit adds it once", () =>
  becomes(
    "Defaults    secure_path = /sbin\n",
    {
      match: "^Defaults    secure_path = /sbin$",
      line: "Defaults    secure_path = /opt/bin:/sbin",
    },
    "Defaults    secure_path = /opt/bin:/sbin\n",
  ));

Deno.test("ansible/ansible#10240: groups that take more in at each run are refused, and unless ends it", async () => {
  const text = "    'values': ('v1', 'v2'),\n";
  const fields = { match: "(^[ ]+'values'.*)\\),", line: "\\1, 'vn')," };
  await inKindWorld(async (world) => {
    const path = world.put("f", text);
    const failure = await (await resourceOf(line, world, { path, ...fields })).refuse();
    assertEquals([failure.code, world.text("f")], ["not-stable", text]);
  });
  await becomes(text, { ...fields, unless: "'vn'" }, "    'values': ('v1', 'v2', 'vn'),\n");
});

Deno.test("ansible/ansible#13366: a group that uncomments is what it fits, not a number", () =>
  becomes("#KEY=1\n#KEY2=Y\n", { match: "^#(KEY.*)$", line: "\\1" }, "KEY=1\nKEY2=Y\n"));

Deno.test("ansible/ansible#63756: a pattern without groups takes the line as it stands", () =>
  becomes("node.name: a\n", { match: "^node\\.name:", line: "node.name: b" }, "node.name: b\n"));

Deno.test("ansible/ansible#20413: several lines in line are a mistake, and as a block stay one", async () => {
  assertEquals(LINE_FIELDS.line.type.safeParse("a\nb").success, false);
  await becomes(
    "set loopback false;\nx\n",
    { after: "^set loopback", block: "pass in\npass out" },
    "set loopback false;\n# BEGIN mgmt it\npass in\npass out\n# END mgmt it\nx\n",
  );
});

Deno.test("ansible/ansible#58923: match together with after adds nothing where match fits", () =>
  becomes(
    "# here\nserver a\n",
    { match: "^server ", after: "^# here", line: "server a" },
    "# here\nserver a\n",
  ));

Deno.test("ComplianceAsCode/content#5118: a setting goes before the first Match, wherever others are", async () => {
  const head =
    "Port 22\n\n# Example of overriding settings on a per-user basis\n#Match User anoncvs\n";
  const matches = "Match User a\n  X11Forwarding no\nMatch User b\n  X11Forwarding no\n";
  await becomes(
    head + matches,
    { line: "Compression delayed", setting: true, section: "TOP" },
    `Port 22\nCompression delayed\n${head.slice("Port 22\n".length)}${matches}`,
  );
});

Deno.test("saltstack/salt#23294: a name that ends with another is not that one", () =>
  becomes(
    "IPV6_PEERDNS=no\nPEERROUTES=yes\n",
    { line: "PEERDNS=no", setting: true },
    "IPV6_PEERDNS=no\nPEERROUTES=yes\nPEERDNS=no\n",
  ));

Deno.test("saltstack/salt#18612: what was added because nothing fitted is not added again", () =>
  becomes("a\n", { match: "^nothing", line: "b" }, "a\nb\n"));

Deno.test("saltstack/salt#49855: a line that is inserted takes the place of none", () =>
  becomes(
    "auth substack password\nauth include postlogin\n",
    { line: "auth apple", after: "^auth substack" },
    "auth substack password\nauth apple\nauth include postlogin\n",
  ));

Deno.test("saltstack/salt#50254: a line before a section is not added by every run", () =>
  becomes(
    "[epel]\nenabled=1\n\n[epel-debuginfo]\nenabled=0\n",
    { line: "exclude=check-mk-agent*", section: "[epel]" },
    "[epel]\nenabled=1\nexclude=check-mk-agent*\n\n[epel-debuginfo]\nenabled=0\n",
  ));

Deno.test("saltstack/salt#18936: blanks at the end of what is written and looked for stay", () =>
  becomes(
    "# en_US.UTF-8 UTF-8\n",
    { match: "^# (en_US.UTF-8 .*)", line: "\\1 " },
    "en_US.UTF-8 UTF-8 \n",
  ));

Deno.test("saltstack/salt#21093: what is added leaves all that was there", () =>
  becomes("abc\n", { match: "^baz", line: "some text" }, "abc\nsome text\n"));

Deno.test("puppetlabs/puppetlabs-stdlib#788: of lines that fit the wrong ones change, also where one is right", () =>
  becomes(
    "* hard core 90\n* hard core 0\n",
    { match: "hard core", line: "* hard core 0", which: "all" },
    "* hard core 0\n* hard core 0\n",
  ));

Deno.test("puppetlabs/puppetlabs-stdlib#825: a line that match does not fit is not added for ever", () =>
  becomes("#a\n#a\n", { match: "^#a", line: "b", which: "all" }, "b\nb\n"));

Deno.test("ansible/ansible#75009: the last mark of a block counts without a line end, too", () =>
  becomes(
    "# BEGIN mgmt it\nold\n# END mgmt it",
    { block: "new" },
    "# BEGIN mgmt it\nnew\n# END mgmt it",
  ));

Deno.test("ansible/ansible#29340: a block without marks is a mistake, and eats no line", () =>
  refusedAs({ block: "export A=1", comment: " " }, "comment must not be blank"));

Deno.test("ansible/ansible#43523: a block that holds its own marks is a mistake", () =>
  refusedAs({ block: "a\n# BEGIN mgmt it\nb" }, "block holds the lines"));

Deno.test("saltstack/salt#33686: the last mark stands on a line of its own, whatever the block ends with", async () => {
  const after = "# BEGIN mgmt it\n4\n# END mgmt it\n";
  await becomes("", { block: "4" }, after);
  await becomes("", { block: "4\n" }, after);
});

Deno.test("hercules-team/augeas#830: a Match that is not there is made, one of any condition", () =>
  becomes(
    "UsePAM yes\n",
    { section: "Match Address 192.0.2.3 User u", line: "PubkeyAcceptedAlgorithms +ssh-rsa" },
    "UsePAM yes\n\nMatch Address 192.0.2.3 User u\n    PubkeyAcceptedAlgorithms +ssh-rsa\n",
  ));

Deno.test("hercules-team/augeas#632: a Match of ssh_config that nobody has heard of is one, too", () =>
  becomes(
    "Match final all\n        Include /etc/x\n\n# about hosts\nHost *.local\n",
    { section: "Match final all", setting: true, line: "GSSAPIAuthentication yes" },
    "Match final all\n        Include /etc/x\n        GSSAPIAuthentication yes\n\n" +
      "# about hosts\nHost *.local\n",
  ));
