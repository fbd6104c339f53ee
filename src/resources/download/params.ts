/**
 * From the fields of a download to its parameters.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { ResolveContext } from "../../kind/kind.ts";
import type { Needed, Relations } from "../../kind/relations.ts";
import { plainAccount } from "../shared/accounts/number.ts";
import { type Mode, readMode } from "../shared/files/mode.ts";
import { namedPath } from "../shared/files/named_path.ts";
import { resolvePath } from "../shared/files/path.ts";
import { bytesOf } from "../shared/files/size.ts";
import { DEFAULTS, type DownloadFields } from "./fields.ts";

/** What a download asks for; plain data. */
export interface DownloadParams {
  readonly path: string;
  readonly url: string;
  /** Small letters. */
  readonly sha256: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The absolute path of certificates. */
  readonly ca?: string;
  readonly silenceMs: number;
  readonly maxBytes: number;
  readonly owner?: string;
  readonly group?: string;
  readonly mode?: Mode;
}

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveDownload(fields: DownloadFields, context: ResolveContext): DownloadParams {
  const { url, checksum, headers = {}, ca, timeout, max_size, owner, group } = fields;
  const { path, slash } = namedPath(fields.path, context);
  if (slash) context.issue({ path: ["path"], message: "path must be that of a file" });
  checkUrl(url, context.issue);
  const mode = fields.mode === undefined ? undefined : readMode(fields.mode, context);
  return {
    path,
    url,
    sha256: checksum.replace(/^sha256:/, "").toLowerCase(),
    headers,
    ...(ca === undefined ? {} : { ca: resolvePath(context.directory, ca) }),
    silenceMs: (timeout ?? DEFAULTS.timeout) * 1000,
    maxBytes: bytesOf(max_size ?? LIMITS.sourceBytes),
    ...(owner === undefined ? {} : { owner: plainAccount(owner) }),
    ...(group === undefined ? {} : { group: plainAccount(group) }),
    ...(mode === undefined ? {} : { mode }),
  };
}

function checkUrl(text: string, issue: ResolveContext["issue"]): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:") {
    const hint = url === undefined ? "begin it with https://" : "only https is fetched";
    issue({ path: ["url"], message: "url must be one that begins with https://", hint });
  } else if (url.username !== "" || url.password !== "") {
    issue({
      path: ["url"],
      message: "url must not contain a user or a password: URLs are shown",
      hint: "write headers: {Authorization: …}, with the value from a secret",
    });
  }
}

/** It comes after its directory, its owner, and the certificates that it believes. */
export function relationsOf({ path, owner, group, ca }: DownloadParams): Relations {
  const needs: Needed[] = [];
  if (owner !== undefined) needs.push(`user:${owner}`);
  if (group !== undefined) needs.push(`group:${group}`);
  if (ca !== undefined) needs.push(`path:${ca}`);
  return { entry: path, needs };
}
