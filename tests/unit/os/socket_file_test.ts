/** Sockets with names: whatever their paths are like. */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { listenAtFile, socketPath } from "../../../src/os/network/listen/socket_file.ts";
import { inDirectory } from "../../support/program.ts";

const LIMITS = { connectionsMax: 8, connectionMs: 10_000 };

Deno.test("a socket: a path that only just fits can be connected to, and one that does not fit", () =>
  inDirectory(async (directory) => {
    for (let bytes = 98; bytes <= 110; bytes++) {
      const path = join(directory, "s".repeat(bytes - directory.length - 1));
      assertEquals(path.length, bytes);
      const opened = listenAtFile({ path }, LIMITS, async (connection) => {
        await connection.write(new Uint8Array([7]));
      });
      assert(opened.ok, `${bytes} bytes`);
      const place = socketPath(path);
      assert(place.ok, `${bytes} bytes`);
      using connection = await Deno.connect({ transport: "unix", path: place.value });
      assertEquals(await connection.read(new Uint8Array(8)), 1);
      await opened.value.close();
    }
  }));
