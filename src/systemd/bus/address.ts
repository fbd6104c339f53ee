/** Where the buses are. */

import { fail, ok, type Result } from "../../base/result.ts";
import { environment } from "../../os/environment.ts";

/** Which bus: the host's, or the one of the agent's own user. */
export type BusScope = "system" | "session";

/** The path of a bus's socket, from the environment or where it is by convention. */
export function busSocket(scope: BusScope): Result<string> {
  const said = environment(
    scope === "system" ? "DBUS_SYSTEM_BUS_ADDRESS" : "DBUS_SESSION_BUS_ADDRESS",
  );
  if (said !== undefined && said !== "") return socketOf(said, scope);
  if (scope === "system") return ok("/run/dbus/system_bus_socket");
  const directory = environment("XDG_RUNTIME_DIR");
  if (directory !== undefined && directory !== "") return ok(`${directory}/bus`);
  return fail(
    "this user has no session bus: neither XDG_RUNTIME_DIR nor DBUS_SESSION_BUS_ADDRESS is set",
    {
      code: "bus-unavailable",
      hint: "log in with a session, or enable lingering for the user (loginctl enable-linger)",
    },
  );
}

function socketOf(address: string, scope: BusScope): Result<string> {
  for (const one of address.split(";")) {
    const path = /^unix:(?:[^,]*,)*path=([^,]+)/.exec(one)?.[1];
    if (path !== undefined) return ok(decodeURIComponent(path));
  }
  return fail(`the address of the ${scope} bus names no socket file: ${address}`, {
    code: "bus-unavailable",
    hint: "only addresses of the form unix:path=… are understood",
  });
}
