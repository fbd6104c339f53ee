import { assertEquals } from "@std/assert";
import type { Host } from "../../../src/host/host.ts";
import type { LogEntry, LogPlace } from "../../../src/systemd/log.ts";
import type { KindContext } from "../../../src/kind/kind.ts";
import msg from "../../../src/resources/msg/kind.ts";
import { registry } from "../../../src/resources/registry.ts";
import { resolving } from "../../support/kind_world.ts";
import { loadText } from "../../support/load_text.ts";

type Fields = Parameters<typeof msg.resolve>[0];

/** A message on a machine whose log keeps what it is told. */
async function world(fields: Fields, place: LogPlace = "journal") {
  const { params } = await resolving(msg, fields, "the name");
  const entries: LogEntry[] = [];
  const lines: string[] = [];
  const write = (entry: LogEntry) => {
    entries.push(entry);
    return Promise.resolve({ ok: true, value: place });
  };
  const context = {
    host: { log: { write } } as unknown as Host,
    signal: new AbortController().signal,
    memory: msg.memory(),
    line: (text: string) => lines.push(text),
  } as unknown as KindContext<ReturnType<typeof msg.memory>>;
  return { params, context, entries, lines };
}

Deno.test("a message is written once, and again when it is refreshed", async () => {
  const { params, context, entries } = await world({ body: "hello\n", priority: "err" });
  const found = await msg.check(params, context);
  assertEquals(found?.type === "drift" && found.reason, "has not been written yet");
  assertEquals(await msg.apply(undefined, params, context), undefined);
  assertEquals(await msg.check(params, context), undefined);
  assertEquals(entries, [
    { message: "hello", priority: 3, fields: { MGMT_RESOURCE: "msg[the name]" } },
  ]);
  await msg.refresh?.(params, context);
  assertEquals(entries.length, 2);
});

Deno.test("without a body the name is the message, and it is for information", async () => {
  const { params } = await world({});
  assertEquals([params.body, params.priority], ["the name", 6]);
});

Deno.test("where the machine keeps no log the agent says it", async () => {
  const { params, context, lines } = await world({ body: "one\ntwo\n" }, "nowhere");
  await msg.apply(undefined, params, context);
  assertEquals(lines, ["one", "two"]);
  assertEquals(await msg.check(params, context), undefined);
});

Deno.test("fields have names as the journal wants them", async () => {
  const mistakes = async (fields: string) => {
    const text = `graph: g\nresources:\n  msg:\n  - name: a\n    fields: {${fields}}\n`;
    const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
    return outcome.ok ? [] : outcome.diagnostics.map(({ message }) => message);
  };
  const wanted = "is no name of a field: capital letters, digits and _, a letter first, 64 at most";
  assertEquals(await mistakes("APP_2: x, MESSAGE_ID: y"), []);
  assertEquals(await mistakes("app: x"), [`msg[a]: fields.app ${wanted}`]);
  assertEquals(await mistakes("_PID: x"), [`msg[a]: fields._PID ${wanted}`]);
  assertEquals(await mistakes("MESSAGE: x"), [
    "msg[a]: fields.MESSAGE is set by body and priority",
  ]);
});
