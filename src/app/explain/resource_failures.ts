/**
 * Codes of failures of resources, as far as users see them often, in words.
 *
 * @module
 */

import type { CodeExplanation } from "./explanation.ts";

export const RESOURCE_FAILURES = {
  "parent-missing": {
    means: "The directory in which something is to be made is not there, or is no directory.",
    why: "Nothing in the graph makes it, or what makes it has failed.",
    remedy: "Add it to the graph as a file resource with a path that ends with /.",
  },
  "wrong-type": {
    means: "Something of another type stands at the path: a directory, a device, a socket.",
    why: "It is replaced or removed only where the graph says so.",
    remedy: "Look at it; force: true replaces a directory.",
  },
  "changed": {
    means: "What was to be changed became another one meanwhile, so nothing was written.",
    why: "Another program writes there at the same time.",
    remedy: "Nothing: it is tried again. If it goes on, mgmt why says who writes there.",
  },
  "untrusted-link": {
    means: "A link stands there that other users could have made, and it is not followed.",
    why: "Its directory can be written by others, as /tmp can.",
    remedy: "Remove the link, or use a directory that only root can write.",
  },
  "untrusted-directory": {
    means: "Something was refused because other users can write the directory.",
    why: "They could lead the change to another file.",
    remedy: "Use another directory, or take the right from the others (chmod go-w).",
  },
  "hard-link": {
    means: "The file has several names, and replacing it would leave the others behind.",
    why: "Somebody made hard links of it.",
    remedy: "Remove the other names, or leave the file out of the graph.",
  },
  "source": {
    means: "The source of a file cannot be read.",
    why: "It is missing, too large, of another type, or in a place that others can write.",
    remedy: "See the message; mgmt validate tells of it before a run.",
  },
  "too-large": {
    means: "Something is larger than is read or kept.",
    why: "Everything has a limit, so that the agent cannot be filled.",
    remedy: "Make it smaller; the message names the limit.",
  },
  "checksum": {
    means: "What came has another checksum than the graph says; nothing was written.",
    why: "Another file stands at the URL now, or the checksum in the graph is that of another one.",
    remedy: "Compare it with what its makers publish, and write that checksum.",
  },
  "stalled": {
    means: "The other side sent nothing for too long, so the download was broken off.",
    why: "The server, or what is between, is overloaded or gone.",
    remedy: "Nothing: what has come is kept, and the next try goes on there. mgmt why says when.",
  },
  "redirect": {
    means: "A download was led to where it does not follow: no https, or too many steps.",
    why: "The server leads on without https, or in a circle.",
    remedy: "curl --head URL shows where it leads; write the URL at the end of it.",
  },
  "no-authority": {
    means: "The file that ca names holds no certificate.",
    why: "It is another file, a key, or a certificate in DER.",
    remedy: "Name a file in PEM: openssl x509 -inform der -in FILE makes one of DER.",
  },
  "archive": {
    means: "An archive cannot be read: it is damaged, cut off, or of another form.",
    why: "It was not copied whole, or is none of tar, gz, xz, zst and zip.",
    remedy: "Compare its checksum with that of its makers; a download resource does it by itself.",
  },
  "archive-entry": {
    means: "An archive has an entry that is not unpacked, so nothing of it was.",
    why: "It would be outside the directory, is a link or a device, or stands in another's way.",
    remedy:
      "The message has its name; links: true takes links that stay inside; else take another archive.",
  },
  "ref": {
    means: "The repository has no such commit or tag.",
    why: "It is misspelt, not pushed yet, or a branch, which is not taken, since it moves.",
    remedy: "git ls-remote URL shows the tags; write one, or a whole commit.",
  },
  "git": {
    means: "git did not do what it was asked for.",
    why: "The message has git's own words: no right, no such repository, no network.",
    remedy: "Try the same with git by hand; what lets in belongs into env.",
  },
  "validate": {
    means: "The command that validates a new file refused it; the old one is still in place.",
    why: "The new content has a mistake.",
    remedy: "Mend the content; what the command printed is in the message.",
  },
  "no-account": {
    means: "A user or group is named that the host does not know.",
    why: "It is misspelt, or made later and no edge says so.",
    remedy: "getent passwd NAME; let the graph make it, which orders it by itself.",
  },
  "user-busy": {
    means: "A user cannot be removed or renumbered while processes run as that user.",
    why: "Somebody is logged in, or a service runs.",
    remedy: "End them (loginctl terminate-user NAME); it is tried again.",
  },
  "masked": {
    means: "A unit is masked, so nothing can start it.",
    why: "Somebody said systemctl mask.",
    remedy: "Say startup: enabled or disabled in the graph, which unmasks it, or systemctl unmask.",
  },
  "condition": {
    means: "systemd did not start a unit, because a condition of it does not hold.",
    why: "Its file has Condition…= lines; the message names which.",
    remedy: "Make it hold, or change the unit.",
  },
  "no-systemd": {
    means: "Limits of a command need systemd, which does not run this host.",
    why: "It is a container, or another init system.",
    remedy: "Leave the limits out, or use timeout, nice and ulimit.",
  },
  "no-controller": {
    means: "systemd has no controller here for one of a command's limits.",
    why: "The kernel or the container does not offer it.",
    remedy: "Leave that limit out.",
  },
  "package-unknown": {
    means: "No source of packages offers a package of that name.",
    why: "It is misspelt, has another name here, or its source is not set up.",
    remedy: "apt-cache policy NAME or dnf list NAME.",
  },
  "package-lists": {
    means: "The package manager cannot read its lists.",
    why: "A file of its sources has a mistake, or a fetch was cut short.",
    remedy: "apt-get update or dnf makecache says what is wrong.",
  },
  "package-database": {
    means: "The database of installed packages cannot be read.",
    why: "It is damaged, or an installation was cut short.",
    remedy: "dpkg --configure -a, or rpm --rebuilddb.",
  },
  "download": {
    means: "Packages could not be fetched.",
    why: "The mirror does not answer, or has another file than its lists say.",
    remedy: "Nothing: it is tried again. Else see the mirror's address and apt-get update.",
  },
  "no-network": {
    means: "Packages could not be fetched, because there is no network.",
    why: "The host is off the network, or no name server answers.",
    remedy: "mgmt doctor; ip route.",
  },
  "dependents": {
    means: "A change of packages would also remove others, which nobody asked for.",
    why: "Others depend on what is to go, or are in conflict with what is to come.",
    remedy: "Name those in the graph, too, or take the wish back.",
  },
  "no-such-version": {
    means: "The wanted version of a package is not offered.",
    why: "It was replaced by a newer one in the sources.",
    remedy: "The message lists what there is; state: installed takes any.",
  },
  "untrusted": {
    means: "Nobody whom this host trusts has signed the packages.",
    why: "The key of the source is missing or has ended.",
    remedy: "Add the key of that source.",
  },
  "locked": {
    means: "Something is in use by another program: a prefix by a run, or the packages.",
    why: "One agent for each prefix; one transaction of packages at a time.",
    remedy: "The message names the process: end it or wait; another --prefix for a second run.",
  },
  "not-allowed": {
    means: "The user of the agent may not do that.",
    why: "Only root, or who is allowed by polkit, may.",
    remedy: "Run the agent as root.",
  },
  "no-space": {
    means: "The disk is full.",
    why: "See mgmt doctor, and df.",
    remedy: "Make room; it is tried again.",
  },
  "ENOSPC": {
    means: "The disk is full, or has no inodes left.",
    why: "See mgmt doctor, df and df -i.",
    remedy: "Make room; it is tried again.",
  },
  "EACCES": {
    means: "The kernel denied the permission.",
    why: "The agent runs as a user who may not, or a security module forbids it.",
    remedy: "Run it as root; look at audit logs for SELinux and AppArmor.",
  },
  "EROFS": {
    means: "The file system is mounted read-only.",
    why: "It was mounted so, or the kernel did it after an error of the disk.",
    remedy: "dmesg; mount -o remount,rw.",
  },
  "timeout": {
    means: "Something did not answer or end within its time.",
    why: "A command that hangs, a mount, a service, a server that is away.",
    remedy: "Look at what the message names; timeout of a command can be raised.",
  },
  "spawn": {
    means: "A program could not be started.",
    why: "It is not there, is not executable, or its interpreter is missing.",
    remedy: "Check the path; commands have the PATH that docs/kinds.md names.",
  },
  "exit": {
    means: "A program of the host ended with a code that says that it failed.",
    why: "The message has what it printed last.",
    remedy: "Run it by hand to see more.",
  },
  "unhealthy": {
    means: "A probe says that what it asks is not well, or members of a cluster are not there.",
    why: "The message says what was asked and what came.",
    remedy: "Mend that; it is asked again.",
  },
  "interrupted": {
    means: "PackageKit or a package tool was ended in the middle of a transaction.",
    why: "It crashed, was restarted, or somebody ended it.",
    remedy: "It is tried again; dpkg --configure -a where packages are half installed.",
  },
  "contradiction": {
    means: "Two resources want different things of the same.",
    why: "The message names both.",
    remedy: "Change one of them.",
  },
  "overridden": {
    means: "What was set holds until the next boot only: another file sets it otherwise.",
    why: "Files of sysctl.d are read in order, and a later one counts.",
    remedy: "Change or remove the file that the message names.",
  },
  "secret-missing": {
    means: "A secret that resources need is not there.",
    why: "No source has one of that name.",
    remedy: "Put it into /etc/mgmt/secrets.d (mode 0600), or encrypt it with mgmt secret.",
  },
  "secret-unsafe": {
    means: "A secret, or what is to be shown, is not safe where it stands or would go.",
    why: "Others can read or replace it there.",
    remedy: "chmod 0600 the file and 0700 its directory; print into a new file of your own.",
  },
  "secret-unreadable": {
    means: "A secret is there and cannot be read.",
    why: "Its file is another user's, or no identity of this host opens it.",
    remedy: "See its owner and mode; mgmt secret rekey for files of age.",
  },
} as const satisfies Readonly<Record<string, CodeExplanation>>;
