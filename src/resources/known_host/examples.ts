/** Whole graph files that show the kind; each is run in a test, so they stay below /tmp/mgmt. */
export const KNOWN_HOST_EXAMPLES: readonly string[] = [
  `graph: known hosts
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  known_host:
  - name: git.example.org
    path: /tmp/mgmt/known_hosts
    host: [git.example.org, 192.0.2.7]
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    purge: true
  - name: backup.example.org
    path: /tmp/mgmt/known_hosts
    port: 2222
    hashed: true
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB
  - name: the hosts of example.org
    path: /tmp/mgmt/known_hosts
    host: "*.example.org"
    marker: cert-authority
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC
`,
];
