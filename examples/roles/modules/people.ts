import { authorized_key, group, type Inputs, pkg, sudoers, user } from "mgmt";

/** What data/people.yaml says of one person. */
interface Person {
  uid?: number;
  shell?: string;
  admin?: boolean;
  keys?: string[];
  left?: boolean;
}

/** Accounts of those who may be here, with their keys; who left is gone everywhere. */
export function people({ data }: Inputs, here: string[]) {
  const all = data<Record<string, Person>>("data/people.yaml");
  const admins = here.filter((name) => all[name]?.admin);

  group("remote", { members: here });
  pkg("sudo");
  sudoers("admins", admins.length === 0 ? { state: "absent" } : { users: admins, nopasswd: true });
  for (const name of here) account(name, all[name]);
  for (const [name, { left }] of Object.entries(all)) {
    if (left) user(name, { state: "absent", remove_home: true });
  }
}

function account(name: string, person: Person | undefined) {
  if (person === undefined) throw new Error(`data/people.yaml says nothing of ${name}`);
  const { uid, shell = "/bin/bash", keys = [] } = person;
  user(name, { uid, shell, home: `/home/${name}`, manage_home: true });
  // Keys that are not listed let nobody in any more.
  for (const key of keys) authorized_key(key, { user: name, key, purge: true });
}
