/** What holds for every file of keys, hosts and names, and for every wish. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { editKeys } from "../../../../src/resources/authorized_key/edit.ts";
import type {
  AuthorizedKeyParams,
  KeyToKeep,
} from "../../../../src/resources/authorized_key/params.ts";
import { editHosts } from "../../../../src/resources/hosts/edit.ts";
import type { HostsParams } from "../../../../src/resources/hosts/params.ts";
import { editKnownHosts } from "../../../../src/resources/known_host/edit.ts";
import type {
  HostKeysToKeep,
  KnownHostParams,
} from "../../../../src/resources/known_host/params.ts";
import type { EditPart, PartParams } from "../../../../src/resources/shared/parts/part.ts";

const BLOBS = ["A", "B"].map((sign) =>
  `AAAAC3NzaC1lZDI1NTE5AAAAI${sign === "A" ? "A".repeat(43) : "AEBAQEB".concat("AQEB".repeat(9))}`
);
const TYPE = "ssh-ed25519";
const PART = { path: "/f", create: true, inPlace: false };

const end = fc.constantFrom("\n", "\r\n");
/** Lines of a file, of which the last may have no end, and bytes that are no UTF-8. */
function fileOf(line: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  const lines = fc.array(fc.tuple(line, end), { maxLength: 8 });
  return fc.tuple(lines, line, fc.constantFrom([], [35, 0xe4, 10])).map(([whole, last, odd]) =>
    new Uint8Array([...odd, ...new TextEncoder().encode(whole.flat().join("") + last)])
  );
}

/** What of a text are lines that the edit has to leave, by their bytes. */
function foreign(text: Uint8Array, isOwn: (line: string) => boolean): string[] {
  const latin = String.fromCharCode(...text);
  return latin.split("\n").map((line) => line.replace(/\r$/, "")).filter((line) => !isOwn(line));
}

/** Each edit is done at once, leaves what is not its own, and makes true what is asked for. */
function laws<Params extends PartParams>(
  edit: EditPart<Params>,
  files: fc.Arbitrary<Uint8Array>,
  params: fc.Arbitrary<Params>,
  { isOwn, holds }: {
    readonly isOwn: (line: string, params: Params) => boolean;
    readonly holds: (after: string, params: Params) => void;
  },
): void {
  fc.assert(
    fc.property(files, params, (before, wanted) => {
      const done = edit(before, wanted);
      assert(done.ok);
      const after = done.value?.content ?? before;
      const again = edit(after, wanted);
      assert(again.ok && again.value === undefined, JSON.stringify(again));
      const own = (line: string) => line === "" || isOwn(line, wanted);
      assertEquals(foreign(after, own), foreign(before, own));
      holds(new TextDecoder().decode(after), wanted);
    }),
    { numRuns: 1500 },
  );
}

const blob = fc.constantFrom(...BLOBS);
const options = fc.constantFrom("", "pty", "restrict,pty", 'command="a, b \\" c"');
const comment = fc.constantFrom("", "a", "a b");

Deno.test("an authorized key is there once and as is said, or not at all", () => {
  const line = fc.oneof(
    fc.tuple(fc.constantFrom("", "  "), options, blob, comment).map((
      [blank, before, key, behind],
    ) => blank + [before, TYPE, key, behind].filter(Boolean).join(" ")),
    fc.constantFrom(
      "# comment",
      "",
      `# ${TYPE} ${BLOBS[0]}`,
      "nonsense",
      `${TYPE} ${BLOBS[0]?.slice(0, -4)}`,
    ),
  );
  const params: fc.Arbitrary<AuthorizedKeyParams & KeyToKeep> = fc.record({
    absent: fc.boolean(),
    blob,
    options,
    comment: fc.option(comment, { nil: undefined }),
    purge: fc.boolean(),
  }).map(({ absent, comment, purge, ...rest }) => ({
    ...PART,
    ...rest,
    absent,
    type: TYPE,
    purge,
    ...(comment === undefined ? {} : { comment }),
    ...(purge && !absent ? { keeps: () => false } : {}),
  }));
  laws(editKeys, fileOf(line), params, {
    isOwn: (line, { blob, keeps }) =>
      !/^\s*#/.test(line) && (keeps !== undefined || line.includes(blob)),
    holds: (after, { absent, blob, options }) => {
      const there = after.split(/\r?\n/).filter((line) =>
        !line.startsWith("#") && line.includes(`${TYPE} ${blob}`)
      );
      assertEquals(there.length, absent ? 0 : 1);
      for (const line of there) {
        assertEquals(
          line.trim().startsWith(options === "" ? TYPE : `${options} ${TYPE}`),
          true,
          line,
        );
      }
    },
  });
});

Deno.test("a host is known by all of its names with the key that is said, and no other of the type", () => {
  const names = fc.constantFrom("h", "g", "h,g", "x,H", "x,y");
  const line = fc.oneof(
    fc.tuple(fc.constantFrom("", "", "@revoked "), names, blob, comment).map((parts) => {
      const [marker, hosts, key, behind] = parts;
      return marker + [hosts, TYPE, key, behind].filter(Boolean).join(" ");
    }),
    fc.constantFrom("# h", "", "h 1024 35 123456789"),
  );
  const params: fc.Arbitrary<KnownHostParams & HostKeysToKeep> = fc.record({
    absent: fc.boolean(),
    names: fc.constantFrom(["h"], ["g", "h"], ["h", "z"]),
    blob,
    hashed: fc.boolean(),
  }).map((rest) => ({ ...PART, ...rest, type: TYPE, marker: "", purge: false }));
  laws(editKnownHosts, fileOf(line), params, {
    isOwn: (line, { names }) =>
      line.startsWith("|1|") || (/^[^#@\s]\S* ssh-/.test(line) &&
        line.split(" ")[0]?.split(",").some((each) =>
            names.includes(each.toLowerCase()) || each === "x" || each === "g"
          ) === true),
    holds: (after, { absent, names, blob, hashed }) => {
      const own = after.split(/\r?\n/).map((line) => line.split(" ")).filter(([hosts = ""]) =>
        !/^[#@|]/.test(hosts) && names.some((name) => hosts.toLowerCase().split(",").includes(name))
      ).filter(([, type]) => type === TYPE);
      if (absent) return assertEquals(own.filter(([, , key]) => key === blob), []);
      assertEquals(own.filter(([, , key]) => key !== blob), []);
      const plain = own.flatMap(([hosts = ""]) => hosts.toLowerCase().split(","));
      const hashes = after.split("\n").filter((line) => line.startsWith("|1|")).length;
      if (hashed) assertEquals([own.length, hashes], [0, names.length]);
      else for (const name of names) assert(plain.includes(name), after);
    },
  });
});

Deno.test("an address has its names, and they are at no other of its family", () => {
  const line = fc.oneof(
    fc.tuple(
      fc.constantFrom("192.0.2.1", "192.0.2.2", "2001:db8::1", " 192.0.2.1"),
      fc.constantFrom("\t", "  "),
      fc.constantFrom("a", "a b", "c A", "d"),
      fc.constantFrom("", " # x", "#y"),
    ).map((parts) => parts.join("")),
    fc.constantFrom("# 192.0.2.1 a", "", "nonsense"),
  );
  const params: fc.Arbitrary<HostsParams> = fc.record({
    absent: fc.boolean(),
    append: fc.boolean(),
    names: fc.constantFrom(["a"], ["a", "b"], ["n"]),
  }).map(({ absent, append, names }) => ({
    ...PART,
    ip: "192.0.2.1",
    absent,
    append: append && !absent,
    names,
  }));
  laws(editHosts, fileOf(line), params, {
    isOwn: (line) => /^\s*192\./.test(line),
    holds: (after, { absent, append, names }) => {
      const lines = after.split(/\r?\n/).map((each) => each.replace(/#.*/, "").trim().split(/\s+/));
      const at = (ip: string) =>
        lines.filter(([first]) => first === ip).flatMap(([, ...rest]) =>
          rest.map((n) => n.toLowerCase())
        );
      const there = at("192.0.2.1").filter((name) => names.includes(name));
      if (absent) return assertEquals(there, []);
      assertEquals(new Set(there), new Set(names));
      if (!append) assertEquals(at("192.0.2.1").length, names.length);
      assertEquals(at("192.0.2.2").filter((name) => names.includes(name)), []);
    },
  });
});
