/** Whole graph files that show the kind; each is run in a test, so they stay below /tmp/mgmt. */
export const YAML_EXAMPLES: readonly string[] = [
  `graph: prometheus
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  yaml:
  - name: interval
    path: /tmp/mgmt/prometheus.yml
    create: true
    at: global.scrape_interval
    value: 15s
  - name: node
    path: /tmp/mgmt/prometheus.yml
    create: true
    at: scrape_configs
    item: {job_name: node, static_configs: [{targets: ["192.0.2.1:9100"]}]}
edges:
- from: {kind: file, name: directory}
  to: {kind: yaml, name: interval}
- from: {kind: yaml, name: interval}
  to: {kind: yaml, name: node}
`,
];
