import { cron, type Edges, exec, file, type Inputs, pkg, svc, sysctl, type Text } from "mgmt";

/** What PostgreSQL is for on a host. */
export interface PostgresqlOptions {
  /** How much of the memory it keeps for itself, from 0 to 1. */
  share?: number;
  settings?: Record<string, string | number>;
  databases?: { name: string; owner: string; extensions?: string[] }[];
  clients?: { database: string; user: string; address: string }[];
}

/** How a statement is made, besides its text. */
interface Statement {
  database?: string;
  env?: Record<string, Text>;
  require?: Edges;
}

/** The version that a release of the distribution has. */
const VERSIONS: Record<string, number> = { "debian 12": 15, "debian 13": 17, "ubuntu 24.04": 16 };
const CONTAINERS = ["docker", "lxc", "podman", "systemd-nspawn"];
/** Those that it reads only when it starts. */
const AT_START = ["shared_buffers", "max_connections", "listen_addresses", "huge_pages"];

/** A database server with its databases, their owners, and a copy each night. */
export function postgresql({ host, secret }: Inputs, options: PostgresqlOptions) {
  const { share = 0.25, settings = {}, databases = [], clients = [] } = options;
  const version = VERSIONS[`${host.os.id} ${host.os.versionId}`];
  if (version === undefined) throw new Error(`no version is known for ${host.os.id} ${host.os.versionId}`);
  const directory = `/etc/postgresql/${version}/main`;
  const installed = pkg(`postgresql-${version}`);
  // In a container it is the machine's.
  if (!CONTAINERS.includes(host.virtualization)) sysctl("vm.overcommit_memory", { value: 2 });

  const all: Record<string, string | number> = {
    listen_addresses: "*",
    password_encryption: "scram-sha-256",
    shared_buffers: `${Math.floor(host.memoryMb * share)}MB`,
    effective_cache_size: `${Math.floor(host.memoryMb * 0.75)}MB`,
    log_connections: "on",
    ...settings,
  };
  const own = { owner: "postgres", group: "postgres", require: installed };
  const isAtStart = ([name]: [string, unknown]) => AT_START.includes(name);
  const lines = (entries: [string, unknown][]) =>
    entries.map(([name, value]) => `${name} = '${value}'\n`).join("");
  const atStart = file(`${directory}/conf.d/10-start.conf`, {
    ...own,
    mode: "0644",
    content: lines(Object.entries(all).filter(isAtStart)),
  });
  const atReload = file(`${directory}/conf.d/20-site.conf`, {
    ...own,
    mode: "0644",
    content: lines(Object.entries(all).filter((entry) => !isAtStart(entry))),
  });
  const access = file(`${directory}/pg_hba.conf`, {
    ...own,
    mode: "0640",
    content: [
      "local all postgres peer",
      "local all all scram-sha-256",
      ...clients.map(({ database, user, address }) =>
        `host ${database} ${user} ${address} scram-sha-256`
      ),
    ].map((line) => `${line}\n`).join(""),
  });
  const server = svc(`postgresql@${version}-main`, {
    state: "running",
    startup: "enabled",
    subscribe: [atReload, access],
  });
  const restart = exec("restart of postgresql", {
    cmd: `systemctl restart postgresql@${version}-main`,
    ifcmd: "false",
    subscribe: atStart,
    require: server,
  });

  const statement = (name: string, sql: string, unless: string, more: Statement = {}) => {
    const { database = "postgres", env, require = [] } = more;
    return exec(name, {
      cmd: `echo "${sql}" | psql -q -v ON_ERROR_STOP=1 ${database}`,
      ifcmd: `test -z "$(psql -Atc "${unless}" ${database})"`,
      shell: "/bin/sh",
      ifshell: "/bin/sh",
      user: "postgres",
      env,
      require: [restart, require],
    });
  };
  const roles = [...new Set(databases.map(({ owner }) => owner))].map((owner) =>
    statement(`role ${owner}`, `CREATE ROLE ${owner} LOGIN PASSWORD '$PASSWORD'`, roleOf(owner), {
      env: { PASSWORD: secret(`db-${owner}`).trim() },
    })
  );
  for (const { name, owner, extensions = [] } of databases) {
    const made = statement(`database ${name}`, `CREATE DATABASE ${name} OWNER ${owner}`, databaseOf(name), {
      require: roles,
    });
    for (const extension of extensions) {
      statement(`${extension} in ${name}`, `CREATE EXTENSION ${extension}`, extensionOf(extension), {
        database: name,
        require: made,
      });
    }
  }

  file("/var/backups/postgresql/", { ...own, mode: "0700" });
  cron("postgresql-backup", {
    schedule: "02:30",
    command: `pg_dumpall | gzip >/var/backups/postgresql/$(date +%u).sql.gz`,
    shell: "/bin/sh",
    user: "postgres",
    persistent: true,
  });
}

function roleOf(name: string) {
  return `SELECT 1 FROM pg_roles WHERE rolname = '${name}'`;
}

function databaseOf(name: string) {
  return `SELECT 1 FROM pg_database WHERE datname = '${name}'`;
}

function extensionOf(name: string) {
  return `SELECT 1 FROM pg_extension WHERE extname = '${name}'`;
}
