import type { Inputs } from "mgmt";
import type { ChronyOptions } from "./chrony.ts";
import type { NginxOptions } from "./nginx.ts";
import type { PostgresqlOptions } from "./postgresql.ts";
import type { SshOptions } from "./ssh.ts";

/** What data/hosts.yaml says of one host. */
export interface HostEntry {
  people: string[];
  chrony?: ChronyOptions;
  ssh?: SshOptions;
  nginx?: NginxOptions;
  postgresql?: PostgresqlOptions;
}

/** The entry of this host. */
export function readHost({ host, data }: Inputs): HostEntry {
  const hosts = data<Record<string, HostEntry>>("data/hosts.yaml");
  const own = hosts[host.name];
  if (own === undefined) throw new Error(`data/hosts.yaml says nothing of the host ${host.name}`);
  return own;
}
