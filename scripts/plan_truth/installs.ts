/**
 * Whole installs for a test host: each a row of graphs, run one after the other, with the packages they need.
 *
 * @module
 */

import type { TestPackage } from "../../tests/support/apt_repository.ts";

const UNIT = "[Service]\nExecStart=sleep infinity\n[Install]\nWantedBy=multi-user.target\n";

/** What the installs take from a repository; the second starts its service by itself, as Debian's do. */
export const PACKAGES: readonly TestPackage[] = [
  {
    name: "mgmt-web",
    version: "1.0",
    files: {
      "/etc/mgmt-web/main.conf": "as shipped\n",
      "/usr/lib/systemd/system/mgmt-web.service": UNIT,
    },
    conffiles: ["/etc/mgmt-web/main.conf"],
  },
  {
    name: "mgmt-eager",
    version: "1.0",
    files: {
      "/etc/mgmt-eager/main.conf": "as shipped\n",
      "/usr/lib/systemd/system/mgmt-eager.service": UNIT,
    },
    conffiles: ["/etc/mgmt-eager/main.conf"],
    postinst: "systemctl daemon-reload; systemctl enable --now mgmt-eager.service",
    prerm: "systemctl disable --now mgmt-eager.service || true",
  },
];

const zones: Readonly<Record<number, string>> = {
  20: "Europe/Vienna",
  21: "Asia/Tokyo",
  22: "Etc/UTC",
};

/** Every kind that can be run, once; nothing of it is there at the beginning. */
const all = (content: string, port: number, host = port / 1000, zone = zones[host] ?? "") =>
  `graph: every kind
resources:
  pkg:
  - name: mgmt-web
  svc:
  - name: mgmt-web
    state: running
    startup: enabled
  - name: mgmt-own
    state: running
  file:
  - name: /etc/mgmt-web/main.conf
    content: "${content}\\n"
  - name: /etc/mgmt-web/sites/
  - name: /etc/mgmt-web/sites/one.conf
    content: "port ${port}\\n"
    owner: mgmt-truth
    group: mgmt-truth-files
    mode: "0640"
  - name: /etc/systemd/system/mgmt-own.service
    content: |
      [Service]
      ExecStart=sleep infinity
      Environment=PORT=${port}
  - name: /srv/mgmt-truth/
  - name: /srv/mgmt-truth/inside
    content: "${content}\\n"
  line:
  - name: port
    path: /etc/mgmt-truth.conf
    line: port ${port}
    match: ^port
  user:
  - name: mgmt-truth
    groups: [mgmt-truth-files]
    comment: ${content}
    system: true
    password_warn_days: ${host}
  - name: mgmt-keys
    home: /srv/mgmt-keys
    manage_home: true
  group:
  - name: mgmt-truth-files
  mount:
  - name: /srv/mgmt-truth
    device: tmpfs
    type: tmpfs
    options: [size=${port}k]
  cron:
  - name: truth
    schedule: daily
    command: echo ${content}
  sysctl:
  - name: net.ipv4.ip_local_port_range
    value: ${port} 60999
  hostname:
  - name: mgmt-truth
  timezone:
  - name: ${zone}
  hosts:
  - name: truth.example.org
    ip: 192.0.2.${host}
    names: [truth.example.org, truth]
  authorized_key:
  - name: truth
    user: mgmt-keys
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    comment: ${content}
  known_host:
  - name: truth.example.org
    path: /etc/mgmt-web/known_hosts
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
  exec:
  - name: once
    cmd: touch /var/lib/mgmt-truth
    creates: /var/lib/mgmt-truth
  - name: always
    cmd: "true"
    ifcmd: "false"
  probe:
  - name: fine
    command: "true"
  noop:
  - name: nothing
  timer:
  - name: minutely
    interval: 60
  msg:
  - name: said
    body: hello
edges:
- {from: {kind: file, name: /etc/mgmt-web/main.conf}, to: {kind: svc, name: mgmt-web}, notify: true}
- {from: {kind: line, name: port}, to: {kind: svc, name: mgmt-own}, notify: true}
`;

const GOING = `graph: going
resources:
  pkg:
  - name: mgmt-web
    state: uninstalled
  svc:
  - name: mgmt-web
    state: stopped
  - name: mgmt-own
    state: stopped
  file:
  - name: /etc/mgmt-web/
    state: absent
    force: true
  - name: /etc/systemd/system/mgmt-own.service
    state: absent
  user:
  - name: mgmt-truth
    state: absent
  - name: mgmt-keys
    state: absent
    remove_home: true
  hosts:
  - name: truth
    ip: 192.0.2.21
    state: absent
  authorized_key:
  - name: truth
    user: mgmt-keys
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    state: absent
  group:
  - name: mgmt-truth-files
    state: absent
  mount:
  - name: /srv/mgmt-truth
    state: absent
  cron:
  - name: truth
    state: absent
`;

/** A package that starts and enables its service, whose file is then another. */
const EAGER = `graph: eager
resources:
  pkg:
  - name: mgmt-eager
  file:
  - name: /etc/mgmt-eager/main.conf
    content: ours
  - name: /etc/systemd/system/mgmt-eager.service.d/
  - name: /etc/systemd/system/mgmt-eager.service.d/ours.conf
    content: "[Service]\\nEnvironment=OURS=1\\n"
  svc:
  - name: mgmt-eager
    state: running
    startup: enabled
  exec:
  - name: announce
    cmd: "true"
    ifcmd: "false"
edges:
- {from: {kind: pkg, name: mgmt-eager}, to: {kind: file, name: /etc/mgmt-eager/main.conf}}
- {from: {kind: file, name: /etc/mgmt-eager/main.conf}, to: {kind: svc, name: mgmt-eager}, notify: true}
- {from: {kind: svc, name: mgmt-eager}, to: {kind: exec, name: announce}, notify: true}
`;

const REFUSED = `graph: refused
resources:
  pkg:
  - name: mgmt-no-such-package
  - name: mgmt-web
  svc:
  - name: mgmt-no-such-service
    state: running
  - name: mgmt-web
    state: running
  user:
  - name: mgmt-truth
    group: mgmt-no-such-group
  file:
  - name: /etc/mgmt-truth.conf
    content: x
    owner: mgmt-truth
  mount:
  - name: /srv/mgmt-no-such-place
    device: tmpfs
    type: tmpfs
  - name: /srv/mgmt-other
    device: /dev/mgmt-no-such-device
  sysctl:
  - name: net.mgmt.no_such_key
    value: 1
  cron:
  - name: truth
    schedule: daily
    command: "true"
    user: mgmt-no-such-user
edges:
- {from: {kind: pkg, name: mgmt-no-such-package}, to: {kind: svc, name: mgmt-web}}
`;

/** The graph of every kind, for who only looks. */
export const EVERY_KIND = all("first", 20000);

/** Graphs by what they are, in the order in which they are run. */
export const INSTALLS: Readonly<Record<string, string>> = {
  "first install": EVERY_KIND,
  "the same again": EVERY_KIND,
  "second install": all("second", 21000),
  "a service that is started by its package": EAGER,
  "the same service again": EAGER,
  "what goes": GOING,
  "what is refused": REFUSED,
  "install after that": all("third", 22000),
};
