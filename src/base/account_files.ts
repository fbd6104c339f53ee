/**
 * The files in which a host keeps its users and groups: passwd, group and shadow.
 *
 * @module
 */

/** A line of passwd. */
export interface UserEntry {
  readonly name: string;
  /** `x` where the password is kept in shadow. */
  readonly password: string;
  readonly uid: number;
  readonly gid: number;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
}

/** A line of group. */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Names and numbers in the format of passwd and group: name, password, number. */
export function parseNames(text: string): ReadonlyMap<string, number> {
  return entriesOf(text, ([, , number]) => numberOf(number));
}

/** Users by name. */
export function parseUsers(text: string): ReadonlyMap<string, UserEntry> {
  return entriesOf(text, (fields) => {
    const [name = "", password = "", uidText, gidText, comment = "", home = "", shell = ""] =
      fields;
    const [uid, gid] = [numberOf(uidText), numberOf(gidText)];
    return uid === undefined || gid === undefined
      ? undefined
      : { name, password, uid, gid, comment, home, shell };
  });
}

/** Groups by name. */
export function parseGroups(text: string): ReadonlyMap<string, GroupEntry> {
  return entriesOf(text, ([name = "", , gidText, list = ""]) => {
    const gid = numberOf(gidText);
    const members = list.split(",").map((each) => each.trim()).filter((each) => each !== "");
    return gid === undefined ? undefined : { name, gid, members };
  });
}

/** How long an account and its password hold, in days; absent: there is no limit. */
export interface PasswordAges {
  /** The day on which the account ends, counted from the epoch. */
  readonly expires?: number;
  /** Between two changes of the password at least. */
  readonly min?: number;
  /** After which the password must be changed. */
  readonly max?: number;
  /** Before that, in which is warned. */
  readonly warn?: number;
  /** After that, in which it still can be changed. */
  readonly inactive?: number;
}

/** A line of shadow. */
export interface ShadowEntry {
  readonly password: string;
  readonly ages: PasswordAges;
}

/** The hashes of passwords by user, and how long these hold, as they stand in shadow. */
export function parseShadow(text: string): ReadonlyMap<string, ShadowEntry> {
  return entriesOf(text, ([, password, , ...fields]) => {
    if (password === undefined) return undefined;
    const names = ["min", "max", "warn", "inactive", "expires"] as const;
    const ages = names.flatMap((name, index) => {
      const days = numberOf(fields[index]);
      return days === undefined ? [] : [[name, days]];
    });
    return { password, ages: Object.fromEntries(ages) };
  });
}

/** The first entry of a name counts, as it does for the C library; what is none is passed over. */
function entriesOf<Entry>(
  text: string,
  read: (fields: readonly string[]) => Entry | undefined,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of text.split("\n")) {
    const fields = line.split(":");
    const [name = ""] = fields;
    if (name === "" || entries.has(name)) continue;
    const entry = read(fields);
    if (entry !== undefined) entries.set(name, entry);
  }
  return entries;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined;
}
