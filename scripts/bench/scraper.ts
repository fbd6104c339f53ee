/** Reads an agent as monitoring does, each second: its metrics, and along its events. Usage: URL SOCKET */

const [url = "", socket = ""] = Deno.args;

async function readEvents(): Promise<void> {
  const connection = await Deno.connect({ transport: "unix", path: Deno.realPathSync(socket) });
  await connection.write(new TextEncoder().encode("GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n"));
  for await (const _ of connection.readable);
}

void readEvents();
setInterval(() => fetch(url).then((answer) => answer.text()), 1000);
