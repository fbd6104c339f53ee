import { assertEquals } from "@std/assert";
import { componentOf, parseOffers, parseReleases } from "../../../src/packages/apt/policy.ts";

const OFFERS = `bash:
  Installed: 5.2.15-2+b8
  Candidate: 5.2.15-2+b13
  Version table:
     5.2.15-2+b13 500
        500 http://mirror.test/debian bookworm/main amd64 Packages
 *** 5.2.15-2+b8 100
        100 /var/lib/dpkg/status
libc6:i386:
  Installed: (none)
  Candidate: 2.36-9
  Version table:
     2.36-9 500 (phased 20%)
        500 http://mirror.test/debian bookworm/main i386 Packages
         -1 file:/srv ./ Packages
awk:
  Installed: (none)
  Candidate: (none)
  Version table:
`.split("\n");

const RELEASES = `Package files:
 100 /var/lib/dpkg/status
     release a=now
 500 http://mirror.test/debian bookworm/non-free amd64 Packages
     release v=12.1,o=Debian,a=stable,n=bookworm,l=Debian,c=non-free,b=amd64
     origin mirror.test
 500 file:/srv/repo ./ Packages
     release c=
Pinned packages:
`.split("\n");

Deno.test("what apt offers is read: candidates, versions, where each comes from", () => {
  const offers = parseOffers(OFFERS);
  assertEquals([...offers.keys()], ["bash", "libc6:i386", "awk"]);
  assertEquals(offers.get("bash"), {
    candidate: "5.2.15-2+b13",
    versions: [{
      version: "5.2.15-2+b13",
      sources: ["http://mirror.test/debian bookworm/main amd64 Packages"],
    }, { version: "5.2.15-2+b8", sources: ["/var/lib/dpkg/status"] }],
  });
  assertEquals(offers.get("libc6:i386")?.versions, [{
    version: "2.36-9",
    sources: [
      "http://mirror.test/debian bookworm/main i386 Packages",
      "file:/srv ./ Packages",
    ],
  }]);
  assertEquals(offers.get("awk"), { versions: [] });
});

Deno.test("who stands behind apt's sources is read", () => {
  const releases = parseReleases(RELEASES);
  const source = "http://mirror.test/debian bookworm/non-free amd64 Packages";
  assertEquals(releases.get(source), { origin: "Debian", component: "non-free" });
  assertEquals(releases.get("file:/srv/repo ./ Packages"), { origin: "", component: "" });
  assertEquals(componentOf(source), "non-free");
  assertEquals(componentOf("file:/srv/repo ./ Packages"), "");
});
