/**
 * What people do by hand to a host that a graph has made true: files by chance, and on a test host what an
 * install manages of every kind.
 *
 * @module
 */

import { seededRandom } from "../../src/engine/seeded_random.ts";

/** Changes, harms or removes some of what is below a directory. */
export async function driftFiles(seed: number, directory: string): Promise<void> {
  const random = seededRandom(seed);
  for (const path of await pathsBelow(directory)) {
    if (random() < 0.5) continue;
    try {
      await changeOne(path, random());
    } catch { /* what is above it was removed */ }
  }
}

async function changeOne(path: string, chance: number): Promise<void> {
  const { isFile, isDirectory, isSymlink } = await Deno.lstat(path);
  if (isSymlink || (isFile && chance < 0.2)) return await Deno.remove(path);
  if (isDirectory) return await Deno.chmod(path, 0o700);
  if (chance < 0.4) return await Deno.chmod(path, 0o604);
  await Deno.writeTextFile(path, "by hand\n", { append: chance < 0.7 });
}

/** In the order of their names, so that a seed means the same each time. */
async function pathsBelow(directory: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    paths.push(path, ...isDirectory ? await pathsBelow(path) : []);
  }
  return paths.sort();
}

/** Things that happen to what the install of every kind manages. */
export const HARMS: Readonly<Record<string, string>> = {
  "files are edited": "echo by hand >>/etc/mgmt-web/main.conf; rm /etc/mgmt-web/sites/one.conf",
  "modes and owners": "chmod 600 /etc/mgmt-web/sites; chown 0:0 /etc/mgmt-web/sites/one.conf",
  "a service is stopped": "systemctl stop mgmt-web mgmt-own",
  "a service is disabled": "systemctl disable mgmt-web",
  "a unit file is edited": "echo '# by hand' >>/etc/systemd/system/mgmt-own.service",
  "a line is edited": "sed -i 's/^port.*/port 1/' /etc/mgmt-truth.conf",
  "a setting": "sysctl -q net.ipv4.ip_local_port_range='10000 60000'",
  "an account is edited": "usermod -c 'by hand' mgmt-truth; gpasswd -d mgmt-truth mgmt-truth-files",
  "a mount is gone": "umount /srv/mgmt-truth",
  "a timer is gone": "rm /etc/systemd/system/*truth*.timer; systemctl daemon-reload",
  "a name": "hostname by-hand",
  "a key": "rm -r /srv/mgmt-keys/.ssh",
  "another key": "sed -i 's/AAAA /AAAB /' /srv/mgmt-keys/.ssh/authorized_keys",
  "names of an address": "sed -i s/truth/by-hand/ /etc/hosts",
  "the time zone": "ln -sfn /usr/share/zoneinfo/Asia/Kolkata /etc/localtime",
  "a package is gone": "dpkg --remove mgmt-web",
};
