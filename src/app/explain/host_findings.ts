/**
 * What `mgmt doctor` may find of the host itself, by code.
 *
 * @module
 */

import type { FindingTexts } from "./explanation.ts";

export const HOST_FINDINGS = {
  "not-seen": {
    severity: "notice",
    means: "Something could not be looked at, so nothing is said of it.",
    why: "It belongs to another user, or the host hides it (a container, a missing /proc).",
    remedy: "Run mgmt doctor as the user of the agent, usually root: sudo mgmt doctor.",
  },
  "look-timeout": {
    severity: "warning",
    means: "A look took longer than it may and was given up; all others went on.",
    why: "The host is very busy, or what was asked hangs: a service, a mount, a name server.",
    remedy: "Look at what the line names, and say mgmt doctor again.",
  },
  "inotify-absent": {
    severity: "warning",
    means: "The kernel tells nothing of changes of files: the agent polls everything.",
    why: "/proc is not mounted, or the kernel was built without inotify.",
    remedy: "Mount /proc. Without inotify repairs take seconds instead of milliseconds.",
  },
  "inotify-watches": {
    severity: "warning",
    means: "The limit of inotify watches of this user is nearly used up, or is very low.",
    why:
      "Each watched directory takes one of fs.inotify.max_user_watches, which all programs of a user share.",
    remedy: "sysctl fs.inotify.max_user_watches=524288, and the same in a file of /etc/sysctl.d.",
  },
  "inotify-instances": {
    severity: "warning",
    means: "The limit of inotify instances of this user is nearly used up.",
    why: "Each program that watches files takes one of fs.inotify.max_user_instances.",
    remedy: "sysctl fs.inotify.max_user_instances=512, and the same in a file of /etc/sysctl.d.",
  },
  "bus-absent": {
    severity: "warning",
    means: "There is no message bus (D-Bus): services cannot be managed over it, nor PackageKit.",
    why: "dbus is not installed or not started; in small containers that is usual.",
    remedy: "Install and start dbus, if the graph manages services or packages.",
  },
  "bus-not-needed": {
    severity: "notice",
    means: "There is no message bus (D-Bus), and nothing of the running graph needs one.",
    why: "dbus is not installed or not started; in small containers that is usual.",
    remedy: "Nothing, until the graph manages services or packages.",
  },
  "bus-silent": {
    severity: "error",
    means: "The message bus is there and does not answer.",
    why: "Its daemon hangs, was killed, or does not let this user in.",
    remedy: "systemctl status dbus; a restart of dbus.service restarts much else, so plan it.",
  },
  "packagekit-absent": {
    severity: "notice",
    means: "There is no PackageKit: packages are managed with the host's own tools (apt, dnf).",
    why: "The package packagekit is not installed, or its unit is masked.",
    remedy: "Nothing, if that is wanted; else install packagekit.",
  },
  "packagekit-silent": {
    severity: "warning",
    means: "PackageKit runs and does not answer.",
    why: "A transaction of another program hangs, or its daemon does.",
    remedy: "pkcon get-transactions; systemctl status packagekit.",
  },
  "clock-unsynchronised": {
    severity: "warning",
    means: "The kernel says that nothing keeps this host's clock right.",
    why: "No time service runs, or it has not reached its servers yet.",
    remedy: "Install and start chrony or systemd-timesyncd; see timedatectl.",
  },
  "clock-wrong": {
    severity: "error",
    means: "The clock is before the time at which this executable was put here.",
    why: "The clock of the hardware is wrong or its battery is empty.",
    remedy: "Set the clock (timedatectl), and have it kept right by a time service.",
  },
  "clock-jumped": {
    severity: "notice",
    means: "The clock was set while the agent ran: times in the journal before and after differ.",
    why: "A time service corrected it, or somebody set it, or the host was suspended.",
    remedy: "Nothing: the agent counts by a clock that does not jump.",
  },
  "clock-far": {
    severity: "warning",
    means: "This host's clock and that of a member of its cluster are more than 5 s apart.",
    why: "One of both is not kept right.",
    remedy: "See which (date -u on both), and have both kept right by a time service.",
  },
  "disk-full": {
    severity: "error",
    means: "A file system has next to no room left; state, journal and repairs cannot be written.",
    why: "Logs, packages, or copies of what was overwritten have filled it.",
    remedy: "df -h and du -xh on it; make room or make it larger.",
  },
  "disk-low": {
    severity: "warning",
    means: "A file system has little room left.",
    why: "Logs, packages, or copies of what was overwritten fill it.",
    remedy: "df -h and du -xh on it; make room before it is full.",
  },
  "inodes-low": {
    severity: "warning",
    means:
      "A file system has next to no inodes left: no new file can be made, whatever room there is.",
    why: "Very many small files, for instance sessions or caches.",
    remedy: "df -i, then find the directory with the many files.",
  },
  "disk-read-only": {
    severity: "error",
    means: "A file system that has to be written is mounted read-only.",
    why: "The kernel does that after an error of the disk; or it was mounted so.",
    remedy: "dmesg tells of errors; mount -o remount,rw where the disk is well.",
  },
  "mount-silent": {
    severity: "warning",
    means: "A mounted file system does not answer: whoever touches it hangs.",
    why: "The server of a network mount is away, or the program behind a FUSE mount hangs.",
    remedy:
      "Mend the server, or umount -l the mount. The agent goes on with all that is elsewhere.",
  },
  "authors-unknown": {
    severity: "notice",
    means: "Who changes a file cannot be known here: mgmt why says what changed, not by whom.",
    why: "fanotify needs root, a kernel from 5.9 on, and no container that forbids it (EPERM).",
    remedy: "Nothing: repairs are not concerned. --who off says that it is not to be tried.",
  },
  "systemd-absent": {
    severity: "notice",
    means: "systemd is not the first process of this host: there is no service of mgmt.",
    why: "It is a container, or another init system.",
    remedy: "Have mgmt run started by whatever starts things here.",
  },
  "systemd-degraded": {
    severity: "notice",
    means: "Units of this host have failed, which systemd calls degraded.",
    why: "systemctl --failed lists them, and systemctl status of each says why.",
    remedy: "Mend those units; they are not mgmt's.",
  },
  "memory-low": {
    severity: "warning",
    means: "Next to no memory is available: the kernel may soon kill programs.",
    why: "Something uses it up; see ps aux --sort -rss.",
    remedy: "End what uses it, or give the host more.",
  },
  "memory-limit": {
    severity: "warning",
    means:
      "The control group that the agent runs in has nearly used up its memory or its processes.",
    why: "MemoryMax= or TasksMax= of its unit or container is low for what its commands do.",
    remedy: "Raise it: systemctl edit mgmt, or the setting of the container.",
  },
  "memory-killed": {
    severity: "warning",
    means: "The kernel has killed processes in the agent's control group for want of memory.",
    why: "A command of the graph, or the agent, went over MemoryMax= of the unit or container.",
    remedy: "Raise the limit, or give the command less to do; journalctl -k says which it was.",
  },
  "descriptors-low": {
    severity: "warning",
    means: "The agent may open only few files at once.",
    why: "The hard limit (ulimit -Hn, LimitNOFILE=) it was started with is low.",
    remedy: "Raise it to 4096 or more; mgmt service install does.",
  },
} as const satisfies FindingTexts;
