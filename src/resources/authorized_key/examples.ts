/** Whole graph files that show the kind; they are run on a host of their own. */
export const AUTHORIZED_KEY_EXAMPLES: readonly string[] = [
  `graph: keys of a user
resources:
  user:
  - name: mgmt-anna
    home: /home/mgmt-anna
    manage_home: true
  authorized_key:
  - name: anna's laptop
    user: mgmt-anna
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA anna@laptop
    purge: true
  - name: anna's backup
    user: mgmt-anna
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB
    options: [restrict, from="192.0.2.0/24", command="/usr/bin/rrsync -ro /srv"]
    comment: backup of anna's
`,
  `graph: keys of a user elsewhere
resources:
  file:
  - name: directory
    path: /tmp/mgmt/
  authorized_key:
  - name: anna's laptop
    path: /tmp/mgmt/anna
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA anna@laptop
  - name: anna's old key
    path: /tmp/mgmt/anna
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB
    state: absent
`,
];
