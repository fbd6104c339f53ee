import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { contentOf, inDirectory, mgmt, repositoryFile, shell } from "../support/program.ts";
import { offerRolePackages } from "../support/role_packages.ts";

const SECRETS = "/etc/mgmt/secrets.d";

/** The example as it would be on a host. */
async function withRoles(test: (site: string) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    await offerRolePackages(`${directory}/packages`);
    await shell(
      `mkdir -p -m 0700 ${SECRETS} && cp -r ${repositoryFile("examples/roles")} ${directory}`,
    );
    for (const owner of ["shop", "api"]) {
      await shell(`umask 077; echo hush-${owner} >${SECRETS}/db-${owner}`);
    }
    await test(`${directory}/roles/site.ts`);
  });
}

/** What a run as that host says at its end. */
async function runAs(host: string, site: string): Promise<string> {
  const flags = ["--hostname", host, "--converged-timeout=1", "--no-network"];
  const { code, stderr } = await mgmt(["run", site, ...flags]);
  const wrong = stderr.split("\n").filter((line) => /fail|blocked|hint:|error/i.test(line));
  assertEquals(code, 0, `${host}: ${wrong.join("\n")}`);
  return stderr.match(/Recap: .*/)?.[0] ?? stderr;
}

Deno.test("the roles of the examples are made on three hosts, and a second run changes nothing", async () => {
  await withRoles(async (site) => {
    for (const host of ["web1", "db1", "gate1"]) {
      assertMatch(await runAs(host, site), /^Recap: \d+ ok, [1-9]\d* changed, 0 failed, 0 blocked/);
      assertMatch(await runAs(host, site), /^Recap: \d+ ok, 0 changed, 0 failed, 0 blocked/);
    }
    const active = await shell("systemctl is-active nginx ssh postgresql@15-main chrony");
    assertEquals(active.trim().split("\n"), ["active", "active", "active", "active"]);
    const sshd = contentOf("/etc/ssh/sshd_config") ?? "";
    const [top = "", ...sections] = sshd.split(/^(?=Match )/m);
    assertStringIncludes(top, "# PasswordAuthentication.  Depending on your PAM configuration,\n");
    assertStringIncludes(top, "\nPort 2222\nPermitRootLogin no\n");
    assertEquals(top.match(/^\s*passwordauthentication.*$/gim), ["PasswordAuthentication no"]);
    assertMatch(top, /\nAllowGroups remote\n/);
    // Two lines of one section stand in the order in which they were made.
    assertEquals(sections.map((section) => section.trimEnd().split("\n").toSorted()), [
      ["\tX11Forwarding yes", "Match User anoncvs"],
      ["    AllowTcpForwarding no", "    ForceCommand internal-sftp", "Match Group backup"],
    ]);
    assertEquals(
      contentOf("/etc/chrony/chrony.conf"),
      "# Use public servers from the pool.ntp.org project.\nmakestep 1 3\n#allow 192.0.2.0/24\nrtcsync\n" +
        "# BEGIN mgmt servers and clients\nserver ntp1.example iburst\nserver ntp2.example iburst\n" +
        "allow 192.0.2.0/24\n# END mgmt servers and clients\nminsources 2\n",
    );
    assertMatch(
      contentOf("/home/ada/.ssh/authorized_keys") ?? "",
      /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA{43} ada\n$/,
    );
    assertMatch(
      contentOf("/etc/ssh/ssh_known_hosts") ?? "",
      /^db1\.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAI\w+\n$/,
    );
    assertEquals(contentOf("/etc/sudoers.d/admins"), "ada ALL=(ALL) NOPASSWD: ALL\n");
    assertEquals(contentOf("/etc/ssh/moduli"), "# small and large\n2026 2 6 100 4095 2 BB\n");
    assertStringIncludes(contentOf("/etc/nginx/sites-enabled/api.example") ?? "", "proxy_pass");
    const made = contentOf("/var/lib/postgresql/made") ?? "";
    assertStringIncludes(made, "CREATE ROLE shop LOGIN PASSWORD 'hush-shop'");
    assertStringIncludes(made, "CREATE EXTENSION pg_trgm");
  });
});
