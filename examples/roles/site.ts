import { program } from "mgmt";
import { chrony } from "./modules/chrony.ts";
import { readHost } from "./modules/inventory.ts";
import { nginx } from "./modules/nginx.ts";
import { people } from "./modules/people.ts";
import { postgresql } from "./modules/postgresql.ts";
import { ssh } from "./modules/ssh.ts";

// Three hosts, four roles. Who a host is stands in data/hosts.yaml; what a role is, in modules/.
export default program((inputs) => {
  const own = readHost(inputs);
  people(inputs, own.people);
  ssh(inputs, own.ssh);
  if (own.chrony !== undefined) chrony(inputs, own.chrony);
  if (own.nginx !== undefined) nginx(inputs, own.nginx);
  if (own.postgresql !== undefined) postgresql(inputs, own.postgresql);
});
