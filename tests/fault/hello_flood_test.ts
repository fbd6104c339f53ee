// both runtimes: a listener of its own, which each of them makes in its own way

import { assert, assertEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import { helloDoor } from "../../src/app/cluster/hello_door.ts";
import type { Hello } from "../../src/cluster/agent/hello.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { createLocalNetwork } from "../../src/os/network/local_network.ts";
import { at } from "../support/address.ts";
import { eventually } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { knock } from "../support/knock.ts";
import { TlsFiles } from "../support/tls_files.ts";

const HELLO: Hello = { id: "me", cluster: "none", clientUrls: [], hosts: [], endpoints: [] };
/** In each wave of two rounds. */
const MANY = 3000;
const MEGABYTE = 1024 * 1024;

function test(name: string, run: () => Promise<void>): void {
  Deno.test({ name, ...{ sanitizeOps: false, sanitizeResources: false }, fn: run });
}

test("thousands of garbage connections and half handshakes at hello use up nothing, and hosts are answered", async () => {
  using files = await TlsFiles.make();
  const port = freePort();
  const url = `https://127.0.0.1:${port}`;
  const network = createLocalNetwork({ clock: createLocalClock() });
  const place = { credentials: files.client(), member: files.member, listenAt: [at(url)] };
  const door = helloDoor(network, place);
  const open = door.serve(() => JSON.stringify(HELLO));
  assert(open.ok);
  const ask = async () => (await door.ask(url, HELLO, 3000)).ok;
  const wave = async () => {
    const strangers = knock(port, MANY, 200, "half", "garbage", "nothing", "http");
    let answered = 0;
    while (!strangers.isOver()) if (await ask()) answered++;
    assertEquals(await strangers.done, `knocked ${MANY}, refused 0`);
    await strangers.end();
    return answered;
  };
  const round = async () => {
    // On a busy machine a wave may be over before the first answer that was not given up.
    for (let waves = 0; waves < 5; waves++) if (await wave() > 0) return true;
    return false;
  };
  try {
    await eventually(ask, () => "a host is not answered before anybody knocks");
    const descriptors = () => readdirSync("/proc/self/fd").length;
    const before = descriptors();
    assert(await round(), "no host was answered while strangers knocked");
    const first = Deno.memoryUsage().rss;
    assert(await round(), "no host was answered while strangers knocked again");
    const grown = (Deno.memoryUsage().rss - first) / MEGABYTE;
    // What the first round needed is kept by the runtime; what each needs would come once more.
    assert(grown < 60, `${grown} MB more after another ${MANY} connections`);
    await eventually(() => descriptors() < before + 8, () => `${descriptors()}, before ${before}`);
    await eventually(ask, () => "a host is not answered afterwards");
  } finally {
    await open.value.close();
  }
});
