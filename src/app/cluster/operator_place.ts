/**
 * A cluster as an operator asks it: by what is in the operator's file, and by no state of a host.
 *
 * @module
 */

import { resolve } from "node:path";
import type { TlsCredentials } from "../../base/credentials.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import { idealSizeKey } from "../../cluster/store/keys.ts";
import type { Store } from "../../cluster/store/store.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { readPrivateFile } from "../../os/state/private_files.ts";
import { clientCredentials } from "../../trust/client_credentials.ts";
import { type OperatorFile, readOperatorFile } from "../../trust/operator_file.ts";
import { isNamed, type PlaceFlags } from "../agent_prefix.ts";
import { flagSource, readFlag } from "../flags.ts";
import { SEEDS_FLAG } from "../run_flags.ts";
import { OPERATOR_FLAG } from "../trust_flags.ts";
import { writtenUrls } from "./tls_addresses.ts";

/** Who asks. */
export interface AskingOperator extends Pick<OperatorFile, "name" | "untilMs"> {
  /** Its file, absolute. */
  readonly path: string;
}

/** Where an operator asks, and as whom. */
export interface OperatorPlace {
  readonly operator: AskingOperator;
  readonly clientUrls: readonly string[];
  readonly credentials: TlsCredentials;
}

const DEADLINE_MS = 3000;
const ANOTHER = "on a host that runs etcd: mgmt operator add NAME > FILE";

/** Finds that out; undefined: no operator's file was given. */
export function operatorPlace(given: PlaceFlags): Result<OperatorPlace | undefined> {
  if (given.takesOperator !== true) return ok(undefined);
  const file = readFlag(OPERATOR_FLAG, given);
  if (!file.ok || file.value === undefined) return file.ok ? ok(undefined) : file;
  // A flag counts more than the environment.
  const isFlag = given.flags.has(OPERATOR_FLAG.name);
  if (isNamed(given)) {
    if (!isFlag) return ok(undefined);
    return fail("--operator excludes --prefix and --hostname: it says itself where to ask");
  }
  const path = resolve(file.value);
  const read = operatorFile(path);
  if (!read.ok) return read;
  const { name, untilMs, shown, believed, addresses } = read.value;
  const seeds = readFlag(SEEDS_FLAG, isFlag ? { flags: given.flags } : given);
  if (!seeds.ok) return seeds;
  const source = flagSource(SEEDS_FLAG, given);
  const asked = seeds.value === undefined
    ? ok(addresses)
    : writtenUrls(seeds.value, source, { scheme: "https", prefix: path });
  if (!asked.ok) return asked;
  return ok({
    operator: { name, untilMs, path },
    clientUrls: asked.value,
    credentials: clientCredentials(shown, believed),
  });
}

/** Reads such a file, which nobody else may read; `path` is absolute. */
function operatorFile(path: string): Result<OperatorFile> {
  const content = readPrivateFile(path);
  if (!content.ok) return content;
  if (content.value === undefined) return fail(`there is no ${path}`, { hint: ANOTHER });
  const file = readOperatorFile(new TextDecoder().decode(content.value));
  if (file.ok) return file;
  const { message, ...more } = file.failure;
  return fail(`${path}: ${message}`, more);
}

/** Why an operator is refused: it counts no more, or may not do that. */
export async function whyRefused(
  store: Store,
  { name, untilMs, path }: AskingOperator,
  failure: Failure,
): Promise<Failure> {
  const { code, message } = failure;
  if (code !== "permission-denied" && code !== "untrusted") return failure;
  const isOver = createLocalClock().wall().getTime() > untilMs;
  if (isOver) {
    const end = new Date(untilMs).toISOString();
    return {
      ...failure,
      message: `the operator ${name} of ${path} ended at ${end}`,
      hint: ANOTHER,
    };
  }
  if (code === "untrusted") {
    const why =
      "is that address one of the operator's cluster? If so, was its authority replaced since (mgmt " +
      "cluster rotate ca)? Then";
    return { ...failure, hint: `${why}, ${ANOTHER}` };
  }
  const own = await store.get(idealSizeKey(), { deadlineMs: DEADLINE_MS });
  if (!own.ok && own.failure.code === code) {
    const why = "it was removed, or its time is over";
    return {
      ...failure,
      message: `the operator ${name} of ${path} counts no more: ${why}`,
      hint: ANOTHER,
    };
  }
  return {
    ...failure,
    message: `an operator may not do that: ${message}`,
    hint: "do it on a host that runs etcd",
  };
}
