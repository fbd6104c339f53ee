/** Whole graph files that show the kind; each is run in a test, so they stay below /tmp/mgmt. */
export const JSON_EXAMPLES: readonly string[] = [
  `graph: daemon
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  json:
  - name: driver
    path: /tmp/mgmt/daemon.json
    create: true
    at: log-driver
    value: journald
  - name: addresses
    path: /tmp/mgmt/daemon.json
    create: true
    at: [default-address-pools, 0]
    value: {base: 10.99.0.0/16, size: 24}
  - name: mirror
    path: /tmp/mgmt/daemon.json
    create: true
    at: registry-mirrors
    item: https://mirror.example
edges:
- from: {kind: file, name: directory}
  to: {kind: json, name: driver}
- from: {kind: json, name: driver}
  to: {kind: json, name: addresses}
- from: {kind: json, name: addresses}
  to: {kind: json, name: mirror}
`,
];
