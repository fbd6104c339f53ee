/**
 * The fields of a known_host resource.
 *
 * @module
 */

import {
  array,
  enum as oneOf,
  gte,
  int,
  lte,
  maxLength,
  minLength,
  refine,
  string,
  union,
} from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { flag, withoutNul } from "../shared/field_parts.ts";
import { LONGEST_KEY_LINE } from "../shared/ssh/public_key.ts";

const text = string().check(minLength(1), maxLength(LONGEST_KEY_LINE), withoutNul);
const host = string().check(
  maxLength(1024),
  refine(
    (name) => /^!?[A-Za-z0-9*?[][A-Za-z0-9._:*?[\]%-]*$/.test(name),
    "is not how ssh writes a host: a name or address, with * and ? for more, [name]:port for a port",
  ),
);

export const KNOWN_HOST_FIELDS = defineFields({
  host: {
    type: union([host, array(host).check(minLength(1), maxLength(100))]),
    typeText: "text or a list",
    summary: "whose key it is, by each name and address that ssh is given",
    defaultText: "the resource's name",
  },
  port: {
    type: int().check(gte(1), lte(65535)),
    typeText: "a number",
    summary: "the port, where it is another than 22: host is then written as [host]:port",
  },
  key: {
    type: text,
    typeText: "text",
    summary:
      "the host's public key, a type and the key, as in ssh_host_*_key.pub; with state absent and no key, all of the host go",
  },
  marker: {
    type: oneOf(["cert-authority", "revoked"]),
    typeText: "cert-authority | revoked",
    summary: "the key signs those of the hosts; or is never accepted again",
  },
  hashed: {
    ...flag,
    summary: "the names are written as hashes, so that who reads the file does not learn them",
    defaultText: "false; what is hashed already stays so",
  },
  user: {
    type: text.check(maxLength(32)),
    typeText: "text",
    summary: "who knows it: the file is .ssh/known_hosts in the home of this user",
    defaultText: "all users of this host",
  },
  path: {
    type: text.check(maxLength(4096)),
    typeText: "an absolute path",
    summary: "another file; it is made, its directory is not",
    defaultText: "/etc/ssh/ssh_known_hosts; with user, .ssh/known_hosts in the home",
  },
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether the key is known",
    defaultText: "exists",
  },
  purge: {
    ...flag,
    summary: "other keys of these hosts that no resource of the graph says go",
  },
});

/** What a graph file says of a host's key. */
export type KnownHostFields = FieldsOf<typeof KNOWN_HOST_FIELDS>;
