/** Whole graph files that show the kind; they are run on a host of their own. */
export const USER_EXAMPLES: readonly string[] = [
  `graph: users
resources:
  group:
  - name: mgmt-web
  user:
  - name: mgmt-anna
    uid: 40001
    groups: [mgmt-web]
    comment: Anna Example
    shell: /bin/sh
    manage_home: true
    password_hash: $6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/
  - name: mgmt-gone
    state: absent
edges:
- from: {kind: group, name: mgmt-web}
  to: {kind: user, name: mgmt-anna}
`,
  `graph: a user for a service
resources:
  user:
  - name: mgmt-service
    system: true
    home: /var/lib/mgmt-service
    shell: /usr/sbin/nologin
    locked: true
    expires: 2035-12-31
    password_max_days: never
    password_warn_days: 14
`,
];
