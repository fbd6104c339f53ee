import { exec, file, type Inputs, known_host, line, pkg, svc, sysctl } from "mgmt";

/** How a host is reached. */
export interface SshOptions {
  port?: number;
  forwarding?: "no" | "local" | "yes";
  banner?: string;
  /** Other settings for some: by the condition of a Match, for instance "Group backup". */
  only?: Record<string, Record<string, string | number>>;
  /** Keys of the hosts that are reached from here, by their names. */
  known?: Record<string, string>;
}

const CIPHERS = ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr"];
const MACS = ["hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com"];
const EXCHANGES = ["sntrup761x25519-sha512@openssh.com", "curve25519-sha256"];
const KERNEL = {
  "net.ipv4.conf.all.accept_redirects": 0,
  "net.ipv4.conf.all.send_redirects": 0,
  "net.ipv4.conf.all.rp_filter": 1,
  "net.ipv4.tcp_syncookies": 1,
};

/** A server for SSH that lets in only members of the group remote, with keys, by current ciphers. */
export function ssh({ host }: Inputs, options: SshOptions = {}) {
  const { port = 22, forwarding = "no", banner, only = {}, known = {} } = options;
  const server = host.os.family === "redhat" ? "sshd" : "ssh";
  const installed = pkg("openssh-server");
  // Logging in needs it, and the check of the settings too.
  const runtime = file("/run/sshd/", { mode: "0755", require: installed });

  const settings = {
    Port: port,
    PermitRootLogin: "no",
    PasswordAuthentication: "no",
    KbdInteractiveAuthentication: "no",
    AllowGroups: "remote",
    MaxAuthTries: 3,
    LoginGraceTime: 30,
    ClientAliveInterval: 300,
    X11Forwarding: "no",
    AllowAgentForwarding: "no",
    AllowTcpForwarding: forwarding,
    LogLevel: "VERBOSE",
    Ciphers: CIPHERS.join(),
    MACs: MACS.join(),
    KexAlgorithms: EXCHANGES.join(),
    Banner: banner === undefined ? "none" : "/etc/issue.net",
  };
  // In the file itself, before its first Match. What is included would come first, and win.
  const common = { path: "/etc/ssh/sshd_config", validate: "/usr/sbin/sshd -t -f %s" };
  const require = [installed, runtime];
  const own = line("sshd includes nothing", {
    ...common,
    match: "^\\s*Include\\s",
    state: "absent",
    require,
  });
  const set = (section: string, name: string, value: string | number) =>
    line(`sshd ${section} ${name}`, {
      ...common,
      section,
      setting: true,
      line: `${name} ${value}`,
      require: own,
    });
  const conf = [
    own,
    ...Object.entries(settings).map(([name, value]) => set("TOP", name, value)),
    ...Object.entries(only).flatMap(([who, theirs]) =>
      Object.entries(theirs).map(([name, value]) => set(`Match ${who}`, name, value))
    ),
  ];
  if (banner !== undefined) file("/etc/issue.net", { content: banner, before: conf });

  const keys = ["dsa", "ecdsa"].flatMap((type) =>
    ["", ".pub"].map((end) =>
      file(`/etc/ssh/ssh_host_${type}_key${end}`, { state: "absent", require: installed })
    )
  );
  const hostKey = exec("host key", {
    cmd: "ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key",
    shell: "/bin/sh",
    creates: "/etc/ssh/ssh_host_ed25519_key",
    require: installed,
  });
  const moduli = exec("no small moduli", {
    cmd: "awk '/^#/ || $5 >= 3071' moduli >moduli.new && mv moduli.new moduli",
    ifcmd: "awk '!/^#/ && $5 < 3071 { small = 1 } END { exit !small }' moduli",
    shell: "/bin/sh",
    ifshell: "/bin/sh",
    cwd: "/etc/ssh",
    require: installed,
  });
  svc(server, { state: "running", startup: "enabled", subscribe: [...conf, hostKey, moduli, ...keys] });

  for (const [name, key] of Object.entries(known)) {
    known_host(name, { key, purge: true, require: installed });
  }
  for (const [key, value] of Object.entries(KERNEL)) sysctl(key, { value });
}
