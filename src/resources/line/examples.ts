/** Whole graph files that show the kind; each is run in a test, so they stay below /tmp/mgmt. */
export const LINE_EXAMPLES: readonly string[] = [
  `graph: lines
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  line:
  - name: no root
    path: /tmp/mgmt/sshd_config
    create: true
    line: PermitRootLogin no
    match: ^\\s*#?\\s*PermitRootLogin\\b
  - name: no debugging
    path: /tmp/mgmt/sshd_config
    match: ^LogLevel DEBUG
    line: LogLevel DEBUG3
    state: absent
edges:
- from: {kind: file, name: directory}
  to: {kind: line, name: no root}
- from: {kind: line, name: no root}
  to: {kind: line, name: no debugging}
`,
  `graph: blocks
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  line:
  - name: neighbours
    path: /tmp/mgmt/hosts
    create: true
    block: |
      192.0.2.1 one.example
      192.0.2.2 two.example
  - name: loopback
    path: /tmp/mgmt/hosts
    create: true
    line: 127.0.0.1 localhost
    before: BOF
edges:
- from: {kind: file, name: directory}
  to: {kind: line, name: neighbours}
- from: {kind: file, name: directory}
  to: {kind: line, name: loopback}
`,
  `graph: settings
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  line:
  - name: no passwords
    path: /tmp/mgmt/sshd_config
    create: true
    section: TOP
    setting: true
    line: PasswordAuthentication no
  - name: git has no forwarding
    path: /tmp/mgmt/sshd_config
    create: true
    section: Match User git
    setting: true
    line: AllowTcpForwarding no
edges:
- from: {kind: file, name: directory}
  to: {kind: line, name: no passwords}
- from: {kind: line, name: no passwords}
  to: {kind: line, name: git has no forwarding}
`,
];
