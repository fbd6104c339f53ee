/** Whole graph files that show the kind. */
export const GIT_EXAMPLES: readonly string[] = [
  `graph: an application from git
resources:
  git:
  - name: /tmp/mgmt-app
    url: /tmp/mgmt-repository.git
    ref: v1.0
`,
];
