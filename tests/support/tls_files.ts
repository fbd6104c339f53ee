/**
 * Certificates of one authority as files, as hosts of a cluster have them, and such that nobody should accept.
 *
 * @module
 */

import { join } from "node:path";
import type {
  CertifiedFiles,
  MemberCredentials,
  PemFile,
  TlsCredentials,
} from "../../src/base/credentials.ts";
import type { CertifiedKey } from "../../src/trust/pem.ts";
import type { Profile } from "../../src/trust/profiles.ts";
import { openssl } from "./openssl.ts";
import { type TestAuthority, testAuthority } from "./trust.ts";

/** The id of a host without the server role. */
export const AGENT_ID = "0123456789abcdef".repeat(2);

const ADDRESSES = ["127.0.0.1", "::1"];

/** What `openssl ca` wants, for certificates of other times and lists of revoked ones. */
const CONFIG = (directory: string) => `
[ca]
default_ca = here
[here]
new_certs_dir = ${directory}
database = ${directory}/index
serial = ${directory}/serial
crlnumber = ${directory}/crlnumber
default_md = sha256
policy = anybody
unique_subject = no
[anybody]
commonName = optional
`;

/** One authority, and all that hosts have of it. */
export class TlsFiles implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "mgmt-tls-" });
  readonly authority: TestAuthority;
  readonly ca: PemFile;
  readonly revokedPath = join(this.directory, "crl.der");

  constructor(authority: TestAuthority) {
    this.authority = authority;
    this.ca = this.#write("ca.pem", authority.secret.cert);
    this.#write("ca.key", authority.secret.key);
    this.#write("config", CONFIG(this.directory));
    this.#write("index", "");
    for (const name of ["serial", "crlnumber"]) this.#write(name, "1000\n");
  }

  static async make(): Promise<TlsFiles> {
    const files = new TlsFiles(await testAuthority());
    await files.certify("server", { type: "server", addresses: ADDRESSES });
    await files.certify("peer", { type: "peer", addresses: ADDRESSES });
    await files.certify("root", { type: "root" });
    await files.certify("agent", { type: "host", id: AGENT_ID });
    await files.list();
    return files;
  }

  /** Has a certificate made, and writes it. */
  async certify(name: string, profile: Profile): Promise<CertifiedFiles> {
    return this.pair(name, await this.authority.issue(profile));
  }

  /** Writes a certificate and its key in the place of what has that name. */
  pair(name: string, { cert, key }: CertifiedKey): CertifiedFiles {
    return { cert: this.#write(`${name}.pem`, cert), key: this.#write(`${name}.key`, key) };
  }

  /** What was written under that name. */
  files(name: string): CertifiedFiles {
    return { cert: this.#read(`${name}.pem`), key: this.#read(`${name}.key`) };
  }

  /** What a client shows that has this certificate. */
  client(name = "root"): TlsCredentials {
    return { ca: this.ca, ...this.files(name), serverName: "mgmt-etcd" };
  }

  /** What an etcd shows. */
  get member(): MemberCredentials {
    const { ca, revokedPath } = this;
    return { ca, server: this.files("server"), peer: this.files("peer"), revokedPath };
  }

  /** A certificate as no program of ours makes it; `from`, `until`: years. */
  async odd(
    name: string,
    { subject, extensions, from = 2000, until = 2099 }: {
      readonly subject: string;
      readonly extensions: string;
      readonly from?: number;
      readonly until?: number;
    },
  ): Promise<CertifiedFiles> {
    const at = (file: string) => join(this.directory, file);
    this.#write(`${name}.ext`, extensions);
    await succeeds("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", [
      ...["-out", at(`${name}.key`)],
    ]);
    await succeeds("req", "-new", "-key", at(`${name}.key`), "-subj", subject, [
      ...["-out", at(`${name}.csr`)],
    ]);
    await succeeds("ca", "-batch", "-notext", "-config", at("config"), [
      ...["-cert", at("ca.pem"), "-keyfile", at("ca.key"), "-in", at(`${name}.csr`)],
      ...["-startdate", `${from}0101000000Z`, "-enddate", `${until}0101000000Z`],
      ...["-extfile", at(`${name}.ext`), "-out", at(`${name}.pem`)],
    ]);
    return this.files(name);
  }

  /** Writes the list of those that count no more. */
  async list(...revoked: readonly string[]): Promise<void> {
    const at = (file: string) => join(this.directory, file);
    const authority = ["-config", at("config"), "-cert", at("ca.pem"), "-keyfile", at("ca.key")];
    for (const name of revoked) {
      await succeeds("ca", ...authority, ["-revoke", at(`${name}.pem`)]);
    }
    await succeeds("ca", "-gencrl", "-crldays", "36500", ...authority, ["-out", at("crl.pem")]);
    await succeeds("crl", "-in", at("crl.pem"), "-outform", "DER", [
      "-out",
      `${this.revokedPath}~`,
    ]);
    Deno.renameSync(`${this.revokedPath}~`, this.revokedPath);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }

  #write(name: string, text: string): PemFile {
    const path = join(this.directory, name);
    Deno.writeTextFileSync(`${path}~`, text, { mode: 0o600 });
    Deno.renameSync(`${path}~`, path);
    return { path, text };
  }

  #read(name: string): PemFile {
    const path = join(this.directory, name);
    return { path, text: Deno.readTextFileSync(path) };
  }
}

async function succeeds(...args: readonly (string | readonly string[])[]): Promise<void> {
  const { code, text } = await openssl(...args.flat());
  if (code !== 0) throw new Error(`openssl ${args.flat()[0]}: ${text}`);
}
