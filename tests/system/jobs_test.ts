// leaves nothing: its units are removed

import { assertEquals } from "@std/assert";
import { createLocalHost } from "../../src/host/local.ts";
import { removeUnits, writeUnit } from "../support/host_world.ts";
import { shell } from "../support/program.ts";

const NAMES = [...Array(20).keys()].map((index) => `mgmt-job-${index}.service`);
const ROUNDS = 10;

/** Rejects when jobs are waited for that are over long ago. */
async function soon<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("a job's end was not heard")), 60_000);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

Deno.test("many jobs that are the first on a connection are all heard to end", async () => {
  for (const name of NAMES) await writeUnit(name, "ExecStart=sleep infinity");
  await shell("systemctl daemon-reload");
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const job of ["start", "stop"] as const) {
        const host = createLocalHost({ prefix: undefined, warn: () => {} });
        try {
          const { system } = host.services;
          await system.look("basic.target");
          const ended = await soon(Promise.all(NAMES.map((name) => system.run(job, name))));
          assertEquals(ended, NAMES.map(() => undefined));
        } finally {
          await host.close();
        }
      }
    }
  } finally {
    await removeUnits(...NAMES);
  }
});
