/**
 * Who the members of a cluster are by the data of one of them, while its etcd does not run.
 *
 * @module
 */

import * as fs from "node:fs";
import { join } from "node:path";
import { parseJson } from "../../base/json.ts";
import { BoltFile, DamagedFile } from "./bolt.ts";

/** One of them, as etcd wrote it down. */
export interface WrittenMember {
  /** Empty: it has never started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

/** A description of one is no longer than that. */
const MEMBER_BYTES = 64 * 1024;
const MOST_MEMBERS = 100;

/** Reads it; undefined: that directory of data is not there, or cannot be read so. */
export function membersIn(dataDirectory: string): readonly WrittenMember[] | undefined {
  let file: number | undefined;
  try {
    file = fs.openSync(join(dataDirectory, "member/snap/db"), fs.constants.O_RDONLY);
    const database = new BoltFile(file, fs.fstatSync(file).size);
    const members: WrittenMember[] = [];
    for (const { valueAt, valueBytes } of database.entries("members")) {
      if (valueBytes > MEMBER_BYTES || members.length >= MOST_MEMBERS) return undefined;
      members.push(memberIn(new TextDecoder().decode(database.bytes(valueAt, valueBytes))));
    }
    return members.length === 0 ? undefined : members;
  } catch (thrown) {
    if (thrown instanceof DamagedFile || Object(thrown).code !== undefined) return undefined;
    throw thrown;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
}

function memberIn(text: string): WrittenMember {
  const { name, peerURLs, clientURLs } = Object(parseJson(text)) as Record<string, unknown>;
  return {
    name: typeof name === "string" ? name : "",
    peerUrls: textsIn(peerURLs),
    clientUrls: textsIn(clientURLs),
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
