/** Whole graph files that show the kind; each is run in a test, so they stay below /tmp/mgmt. */
export const INI_EXAMPLES: readonly string[] = [
  `graph: database
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  ini:
  - name: address
    path: /tmp/mgmt/my.cnf
    create: true
    section: mysqld
    key: bind-address
    value: 127.0.0.1
  - name: no names
    path: /tmp/mgmt/my.cnf
    create: true
    section: mysqld
    key: skip-name-resolve
edges:
- from: {kind: file, name: directory}
  to: {kind: ini, name: address}
- from: {kind: ini, name: address}
  to: {kind: ini, name: no names}
`,
  `graph: unit
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  ini:
  - name: checks
    path: /tmp/mgmt/example.service
    create: true
    section: Service
    key: ExecStartPre
    separator: "="
    value:
    - /usr/bin/test -e /etc/example
    - /usr/bin/test -e /srv/example
edges:
- from: {kind: file, name: directory}
  to: {kind: ini, name: checks}
`,
];
