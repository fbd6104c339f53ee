import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "../../../src/base/limits.ts";
import { cycleText } from "../../../src/graph/cycle.ts";
import { findAutoEdges } from "../../../src/lang/autoedge/autoedge.ts";
import { found, leftOut, tiedGraph, UNAVAILABLE } from "../../support/tied_graph.ts";

Deno.test("what is below a directory comes after the nearest one that is managed", () => {
  assertEquals(
    found(tiedGraph({
      deep: { needs: ["within:/a/b/c/d"] },
      there: { needs: ["within:/a/b"], provides: ["path:/a/b"] },
      top: { needs: ["within:/a"], provides: ["path:/a"] },
      beside: { needs: ["within:/ab/c"] },
      root: { needs: ["within:/"] },
    })),
    ["there deep: a directory above it", "top there: its parent directory"],
  );
});

Deno.test("the root directory is above everything", () => {
  assertEquals(
    found(tiedGraph({
      root: { provides: ["path:/"], needs: ["within:/"] },
      file: { needs: ["within:/a"] },
      deep: { needs: ["within:/a/b"] },
    })),
    ["root deep: a directory above it", "root file: its parent directory"],
  );
});

Deno.test("what is removed from a directory goes before the directory does", () => {
  assertEquals(
    found(tiedGraph({
      directory: { provides: ["path:/a"], needs: ["within:/a"], removes: true },
      file: { provides: ["path:/a/b"], needs: ["within:/a/b"], removes: true },
    })),
    ["file directory: is in it and goes first"],
  );
  assertEquals(
    found(tiedGraph({
      directory: { provides: ["path:/a"] },
      file: { provides: ["path:/a/b"], needs: ["within:/a/b"], removes: true },
    })),
    ["directory file: its parent directory"],
  );
});

Deno.test("an entry that is used is the one itself, or comes with the tree that holds it", () => {
  assertEquals(
    found(tiedGraph({
      user: { needs: ["path:/srv/data/x"] },
      mount: { provides: ["tree:/srv/data"], needs: ["path:/srv/data", "within:/srv/data"] },
      point: { provides: ["path:/srv/data"], needs: ["within:/srv/data"] },
      file: { provides: ["path:/srv/data/x"], needs: ["within:/srv/data/x"] },
      outer: { provides: ["tree:/srv"] },
    })),
    [
      "file user: makes a path that it uses",
      "mount file: its parent directory",
      "mount user: makes a path that it uses",
      "outer mount: its parent directory",
      "outer point: its parent directory",
      "point file: its parent directory",
      "point mount: makes a path that it uses",
    ],
  );
});

Deno.test("users and groups come before what is theirs, by name or by number", () => {
  assertEquals(
    found(tiedGraph({
      file: { needs: ["user:web", "group:staff"] },
      numbers: { needs: ["user:33"] },
      other: { needs: ["user:staff", "group:web"] },
      user: { provides: ["user:web", "user:33"], needs: ["group:staff"] },
      group: { provides: ["group:staff"] },
    })),
    [
      "group file: its group",
      "group user: its group",
      "user file: its user",
      "user numbers: its user",
    ],
  );
});

Deno.test("a group that lists a user who is in it comes first: it can be made without members", () => {
  assertEquals(
    found(tiedGraph({
      user: { provides: ["user:web"], needs: ["group:web", "group:staff"] },
      group: { provides: ["group:staff"], needs: ["user:web"] },
    })),
    ["group user: its group"],
  );
});

Deno.test("a user that goes does so before its group", () => {
  assertEquals(
    found(tiedGraph({
      user: { provides: ["user:web"], needs: ["group:staff"], removes: true },
      group: { provides: ["group:staff"], removes: true },
    })),
    ["user group: uses it and goes first"],
  );
});

Deno.test("a package is taken to own what bears its name", () => {
  assertEquals(
    found(tiedGraph({
      pkg: { provides: ["package:nginx"] },
      site: { needs: ["package-of:/etc/nginx/sites-enabled/default"] },
      directory: { needs: ["package-of:/etc/nginx"] },
      defaults: { needs: ["package-of:/etc/default/nginx"] },
      below: { needs: ["package-of:/etc/default/nginx/x"] },
      state: { needs: ["package-of:/var/lib/nginx/x"] },
      foreign: { needs: ["package-of:/etc/nginx2/x"] },
      etc: { needs: ["package-of:/etc"] },
      svc: { needs: ["unit:nginx.service"] },
      otherSvc: { needs: ["unit:nginx2.service"] },
    })),
    [
      "pkg defaults: owns the path",
      "pkg directory: owns the path",
      "pkg site: owns the path",
      "pkg state: owns the path",
      "pkg svc: owns its unit",
    ],
  );
});

Deno.test("what an installed package owns is known, and adds to what is taken for granted", () => {
  const graph = tiedGraph({
    pkg: { provides: ["package:openssh-server"] },
    config: { needs: ["package-of:/etc/ssh/sshd_config"] },
    snippet: { needs: ["package-of:/etc/ssh/sshd_config.d/mine.conf"] },
    named: { needs: ["package-of:/etc/openssh-server/x"] },
    rotation: { needs: ["package-of:/etc/logrotate.d/mine"] },
    binary: { needs: ["package-of:/usr/sbin/sshd"] },
    svc: { needs: ["unit:ssh.service"] },
    instance: { needs: ["unit:sshd@1.service"] },
  });
  const owned = new Map([["openssh-server", [
    "/etc/ssh",
    "/etc/ssh/sshd_config",
    "/etc/logrotate.d",
    "/sbin/sshd",
    "/lib/systemd/system/ssh.service",
    "/usr/lib/systemd/system/sshd@.service",
  ]]]);
  assertEquals(found(graph), ["pkg named: owns the path"]);
  assertEquals(found(graph, owned), [
    "pkg binary: owns the path",
    "pkg config: owns the path",
    "pkg instance: owns its unit",
    "pkg named: owns the path",
    "pkg snippet: owns the path",
    "pkg svc: owns its unit",
  ]);
});

Deno.test("only what could make an edge is asked of the host", () => {
  const needs = ["package-of:/etc/ssh/sshd_config", "unit:a.service"] as const;
  const alone = findAutoEdges(tiedGraph({ file: { needs } })).question;
  assertEquals([alone.packages.size, alone.paths.size], [0, 0]);
  const { packages, paths } = findAutoEdges(
    tiedGraph({ file: { needs }, pkg: { provides: ["package:x"] } }),
  ).question;
  assertEquals([...packages], ["x"]);
  assertEquals([...paths].sort(), [
    "/etc",
    "/etc/ssh",
    "/etc/ssh/sshd_config",
    "/lib/systemd/system/a.service",
    "/lib/systemd/system/service",
    "/usr/lib/systemd/system/a.service",
    "/usr/lib/systemd/system/service",
  ]);
});

Deno.test("a service comes after its unit file and its drop-ins, and after nobody else's", () => {
  assertEquals(
    found(tiedGraph({
      web: { needs: ["unit:web.service"] },
      instance: { needs: ["unit:getty@tty1.service"] },
      dashed: { needs: ["unit:app-web.service"] },
      file: { provides: ["path:/etc/systemd/system/web.service"] },
      packaged: { provides: ["path:/usr/lib/systemd/system/web.service"] },
      dropIn: { provides: ["path:/run/systemd/system/web.service.d/10.conf"] },
      directory: { provides: ["path:/etc/systemd/system/web.service.d"] },
      template: { provides: ["path:/etc/systemd/system/getty@.service"] },
      prefix: { provides: ["path:/etc/systemd/system/app-.service.d/x.conf"] },
      wants: { provides: ["path:/etc/systemd/system/multi-user.target.wants/web.service"] },
      socket: { provides: ["path:/etc/systemd/system/web.socket"] },
      settings: { provides: ["path:/etc/systemd/system.conf"] },
      timer: { provides: ["unit:web.service"] },
    })),
    [
      "directory web: a drop-in of its unit",
      "dropIn web: a drop-in of its unit",
      "file web: its unit file",
      "packaged web: its unit file",
      "prefix dashed: a drop-in of its unit",
      "template instance: its unit file",
      "timer web: makes its unit",
    ],
  );
});

Deno.test("a drop-in for all services is every service's", () => {
  assertEquals(
    found(tiedGraph({
      web: { needs: ["unit:web.service"] },
      timer: { needs: ["unit:web.timer"] },
      all: { provides: ["path:/etc/systemd/system/service.d/all.conf"] },
      tree: { provides: ["tree:/etc/systemd"] },
    })),
    [
      "all web: a drop-in of its unit",
      "tree timer: its unit file",
      "tree web: its unit file",
    ],
  );
});

Deno.test("a service that should not run stops before its unit or its package goes", () => {
  assertEquals(
    found(tiedGraph({
      svc: { needs: ["unit:web.service"], removes: true },
      file: { provides: ["path:/etc/systemd/system/web.service"], removes: true },
      pkg: { provides: ["package:web"], removes: true },
      left: { needs: ["package-of:/etc/web/x"], removes: true },
    })),
    [
      "pkg left: owns the path",
      "svc file: uses it and goes first",
      "svc pkg: uses it and goes first",
    ],
  );
});

Deno.test("an explicit edge is not doubled, and what contradicts one is left out", () => {
  const things = {
    directory: { provides: ["path:/a"] },
    file: { needs: ["within:/a/b"] },
    between: {},
  } as const;
  assertEquals(found(tiedGraph(things, ["directory file"])), []);
  const cyclic = tiedGraph(things, ["file between", "between directory"]);
  assertEquals(found(cyclic), []);
  const [left] = findAutoEdges(cyclic).finish(new Map()).leftOut;
  assert(left !== undefined);
  assertEquals(left.edge.name, "its parent directory");
  assertEquals(cycleText(left.cycle), "directory → file → between → directory");
});

Deno.test("of automatic edges that contradict each other the surer one stays", () => {
  const things = {
    one: { provides: ["path:/a"], needs: ["package-of:/etc/x/y"] },
    other: { provides: ["package:x"], needs: ["within:/a/b"] },
  } as const;
  assertEquals(found(tiedGraph(things)), ["one other: its parent directory"]);
  assertEquals(leftOut(tiedGraph(things)), ["other one"]);
});

Deno.test("autoedge: false on either end, and a kind that cannot be run, keep edges away", () => {
  const directory = { provides: ["path:/a"] } as const;
  const file = { needs: ["within:/a/b"] } as const;
  assertEquals(found(tiedGraph({ directory: { ...directory, autoedge: false }, file })), []);
  assertEquals(found(tiedGraph({ directory, file: { ...file, autoedge: false } })), []);
  assertEquals(found(tiedGraph({ directory, file }, [], UNAVAILABLE)), []);
  assertEquals(found(tiedGraph({ directory, file })).length, 1);
});

Deno.test("a resource does not wait for itself", () => {
  assertEquals(found(tiedGraph({ a: { provides: ["tree:/a"], needs: ["path:/a"] } })), []);
});

Deno.test("with too many edges none is added, and that is said", () => {
  const count = Math.ceil(Math.sqrt(LIMITS.edges)) + 1;
  const givers = Array.from({ length: count }, (_, i) => [`g${i}`, { provides: ["user:u"] }]);
  const holders = Array.from({ length: count }, (_, i) => [`h${i}`, { needs: ["user:u"] }]);
  const graph = tiedGraph(Object.fromEntries([...givers, ...holders]));
  const result = findAutoEdges(graph).finish(new Map());
  assertEquals([result.graph.edges.length, result.leftOut.length, result.tooMany], [0, 0, true]);
});
