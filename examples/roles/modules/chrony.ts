import { type Inputs, line, pkg, svc } from "mgmt";

/** Whose time a host keeps. */
export interface ChronyOptions {
  servers: string[];
  /** Networks that may ask this host. */
  clients?: string[];
}

/** A clock that follows servers of one's own, and none that the package brings. */
export function chrony({ host }: Inputs, { servers, clients = [] }: ChronyOptions) {
  const isRedhat = host.os.family === "redhat";
  const path = isRedhat ? "/etc/chrony.conf" : "/etc/chrony/chrony.conf";
  const installed = pkg("chrony");
  const common = { path, require: installed };

  const pools = line("no pools", { ...common, match: "^\\s*pool\\s", state: "absent" });
  // As one block, so that they stand in this order, and what is not listed any more goes.
  const own = line("servers and clients", {
    ...common,
    block: [
      ...servers.map((server) => `server ${server} iburst`),
      ...clients.map((network) => `allow ${network}`),
    ].join("\n"),
  });
  const settings = Object.entries({ makestep: "1 3", minsources: Math.min(2, servers.length) })
    .map(([name, value]) =>
      line(`chrony ${name}`, { path, setting: true, line: `${name} ${value}`, require: own })
    );
  const conf = [pools, own, ...settings];
  svc(isRedhat ? "chronyd" : "chrony", { state: "running", startup: "enabled", subscribe: conf });
}
