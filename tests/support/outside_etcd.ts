/**
 * An etcd that others run: with certificates of an authority that mgmt has not made (RSA, and keys as
 * openssl writes them), users and passwords; each of these can be turned on and off.
 *
 * @module
 */

import { join } from "node:path";
import { etcdPrograms, eventually } from "./etcd.ts";
import { freePort } from "./free_port.ts";
import { openssl } from "./openssl.ts";

/** How it is started. */
export interface OutsideMode {
  readonly tls?: boolean;
  /** It lets nobody in who shows no certificate, and takes its CN as the user. */
  readonly asksForCertificates?: boolean;
}

/** What may be done below the keys of mgmt. */
export type OutsideRight = "readwrite" | "read";

/** One of them, which runs until it is disposed of. */
export class OutsideEtcd implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "mgmt-outside-" });
  readonly #port = freePort();
  readonly #peer = `http://127.0.0.1:${freePort()}`;
  #mode: OutsideMode = {};
  #user: readonly string[] = [];
  #child: Deno.ChildProcess | undefined;

  /** One with an authority, a certificate of its own, and `client.pem` for the user `mgmt`. */
  static async start(mode: OutsideMode = { tls: true }): Promise<OutsideEtcd> {
    const etcd = new OutsideEtcd();
    await etcd.authority("ca");
    await etcd.certify("server", { subject: "/CN=etcd", names: "IP:127.0.0.1,DNS:localhost" });
    await etcd.certify("client", { subject: "/CN=mgmt" });
    await etcd.restart(mode);
    return etcd;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `${this.#mode.tls === true ? "https" : "http"}://${this.address}`;
  }

  /** A file below its directory. */
  at(name: string): string {
    return join(this.directory, name);
  }

  /** Makes an authority of that name. */
  async authority(name: string): Promise<void> {
    await succeeds("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${name}`, [
      ...["-keyout", this.at(`${name}.key`), "-out", this.at(`${name}.pem`), "-days", "3650"],
    ]);
  }

  /** Has it make a certificate; the key is one as openssl's oldest commands write them. */
  async certify(
    name: string,
    { subject, names, by = "ca", ended = false }: {
      readonly subject: string;
      readonly names?: string;
      readonly by?: string;
      readonly ended?: boolean;
    },
  ): Promise<void> {
    const [key, csr] = [this.at(`${name}.key`), this.at(`${name}.csr`)];
    await succeeds("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key);
    Deno.chmodSync(key, 0o600);
    const usage = names === undefined ? "clientAuth" : `serverAuth\nsubjectAltName=${names}`;
    Deno.writeTextFileSync(this.at(`${name}.ext`), `extendedKeyUsage=${usage}`);
    await succeeds("req", "-new", "-key", key, "-subj", subject, "-out", csr);
    await succeeds("x509", "-req", "-in", csr, "-CA", this.at(`${by}.pem`), [
      ...["-CAkey", this.at(`${by}.key`), "-CAcreateserial", "-extfile", this.at(`${name}.ext`)],
      ...["-days", ended ? "-1" : "3650", "-out", this.at(`${name}.pem`)],
    ]);
  }

  /** Ends it and starts it again on its data. */
  async restart(mode: OutsideMode): Promise<void> {
    await this.#end();
    this.#mode = mode;
    const secured = [
      ...["--cert-file", this.at("server.pem"), "--key-file", this.at("server.key")],
      ...(mode.asksForCertificates === true
        ? ["--client-cert-auth", "--trusted-ca-file", this.at("ca.pem")]
        : []),
    ];
    this.#child = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", join(etcdPrograms(), "etcd"), "--name", "theirs"],
        ...["--data-dir", this.at("data"), "--log-outputs", this.at("log"), "--unsafe-no-fsync"],
        ...["--listen-client-urls", this.url, "--advertise-client-urls", this.url],
        ...["--listen-peer-urls", this.#peer, "--initial-advertise-peer-urls", this.#peer],
        ...["--initial-cluster", `theirs=${this.#peer}`, "--bcrypt-cost", "4"],
        ...(mode.tls === true ? secured : []),
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await eventually(
      async () => (await this.#run(["endpoint", "health"])).success,
      () => Deno.readTextFileSync(this.at("log")).slice(-2000),
    );
  }

  /** Makes root, and a user `mgmt` with that right and a password (or none), and asks for them from then on. */
  async enableUsers(right: OutsideRight = "readwrite", password = "right"): Promise<void> {
    await this.control("user", "add", "root:toor");
    await this.control("user", "grant-role", "root", "root");
    await this.control("role", "add", "mgmt");
    await this.control("role", "grant-permission", "mgmt", right, "--prefix=true", "/_mgmt/");
    await this.control("user", "add", `mgmt:${password}`);
    await this.control("user", "grant-role", "mgmt", "mgmt");
    await this.control("auth", "enable");
    this.#user = ["--user", "root:toor"];
  }

  /** Asks nobody any more who he is. */
  async disableUsers(): Promise<void> {
    await this.control("auth", "disable");
    this.#user = [];
  }

  /** Runs etcdctl as root there. */
  async control(...words: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await this.#run(words);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    if (!success) throw new Error(`etcdctl ${words.join(" ")}: ${text(stderr)}`);
    return text(stdout);
  }

  /** Writes NAME:PASSWORD for its owner alone. */
  userFile(content: string, mode = 0o600): string {
    const path = this.at("user");
    Deno.writeTextFileSync(path, content, { mode });
    Deno.chmodSync(path, mode);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    await Deno.remove(this.directory, { recursive: true });
  }

  async #end(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
    this.#child = undefined;
  }

  #run(words: readonly string[]): Promise<Deno.CommandOutput> {
    const shown = this.#mode.tls === true
      ? [
        "--cacert",
        this.at("ca.pem"),
        "--cert",
        this.at("client.pem"),
        "--key",
        this.at("client.key"),
      ]
      : [];
    return new Deno.Command(join(etcdPrograms(), "etcdctl"), {
      args: ["--endpoints", this.url, "--command-timeout", "3s", ...shown, ...this.#user, ...words],
    }).output();
  }
}

async function succeeds(...args: readonly (string | readonly string[])[]): Promise<void> {
  const { code, text } = await openssl(...args.flat());
  if (code !== 0) throw new Error(`openssl ${args.flat()[0]}: ${text}`);
}
