/**
 * Stand-ins for the packages that the example of roles installs: the same names, files and services, and nothing behind
 * them. Only for test hosts.
 *
 * @module
 */

import { AptRepository, type TestPackage } from "./apt_repository.ts";
import { shell } from "./program.ts";

/** Above all that other packages of the machine could ask for. */
const VERSION = "99:1";
const SCRIPT = "#!/bin/sh\n";

function unit(more = ""): string {
  return "[Service]\nExecStart=sleep infinity\nExecReload=true\n" + more +
    "[Install]\nWantedBy=multi-user.target\n";
}

/** Keeps what was created, and tells of a name whether it was. */
const PSQL = `${SCRIPT}made=/var/lib/postgresql/made
touch $made
case $* in
*-Atc*) name=$(echo "$2" | cut -d"'" -f2); ! grep -q " $name " $made || echo 1 ;;
*) sed 's/$/ /' >>$made ;;
esac
`;

/** With a setting that is ready, prose that only begins like one, and a section of somebody's. */
const SSHD_CONFIG = `Include /etc/ssh/sshd_config.d/*.conf

#Port 22
#PermitRootLogin prohibit-password
# PasswordAuthentication.  Depending on your PAM configuration,
# PAM authentication may bypass the setting of PermitRootLogin.
passwordauthentication yes

# Example of overriding settings on a per-user basis
Match User anoncvs
\tX11Forwarding yes
`;

const CHRONY_CONF = `# Use public servers from the pool.ntp.org project.
pool 2.debian.pool.ntp.org iburst
makestep 0.1 3
#allow 192.0.2.0/24
rtcsync
`;

const PACKAGES: readonly TestPackage[] = [
  {
    name: "nginx",
    version: VERSION,
    files: {
      "/usr/sbin/nginx": `${SCRIPT}grep -q "^http {" /etc/nginx/nginx.conf\n`,
      "/lib/systemd/system/nginx.service": unit(),
      "/etc/nginx/nginx.conf": "http {\n}\n",
      "/etc/nginx/conf.d/.keep": "",
      "/etc/nginx/sites-available/default": "server {\n}\n",
      "/etc/nginx/sites-enabled/default": "server {\n}\n",
    },
    postinst: "chmod 755 /usr/sbin/nginx",
  },
  {
    name: "openssh-server",
    version: VERSION,
    files: {
      "/usr/sbin/sshd": `${SCRIPT}exit 0\n`,
      "/lib/systemd/system/ssh.service": unit("KillMode=process\n"),
      "/etc/ssh/sshd_config": SSHD_CONFIG,
      "/etc/ssh/sshd_config.d/.keep": "",
      "/etc/ssh/moduli": "# small and large\n2026 2 6 100 2047 2 AA\n2026 2 6 100 4095 2 BB\n",
      "/etc/ssh/ssh_host_ecdsa_key": "key\n",
      "/etc/ssh/ssh_host_ecdsa_key.pub": "key\n",
    },
    postinst: "chmod 755 /usr/sbin/sshd",
  },
  {
    name: "chrony",
    version: VERSION,
    files: {
      // It sets no clock.
      "/lib/systemd/system/chrony.service": unit(),
      "/etc/chrony/chrony.conf": CHRONY_CONF,
    },
  },
  {
    name: "sudo",
    version: VERSION,
    files: { "/usr/sbin/visudo": `${SCRIPT}exit 0\n`, "/etc/sudoers.d/.keep": "" },
    postinst: "chmod 755 /usr/sbin/visudo",
  },
  {
    name: "postgresql-15",
    version: VERSION,
    files: {
      "/usr/local/bin/psql": PSQL,
      "/lib/systemd/system/postgresql@.service": unit(),
      "/etc/postgresql/15/main/pg_hba.conf": "local all all trust\n",
      "/etc/postgresql/15/main/conf.d/.keep": "",
      "/var/lib/postgresql/.keep": "",
    },
    postinst: "id postgres >/dev/null 2>&1 || useradd -r postgres; " +
      "chmod 755 /usr/local/bin/psql; chown -R postgres: /etc/postgresql /var/lib/postgresql",
  },
];

/** Makes them the packages of this host, which then has none of them. */
export async function offerRolePackages(directory: string): Promise<void> {
  await shell("systemctl mask --now packagekit");
  await shell(
    // What the machine has of the real ones is out of the way, and dpkg knows nothing of it.
    String.raw`awk -v RS= -v ORS='\n\n' \
      '!/^Package: (postgresql|nginx|openssh-s|sudo|chrony)/' /var/lib/dpkg/status >/var/lib/dpkg/status-new &&
      mv /var/lib/dpkg/status-new /var/lib/dpkg/status;
      rm -rf /usr/bin/psql /usr/local/bin/psql /etc/postgresql /var/lib/postgresql /etc/nginx /etc/sudoers.d
      rm -rf /etc/chrony /etc/ssh/sshd_config
      rm -rf /lib/systemd/system/postgresql* /etc/ssh/sshd_config.d /etc/ssh/moduli`,
  );
  const repository = new AptRepository(directory);
  await repository.offer(...PACKAGES);
  await repository.use();
}
