import { program } from "mgmt";
import { readHost } from "./modules/inventory.ts";
import { nginx } from "./modules/nginx.ts";
import { people } from "./modules/people.ts";
import { postgresql } from "./modules/postgresql.ts";
import { ssh } from "./modules/ssh.ts";

// Three hosts, three roles. Who a host is stands in data/hosts.yaml; what a role is, in modules/.
export default program((inputs) => {
  const own = readHost(inputs);
  people(inputs, own.people);
  ssh(inputs, own.ssh);
  if (own.nginx !== undefined) nginx(inputs, own.nginx);
  if (own.postgresql !== undefined) postgresql(inputs, own.postgresql);
});
