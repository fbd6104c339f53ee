// leaves nothing: one more name in the list of hosts disturbs nobody

import { assertEquals } from "@std/assert";
import { agent, saysTimes } from "../support/host_world.ts";
import { repositoryFile } from "../support/program.ts";
import { page, serve } from "../support/servers.ts";

Deno.test("the example's command waits for the page, and runs again when it is back", async () => {
  const text = await Deno.readTextFile(repositoryFile("examples/probe.yaml"));
  await agent(text.replace("interval: 2", "interval: 0.2"), async ({ program }) => {
    await program.says("Exec[announce]: Waits for: Probe[web]");
    const address = "http://127.0.0.1:8080/";
    await program.says(`Probe[web]: Failed: GET ${address}: refused`);
    const server = () => serve({ port: 8080, says: page("ready\n") });
    {
      using _server = server();
      await saysTimes(program, "Exec[announce]: the page is there", 1);
    }
    await program.says(`Probe[web]: GET ${address}: refused (1 of 2 times in a row)`);
    await program.says(`Probe[web]: Failed: GET ${address}: refused, 2 times since`);
    using _server = server();
    await saysTimes(program, "Exec[announce]: the page is there", 2);
    assertEquals(program.stderr.split("Probe[web]: Apply: healthy again").length - 1, 2);
  });
});

Deno.test("a name is healthy as soon as the host knows it", async () => {
  using _server = serve({ port: 8081, first: true });
  const graph = `graph: names
resources:
  probe:
  - name: database
    tcp: database.test:8081
    interval: 0.2
`;
  await agent(graph, async ({ program }) => {
    await program.says("connect to database.test:8081: the name cannot be looked up");
    await Deno.writeTextFile("/etc/hosts", "\n127.0.0.1 database.test\n", { append: true });
    await program.says("Probe[database]: Apply: healthy again");
  });
});
