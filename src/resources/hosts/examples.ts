/** Whole graph files that show the kind; each is run in a test, so they stay below /tmp/mgmt. */
export const HOSTS_EXAMPLES: readonly string[] = [
  `graph: hosts
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  hosts:
  - name: this host
    path: /tmp/mgmt/hosts
    ip: 127.0.1.1
    names: [web1.example.org, web1]
  - name: db1.example.org
    path: /tmp/mgmt/hosts
    ip: 2001:db8::17
`,
  `graph: names of one address
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  hosts:
  - name: shop.example.org
    path: /tmp/mgmt/hosts
    ip: 192.0.2.80
    append: true
  - name: old names
    path: /tmp/mgmt/hosts
    names: [old.example.org]
    state: absent
`,
];
