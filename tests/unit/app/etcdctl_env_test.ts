/** What a shell is told for etcdctl: whatever a path or an address says, it is a word and no command. */

import { assertEquals, assertMatch } from "@std/assert";
import { dirname, join } from "node:path";
import { etcdctlEnv, withoutEtcdctlEnv } from "../../../src/app/cluster/etcdctl_env.ts";
import { IDENTITY, OUTSIDE } from "../../../src/app/cluster/disk.ts";
import { ordersDirectory } from "../../../src/app/cluster/orders.ts";
import { operatorText } from "../../../src/trust/operator_file.ts";
import { createSigningKey } from "../../../src/trust/signing_key.ts";
import { inDirectory } from "../../support/program.ts";
import { testAuthority } from "../../support/trust.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

const NAMES = ["ENDPOINTS", "CACERT", "CERT", "KEY", "USER", "INSECURE_SKIP_TLS_VERIFY"];

/** What a shell has in its variables after those lines, and had before. */
async function after(lines: string, before: Record<string, string>): Promise<readonly string[]> {
  const shown = NAMES.map((name) => `"\${ETCDCTL_${name}-none}"`).join(" ");
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `eval "$1"; printf '%s\\0' ${shown}`, "sh", lines],
    env: before,
  }).output();
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}

/** With another directory for the session. */
function withSession<T>(directory: string, act: () => T): T {
  const before = Deno.env.get("XDG_RUNTIME_DIR");
  Deno.env.set("XDG_RUNTIME_DIR", directory);
  try {
    return act();
  } finally {
    if (before === undefined) Deno.env.delete("XDG_RUNTIME_DIR");
    else Deno.env.set("XDG_RUNTIME_DIR", before);
  }
}

Deno.test("an operator's file is what etcdctl takes, whatever its path is", () =>
  inDirectory(async (directory) => {
    const { secret, issue } = await testAuthority();
    const odd = join(directory, 'it\'s $(touch pwned) `touch pwned`\n;touch pwned; "x" ');
    await Deno.mkdir(odd);
    const path = join(odd, "anna; exit");
    const text = operatorText({
      name: "anna",
      shown: await issue({ type: "operator", name: "anna-1", untilMs: Date.UTC(2027, 0) }),
      untilMs: Date.UTC(2027, 0),
      signer: (await createSigningKey()).signer,
      believed: secret.cert,
      addresses: ["https://10.0.0.1:2379", "https://[2001:db8::3]:2379"],
    });
    await Deno.writeTextFile(path, text, { mode: 0o600 });
    const given = { flags: new Map([["operator", path]]), environment: () => undefined };
    const session = join(odd, "run");
    await Deno.mkdir(session);
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const asked = () =>
      unwrap(withSession(session, () => etcdctlEnv({ ...given, takesOperator: true }, say)));
    const lines = asked();
    asked();
    const endpoints = "https://10.0.0.1:2379,https://[2001:db8::3]:2379";
    const before = { ETCDCTL_USER: "me", ETCDCTL_INSECURE_SKIP_TLS_VERIFY: "true" };
    const [at, ca = "", ...shown] = await after(lines, before);
    assertEquals([at, ...shown], [endpoints, path, path, "none", "none"]);
    assertEquals(await Deno.readTextFile(ca), secret.cert);
    assertEquals((Deno.statSync(ca).mode ?? 0) & 0o777, 0o600);
    assertEquals(dirname(ca), join(session, "mgmt/etcdctl"));
    // What is written where nobody looks for it is said, once.
    assertEquals(said.length, 1);
    assertEquals(said[0]?.startsWith(`wrote ${ca}, `), true, said[0]);
    const names = [...Deno.readDirSync(odd)].map(({ name }) => name).sort();
    assertEquals(names, ["anna; exit", "run"]);
    await Deno.chmod(dirname(ca), 0o777);
    const unsafe = withSession(session, () => etcdctlEnv({ ...given, takesOperator: true }));
    assertMatch(refusal(unsafe).message, /others can write there/);
    await Deno.chmod(dirname(ca), 0o700);
    const others = [join(dirname(ca), "mine.pem"), join(odd, "ca-0123456789abcdef.pem")];
    for (const other of others) await Deno.writeTextFile(other, "mine");
    const unset = (named: string | undefined) =>
      unwrap(withSession(session, () => withoutEtcdctlEnv(() => named, say)));
    for (const named of [undefined, "", ...others]) unset(named);
    assertEquals(said.length, 1);
    assertEquals(await after(unset(ca), before), NAMES.map(() => "none"));
    unset(ca);
    assertEquals(said.slice(1), [`removed ${ca}`]);
    assertEquals([...Deno.readDirSync(dirname(ca))].map(({ name }) => name), ["mine.pem"]);
    for (const other of others) assertEquals(await Deno.readTextFile(other), "mine");
  }));

Deno.test("of a plain cluster etcdctl is told where it is, and shows nothing; without one there is no line", () =>
  inDirectory(async (prefix) => {
    const flags = new Map([["prefix", prefix]]);
    const given = { flags, environment: () => undefined };
    assertMatch(refusal(etcdctlEnv(given)).message, /is in no cluster/);
    const endpoints = ["http://10.0.0.1:2379", "http://$(id)"];
    unwrap(ordersDirectory(prefix).write(IDENTITY, JSON.stringify({ id: "a", endpoints })));
    const lines = unwrap(etcdctlEnv(given));
    const before = { ETCDCTL_CERT: "/old", ETCDCTL_CACERT: "/old", ETCDCTL_KEY: "/old" };
    const none = NAMES.slice(1).map(() => "none");
    assertEquals(await after(lines, before), ["http://10.0.0.1:2379,http://$(id):80", ...none]);
  }));

Deno.test("of an etcd that others run etcdctl gets the files and the user, and never the password", () =>
  inDirectory(async (prefix) => {
    const { secret } = await testAuthority();
    const [cacert, userFile] = [join(prefix, "ca"), join(prefix, "user")];
    await Deno.writeTextFile(cacert, secret.cert);
    await Deno.writeTextFile(userFile, "mgmt:s3cret\n", { mode: 0o600 });
    const state = ordersDirectory(prefix);
    const identity = { id: "a", clusterId: "c", endpoints: ["https://10.0.0.1:2379"] };
    unwrap(state.write(IDENTITY, JSON.stringify(identity)));
    unwrap(state.write(OUTSIDE, JSON.stringify({ cacert, userFile })));
    const flags = new Map([["prefix", prefix]]);
    const asked = (environment: Record<string, string>) =>
      unwrap(etcdctlEnv({ flags, environment: (name) => environment[name] }));
    const lines = asked({});
    assertEquals(lines.includes("s3cret"), false);
    const told = ["https://10.0.0.1:2379", cacert, "none", "none"];
    assertEquals(await after(lines, { ETCDCTL_CERT: "/old" }), [...told, "mgmt", "none"]);
    const own = { ETCDCTL_USER: "mgmt:s3cret" };
    assertEquals(await after(asked(own), own), [...told, "mgmt:s3cret", "none"]);
  }));
