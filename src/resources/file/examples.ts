/** Whole graph files that show the kind; each is run in a test, so they stay below /tmp/mgmt. */
export const FILE_EXAMPLES: readonly string[] = [
  `graph: files
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  - name: motd
    path: /tmp/mgmt/motd
    content: |
      Welcome.
    mode: "0644"
  - name: gone
    path: /tmp/mgmt/gone
    state: absent
  - name: link
    path: /tmp/mgmt/link
    target: motd
edges:
- from: {kind: file, name: directory}
  to: {kind: file, name: motd}
- from: {kind: file, name: directory}
  to: {kind: file, name: gone}
- from: {kind: file, name: directory}
  to: {kind: file, name: link}
`,
  `graph: purge
resources:
  file:
  - name: /tmp/mgmt-purge/
    purge: true
  - name: /tmp/mgmt-purge/kept
    content: "only this one stays\\n"
edges:
- from: {kind: file, name: /tmp/mgmt-purge/}
  to: {kind: file, name: /tmp/mgmt-purge/kept}
`,
  `graph: fragments
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  - name: pieces
    path: /tmp/mgmt/rules.d/
  - name: first
    path: /tmp/mgmt/rules.d/10-first
    content: |
      first
  - name: second
    path: /tmp/mgmt/rules.d/20-second
    content: second
  - name: rules
    path: /tmp/mgmt/rules
    fragments: /tmp/mgmt/rules.d
  - name: copy
    path: /tmp/mgmt/copy/
    source: /tmp/mgmt/rules.d
    recurse: true
    keep_modes: true
edges:
- from: {kind: file, name: first}
  to: {kind: file, name: copy}
- from: {kind: file, name: second}
  to: {kind: file, name: copy}
`,
];
