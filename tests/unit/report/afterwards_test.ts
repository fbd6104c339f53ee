import { assertEquals } from "@std/assert";
import { afterwards } from "../../../src/report/afterwards.ts";
import type { ReportEvent } from "../../../src/report/event.ts";

function recorded() {
  const said: string[] = [];
  const reporter = afterwards({
    event: (event) => void said.push("text" in event ? String(event.text) : event.type),
    flush: () => Promise.resolve(void said.push("flush")),
  });
  const say = (text: string) => reporter.event({ type: "warning", text } as ReportEvent);
  return { reporter, said, say };
}

Deno.test("what is reported comes after what is done in one go, in order, in the same turn", async () => {
  const { said, say } = recorded();
  say("a");
  said.push("deed");
  say("b");
  await undefined;
  assertEquals(said, ["deed", "a", "b"]);
  say("c");
  await undefined;
  assertEquals(said, ["deed", "a", "b", "c"]);
});

Deno.test("the end waits for what was reported just before", async () => {
  const { reporter, said, say } = recorded();
  say("last");
  await reporter.flush();
  assertEquals(said, ["last", "flush"]);
});
