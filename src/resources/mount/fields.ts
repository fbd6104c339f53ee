/**
 * The fields of a mount.
 *
 * @module
 */

import {
  array,
  boolean,
  enum as oneOf,
  gte,
  lte,
  maxLength,
  minLength,
  number,
  regex,
  string,
  union,
} from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";

export const DEFAULT_TIMEOUT_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** Whatever goes into a line of /etc/fstab. */
const text = string().check(
  minLength(1),
  maxLength(4096),
  // deno-lint-ignore no-control-regex -- they would be another line
  regex(/^[^\x00-\x08\x0a-\x1f\x7f]*$/, "must not contain control characters"),
);

export const MOUNT_FIELDS = defineFields({
  path: {
    type: text,
    typeText: "an absolute path",
    summary: "the directory it is mounted on, which must be there",
    defaultText: "the name",
  },
  device: {
    type: text,
    typeText: "text, for instance /dev/sdb1, UUID=…, LABEL=…, server:/export, tmpfs",
    summary: "what is mounted; with the option bind a directory",
  },
  type: {
    type: text,
    typeText: "text, for instance ext4, nfs, tmpfs",
    summary: "the type of the file system",
    defaultText: "auto; with the option bind: none",
  },
  options: {
    type: union([text, array(text).check(maxLength(100))]),
    typeText: "text with commas, or a list",
    summary: "as mount takes them; without it those in force are left alone",
    defaultText: "defaults",
  },
  state: {
    type: oneOf(["mounted", "unmounted", "absent"]),
    typeText: "mounted | unmounted | absent",
    summary: "absent: neither mounted nor in /etc/fstab; it is never unmounted while it is in use",
    defaultText: "mounted",
  },
  fstab: {
    type: boolean(),
    typeText: "true or false",
    summary:
      "keep an entry in /etc/fstab, too, so that it is mounted when the host starts; written last",
    defaultText: "true",
  },
  timeout: {
    type: number().check(gte(0.1), lte(HOUR_SECONDS)),
    typeText: "seconds, at least 0.1",
    summary: "what takes longer to mount or to unmount has failed",
    defaultText: `${DEFAULT_TIMEOUT_SECONDS}`,
  },
});

/** What a graph file says of one mount. */
export type MountFields = FieldsOf<typeof MOUNT_FIELDS>;
