/** Whole graph files that show the kind; they are run on a host of their own. */
export const SUDOERS_EXAMPLES: readonly string[] = [
  `graph: admins
resources:
  sudoers:
  - name: admins
    groups: [admins]
    nopasswd: true
  - name: deploy
    users: [deploy]
    run_as: root
    commands: [/usr/bin/systemctl restart shop, /usr/bin/systemctl reload nginx]
`,
];
