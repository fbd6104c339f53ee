import { join } from "node:path";
import { ownUid } from "../../os/accounts.ts";
import { environment } from "../../os/environment.ts";

/** Where secrets are if nobody says: below /etc for root, else in the user's configuration. */
export function defaultSecrets(): string | undefined {
  if (ownUid() === 0) return "/etc/mgmt/secrets.d";
  const configuration = environment("XDG_CONFIG_HOME");
  if (configuration?.startsWith("/")) return join(configuration, "mgmt/secrets.d");
  const home = environment("HOME");
  return home?.startsWith("/") ? join(home, ".config/mgmt/secrets.d") : undefined;
}
