/** Keys of users in their homes, which these may change as they like. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, shell } from "../support/program.ts";

const A = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const B = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";

/** Runs resources once, and gives the code and what was said. */
async function run(resources: string, ...flags: string[]): Promise<{ code: number; said: string }> {
  return await inDirectory(async (directory) => {
    const graph = `${directory}/graph.yaml`;
    Deno.writeTextFileSync(graph, `graph: keys\nresources:\n${resources}`);
    const args = ["run", graph, "--tmp-prefix", "--no-network", "--converged-timeout=0", ...flags];
    const { code, stderr } = await mgmt(args);
    return { code, said: stderr };
  });
}

function keyOf(user: string, key = A, more = ""): string {
  return `  authorized_key:\n  - {name: ${user}, user: ${user}, key: ${key}${more}}\n`;
}

async function modesOf(path: string): Promise<string> {
  return (await shell(`stat -c '%U %a' ${path}`)).trim();
}

Deno.test("a user, the home and the keys come in one run, and the second has nothing to do", async () => {
  const graph = keyOf("kim") + "  user:\n  - {name: kim, home: /srv/kim, manage_home: true}\n";
  const planned = await run(graph, "--noop");
  assertEquals([planned.code, planned.said.match(/failed/g)?.length], [0, 1], planned.said);
  assertMatch((await run(graph)).said, /Recap: 2 ok, 2 changed, 0 failed/);
  assertMatch((await run(graph)).said, /Recap: 2 ok, 0 changed, 0 failed/);
  assertEquals(contentOf("/srv/kim/.ssh/authorized_keys"), `${A}\n`);
  assertEquals(await modesOf("/srv/kim/.ssh"), "kim 700");
  assertEquals(await modesOf("/srv/kim/.ssh/authorized_keys"), "kim 600");
  await shell("chmod 777 /srv/kim/.ssh && chmod 666 /srv/kim/.ssh/authorized_keys");
  assertMatch((await run(graph)).said, /others may write in .*others may write to /);
  assertEquals(await modesOf("/srv/kim/.ssh"), "kim 755");
  assertEquals(await modesOf("/srv/kim/.ssh/authorized_keys"), "kim 644");
});

Deno.test("nothing that a user plants is followed: a link for the directory, for the file, a second name", async () => {
  await shell("useradd -m lee && mkdir /root/secrets && echo hush >/root/secrets/authorized_keys");
  const refused = async (plant: string, words: RegExp) => {
    await shell(`rm -rf /home/lee/.ssh; cd /home/lee && ${plant}`);
    const { code, said } = await run(keyOf("lee"));
    assertEquals(code === 0, false);
    assertMatch(said, words);
    assertEquals(contentOf("/root/secrets/authorized_keys"), "hush\n");
    assertEquals((await shell("ls /root/secrets")).trim(), "authorized_keys");
  };
  const asLee = (command: string) => `su lee -c '${command}'`;
  await refused(asLee("ln -s /root/secrets .ssh"), /\.ssh is a symbolic link/);
  await refused(
    asLee("mkdir .ssh && ln -s /root/secrets/authorized_keys .ssh"),
    /authorized_keys is a symbolic link/,
  );
  await refused("mkdir .ssh && ln /root/secrets/authorized_keys .ssh", /second|several names|hard/);
  await refused(asLee("mkdir .ssh && mkfifo .ssh/authorized_keys"), /FIFO/);
  await refused("mkdir .ssh && chown daemon .ssh", /belongs to another user/);
  await shell("userdel -r lee");
});

Deno.test("many keys of one user at once lose none, and others' stay or go", async () => {
  await shell("useradd -m max && install -d -o max -m 700 /home/max/.ssh");
  await shell(`printf '%s' '# mine\r\n${B} b' >/home/max/.ssh/authorized_keys`);
  const keys = Array.from({ length: 40 }, (_, index) => {
    const blob = atob(A.split(" ")[1] ?? "").slice(0, -1) + String.fromCharCode(index);
    return `  - {name: k${index}, user: max, key: ssh-ed25519 ${btoa(blob)}}\n`;
  });
  const graph = `  authorized_key:\n${keys.join("")}`;
  assertMatch((await run(graph)).said, /Recap: 40 ok, 40 changed, 0 failed/);
  const text = contentOf("/home/max/.ssh/authorized_keys") ?? "";
  assertEquals(text.split("\n").length, 43);
  assertStringIncludes(text, `${B} b\r\n`);
  const purging = graph.replace("}", ", purge: true}");
  assertMatch((await run(purging)).said, /Recap: 40 ok, 1 changed, 0 failed/);
  assertEquals((contentOf("/home/max/.ssh/authorized_keys") ?? "").includes(B), false);
  assertMatch((await run(purging)).said, /Recap: 40 ok, 0 changed, 0 failed/);
  await shell(`echo '${B}' >>/home/max/.ssh/authorized_keys`);
  const looking = `${purging}  - {name: b, user: max, key: ${B}, meta: {noop: true}}\n`;
  assertMatch((await run(looking)).said, /Recap: 41 ok, 0 changed, 0 failed/);
  await shell("userdel -r max");
});

Deno.test("a user's known hosts are the user's, and those of all can be read by all", async () => {
  await shell("useradd -m noa");
  const entry = (name: string, more: string) => `  - {name: ${name}, host: h, key: ${A}${more}}\n`;
  const graph = `  known_host:\n${entry("own", ", user: noa")}${entry("all", "")}`;
  await shell("mkdir -p /etc/ssh && rm -f /etc/ssh/ssh_known_hosts");
  assertMatch((await run(graph)).said, /Recap: 2 ok, 2 changed, 0 failed/);
  assertEquals(await modesOf("/home/noa/.ssh /home/noa/.ssh/known_hosts"), "noa 700\nnoa 600");
  assertEquals(await modesOf("/etc/ssh/ssh_known_hosts"), "root 644");
  assertMatch(await shell("su noa -c 'ssh-keygen -F h'"), /h ssh-ed25519 AAAA/);
  assertMatch((await run(graph)).said, /Recap: 2 ok, 0 changed, 0 failed/);
  await shell("userdel -r noa");
});

Deno.test("a file of hosts that is mounted from outside is written as it stands, where that is said", async () => {
  await shell("cp /etc/hosts /root/hosts && mount --bind /root/hosts /etc/hosts");
  const graph = (more: string) => `  hosts:\n  - {name: h.example, ip: 192.0.2.1${more}}\n`;
  const refused = await run(graph(""));
  assertMatch(refused.said, /in_place/);
  assertEquals((contentOf("/root/hosts") ?? "").includes("h.example"), false);
  assertMatch((await run(graph(", in_place: true"))).said, /Recap: 1 ok, 1 changed, 0 failed/);
  assertStringIncludes(contentOf("/root/hosts") ?? "", "192.0.2.1\th.example\n");
  assertMatch(await shell("getent hosts h.example"), /^192\.0\.2\.1/);
  await shell("umount /etc/hosts");
});
