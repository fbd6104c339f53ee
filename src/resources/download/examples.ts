/** Whole graph files that show the kind. */
export const DOWNLOAD_EXAMPLES: readonly string[] = [
  `graph: a release
resources:
  file:
  - name: /tmp/mgmt-releases/
  download:
  - name: /tmp/mgmt-releases/tool
    url: https://localhost:8443/tool
    checksum: sha256:bf664cf84f00f6ed76164c8457fdeaf8e4dee547226e9ffcf8274e2d2246fed9
    ca: /tmp/mgmt-ca.pem
    headers:
      Authorization: Bearer abc
    mode: 0755
`,
];
