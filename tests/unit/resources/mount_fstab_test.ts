import { assertEquals } from "@std/assert";
import {
  entriesFor,
  fstabDifferences,
  type WantedEntry,
  withEntry,
  withoutEntry,
} from "../../../src/resources/mount/fstab.ts";

const FSTAB = `# a comment about /data
UUID=12-34  /      ext4\terrors=remount-ro 0 1

/dev/sdb1   /data/ ext4  noatime,nofail    0 2   # spinning
none none swap sw
/dev/sdc1 /my\\040data xfs defaults
`;

const DATA: WantedEntry = {
  device: "/dev/sdb1",
  point: "/data",
  type: "ext4",
  options: ["nofail", "noatime"],
};

Deno.test("a line that says the same in other words is left as it is", () => {
  assertEquals(fstabDifferences(FSTAB, DATA), []);
  assertEquals(
    fstabDifferences(FSTAB, { ...DATA, options: ["defaults", "noatime", "nofail"] }),
    [],
  );
  assertEquals(fstabDifferences(FSTAB, { device: "/dev/sdb1", point: "/data" }), []);
  const spaced = { device: "/dev/sdc1", point: "/my data", type: "xfs", options: [] };
  assertEquals(fstabDifferences(FSTAB, spaced), []);
});

Deno.test("what differs is told", () => {
  const other = { ...DATA, device: "UUID=1", type: "xfs", options: ["ro"] };
  assertEquals(fstabDifferences(FSTAB, other), [
    "device in /etc/fstab: /dev/sdb1 → UUID=1",
    "type in /etc/fstab: ext4 → xfs",
    "options in /etc/fstab: noatime,nofail → ro",
  ]);
  assertEquals(fstabDifferences(FSTAB, { ...DATA, point: "/srv" }), [
    "has no entry in /etc/fstab",
  ]);
  assertEquals(fstabDifferences(`${FSTAB}/dev/x /data ext4\n`, DATA), [
    "has 2 entries in /etc/fstab",
  ]);
});

Deno.test("one line is replaced, all others stay as they are, byte by byte", () => {
  assertEquals(
    withEntry(FSTAB, { ...DATA, options: ["ro"] }),
    FSTAB.replace(/\/dev\/sdb1.*/, "/dev/sdb1 /data ext4 ro 0 2 # spinning"),
  );
  const less = { device: "/dev/sdd1", point: "/data" };
  assertEquals(
    withEntry(FSTAB, less),
    FSTAB.replace(/\/dev\/sdb1.*/, "/dev/sdd1 /data ext4 noatime,nofail 0 2 # spinning"),
  );
  assertEquals(withoutEntry(FSTAB, "/data"), FSTAB.replace(/\/dev\/sdb1.*\n/, ""));
  assertEquals(withoutEntry(FSTAB, "/srv"), FSTAB);
});

Deno.test("a new line comes last, whatever the file ends with", () => {
  const line = "/dev/sdb1 /data ext4 nofail,noatime 0 0\n";
  assertEquals(withEntry("", DATA), line);
  assertEquals(withEntry("# nothing yet", DATA), `# nothing yet\n${line}`);
  assertEquals(withEntry("/dev/x / ext4\n", DATA), `/dev/x / ext4\n${line}`);
  assertEquals(withEntry("", { device: "tmpfs", point: "/x" }), "tmpfs /x auto defaults 0 0\n");
});

Deno.test("of several lines for a mount point one stays", () => {
  const twice = `/dev/a /data ext4\n/dev/b /other ext4\n/dev/c /data/ ext4\n`;
  assertEquals(
    withEntry(twice, DATA),
    `/dev/sdb1 /data ext4 nofail,noatime\n/dev/b /other ext4\n`,
  );
  assertEquals(withoutEntry(twice, "/data"), "/dev/b /other ext4\n");
});

Deno.test("blanks and what else has a meaning is written as a number, and read again", () => {
  const odd = { device: "#a\\b", point: "/my\tdir", type: "x", options: ["a b"] };
  const text = withEntry("", odd);
  assertEquals(text, "\\043a\\134b /my\\011dir x a\\040b 0 0\n");
  assertEquals(entriesFor(text, odd.point), [odd]);
  assertEquals(fstabDifferences(text, odd), []);
});

Deno.test("options of another type do not stay in the line, those that all types know do", () => {
  const text = "tmpfs /data tmpfs size=4m,nosuid,nofail,x-systemd.device-timeout=5 0 0\n";
  assertEquals(
    withEntry(text, { device: "UUID=1", point: "/data", type: "ext4" }),
    "UUID=1 /data ext4 nosuid,nofail,x-systemd.device-timeout=5 0 0\n",
  );
  assertEquals(
    withEntry(text, { device: "other", point: "/data", type: "tmpfs" }),
    text.replace("tmpfs ", "other "),
  );
});
