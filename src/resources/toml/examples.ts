/** Whole graph files that show the kind; each is run in a test, so they stay below /tmp/mgmt. */
export const TOML_EXAMPLES: readonly string[] = [
  `graph: agent
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  toml:
  - name: interval
    path: /tmp/mgmt/agent.toml
    create: true
    at: agent.interval
    value: 30s
  - name: url
    path: /tmp/mgmt/agent.toml
    create: true
    at: outputs.urls
    item: http://192.0.2.1:8086
edges:
- from: {kind: file, name: directory}
  to: {kind: toml, name: interval}
- from: {kind: toml, name: interval}
  to: {kind: toml, name: url}
`,
];
