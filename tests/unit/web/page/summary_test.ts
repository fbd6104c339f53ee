import { assertEquals } from "@std/assert";
import {
  byUrgency,
  countStates,
  EVERYTHING,
  fits,
  verdict,
  worstOf,
} from "../../../../src/web/page/model/summary.ts";
import { PageState } from "../../../../src/web/page/model/page_state.ts";
import { readResource } from "../../../../src/web/page/model/wire.ts";
import { placeHash, readPlace } from "../../../../src/web/page/place.ts";

const OK = readResource({ key: "file[/etc/motd]", state: "ok" });
const FAILED = readResource({
  key: "svc[nginx]",
  state: "failed",
  failure: { message: "No such unit" },
});
const HELD = readResource({ key: "pkg[vim]", state: "held", reason: "not installed" });

Deno.test("how things are is one sentence, the most urgent first", () => {
  const said = (...resources: typeof OK[]) => verdict(countStates(resources)).text;
  assertEquals(said(), "The graph is empty");
  assertEquals(verdict(undefined), { text: "Not known yet", worst: "unchecked" });
  assertEquals(verdict(new PageState().counts).text, "Not known yet");
  assertEquals(said(OK), "The one resource is as it should be");
  assertEquals(said(OK, OK), "All 2 resources are as they should be");
  assertEquals(said(OK, HELD, FAILED), "1 failed, 1 held, of 3");
  assertEquals(
    said(OK, HELD, FAILED, { ...OK, state: "contested" }),
    "1 failed, 1 contested, 1 more to look at, of 4",
  );
});

Deno.test("what is wrong comes first, and otherwise the order of the graph stays", () => {
  const other = { ...OK, key: "file[/b]" };
  assertEquals(byUrgency([OK, HELD, other, FAILED]), [FAILED, HELD, OK, other]);
  assertEquals(worstOf(["ok", "held", "failed"]), "failed");
  assertEquals(worstOf([]), "ok");
});

Deno.test("a search finds names, reasons and states, and all words count", () => {
  const found = (text: string) =>
    [OK, FAILED, HELD].filter((each) => fits(each, { ...EVERYTHING, text })).map(({ name }) =>
      name
    );
  assertEquals(found(""), ["/etc/motd", "nginx", "vim"]);
  assertEquals(found("no such"), ["nginx"]);
  assertEquals(found("PKG held"), ["vim"]);
  assertEquals(found("pkg failed"), []);
  assertEquals(fits(OK, { ...EVERYTHING, states: ["failed", "ok"], kind: "file" }), true);
  assertEquals(fits(OK, { ...EVERYTHING, kind: "svc" }), false);
});

Deno.test("a place in the page is kept in its address, whatever the key has in it", () => {
  for (const key of ["file[/etc/motd]", "exec[a/b#c%]", "file[/tmp/\u202e<b>]", undefined]) {
    const place = { view: "timeline", key } as const;
    assertEquals(readPlace(placeHash(place)), place);
  }
  assertEquals(readPlace(""), { view: "resources", key: undefined });
  assertEquals(readPlace("#nowhere/%E0%A4%A"), { view: "resources", key: undefined });
});
