/**
 * What a host shows to an etcd that others run, read from an administrator's files.
 *
 * @module
 */

import {
  type CertifiedFiles,
  type EtcdUser,
  NO_CERTIFICATE,
  type PemFile,
  type TlsCredentials,
} from "../../../base/credentials.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import { environment } from "../../environment.ts";
import { readPrivateFile } from "../../state/private_files.ts";
import { issuerOfPair } from "./given_pair.ts";
import { readPemFile } from "./pem_file.ts";

/** Where etcdctl is told who asks. */
const ETCDCTL = { user: "ETCDCTL_USER", password: "ETCDCTL_PASSWORD" } as const;

/** Files, absolute: the authorities that are believed, what is shown, and NAME:PASSWORD. */
export type OutsidePaths = Partial<
  Readonly<Record<"cacert" | "cert" | "key" | "userFile", string>>
>;

/** How a client speaks to such an etcd. */
export interface OutsideCredentials {
  readonly credentials: TlsCredentials | "none";
  /** Who issued the certificate that is shown, one line for each part of the name. */
  readonly issuer?: string;
  readonly user?: EtcdUser;
}

/** Reads the files, or says which of them cannot be used. */
export function outsideCredentials(paths: OutsidePaths): Result<OutsideCredentials> {
  const { cacert, cert, key, userFile } = paths;
  const user = userFile === undefined ? userOfEnvironment() : userIn(userFile);
  if (!user.ok) return user;
  const who = user.value === undefined ? {} : { user: user.value };
  if (cacert === undefined) return ok({ credentials: "none", ...who });
  const ca = publicFile(cacert, "--cacert");
  if (!ca.ok) return ca;
  if (!ca.value.text.includes("-----BEGIN CERTIFICATE-----")) {
    return fail(`--cacert: ${cacert} has no certificate in it (PEM)`);
  }
  const shown = cert === undefined || key === undefined
    ? ok({ ...NO_CERTIFICATE, issuer: "" })
    : pairIn(cert, key);
  if (!shown.ok) return shown;
  const { issuer, ...pair } = shown.value;
  return ok({ credentials: { ca: ca.value, ...pair, outside: true }, issuer, ...who });
}

function pairIn(certPath: string, keyPath: string): Result<CertifiedFiles & { issuer: string }> {
  const cert = publicFile(certPath, "--cert");
  if (!cert.ok) return cert;
  const content = readPrivateFile(keyPath);
  if (!content.ok) return content;
  if (content.value === undefined) return fail(`--key: there is no ${keyPath}`);
  const key = { path: keyPath, text: new TextDecoder().decode(content.value) };
  const issuer = issuerOfPair(cert.value, key);
  return issuer.ok ? ok({ cert: cert.value, key, issuer: issuer.value }) : issuer;
}

/** What anybody may read. */
function publicFile(path: string, flag: string): Result<PemFile> {
  const file = readPemFile(path);
  if (file.ok) return file;
  const { message, ...more } = file.failure;
  return fail(`${flag}: ${message}`, more);
}

function userIn(path: string): Result<EtcdUser | undefined> {
  const content = readPrivateFile(path);
  if (!content.ok) return content;
  const hint = "write NAME:PASSWORD of a user of that etcd into it, in one line";
  if (content.value === undefined) return fail(`--user-file: there is no ${path}`, { hint });
  const [line = "", ...more] = new TextDecoder().decode(content.value).replace(/\n$/, "").split(
    "\n",
  );
  const user = more.length === 0 ? userOf(line, path) : undefined;
  return user === undefined ? fail(`--user-file: ${path} names no user`, { hint }) : ok(user);
}

/** As etcdctl has them: NAME:PASSWORD, or each by itself. */
function userOfEnvironment(): Result<EtcdUser | undefined> {
  const [name = "", password = ""] = [environment(ETCDCTL.user), environment(ETCDCTL.password)];
  if (name === "") return ok(undefined);
  const user = password === ""
    ? userOf(name, ETCDCTL.user)
    : { name, password, source: ETCDCTL.password };
  return user === undefined
    ? fail(`${ETCDCTL.user} has no password`, {
      hint: `${ETCDCTL.password} has it, or NAME:PASSWORD here`,
    })
    : ok(user);
}

function userOf(line: string, source: string): EtcdUser | undefined {
  const [, name, password] = /^([^:\s]+):(.+)$/.exec(line) ?? [];
  return name === undefined || password === undefined ? undefined : { name, password, source };
}
