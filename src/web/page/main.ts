/** The page: begins when it is loaded. */

import { askFor, linesOf, takeKey } from "./agent_api.ts";

takeKey();
const status = await askFor<{ graph?: { name: string } }>("status");
document.title = status.ok ? `mgmt: ${status.value.graph?.name ?? ""}` : status.failure.message;
const list = document.createElement("ul");
document.getElementById("page")?.append(list);
for await (const { key, state } of linesOf<{ key: string; state: string }>("resources")) {
  const item = document.createElement("li");
  item.textContent = `${key}: ${state}`;
  list.append(item);
}
