/** Whole graph files that show the kind. */
export const ARCHIVE_EXAMPLES: readonly string[] = [
  `graph: a release, unpacked
resources:
  download:
  - name: /tmp/mgmt-tool.tar.gz
    url: https://localhost:8443/tool.tar.gz
    checksum: sha256:e154a7d671aeafe1288025add0d77f50a7f73b525790e6c5d5f6fe11818c292f
    ca: /tmp/mgmt-ca.pem
  archive:
  - name: /tmp/mgmt-tool
    source: /tmp/mgmt-tool.tar.gz
    strip: 1
    links: true
`,
];
