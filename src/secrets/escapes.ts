/**
 * How programs of other languages write a text where some signs have a meaning of their own.
 *
 * @module
 */

/** The text in each of these forms; a text without such signs is the same in most of them. */
export function* otherEscapes(text: string): Iterable<string> {
  yield* jsonForms(text);
  yield* addressForms(text);
  yield* shellForms(text);
  yield* markupForms(text);
}

/** Python writes all but ASCII as `\u…`, PHP slashes as well, Go what has a meaning in HTML. */
function* jsonForms(text: string): Iterable<string> {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replaceAll(/[^ -~]/g, unicodeEscape);
  yield ascii;
  yield ascii.replaceAll("/", "\\/");
  yield json.replaceAll("/", "\\/");
  yield json.replaceAll(/[<>&\u2028\u2029]/g, unicodeEscape);
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** What is kept beside letters, digits and `-._`, whether a blank is a plus, and both sorts of digits. */
function* addressForms(text: string): Iterable<string> {
  for (const kept of ["~", "~/", "~!*'()", "~!*'();/?:@&=+$,#", "*", ""]) {
    for (const blank of ["%20", "+"]) {
      const form = encodeURIComponent(text).replaceAll(/%[0-9A-F]{2}|[~!*'()]/g, (sign) => {
        if (sign === "%20") return blank;
        const plain = sign.length === 1 ? sign : String.fromCharCode(parseInt(sign.slice(1), 16));
        if (kept.includes(plain)) return plain;
        if (sign.length > 1) return sign;
        return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
      });
      yield form;
      yield form.replaceAll(/%[0-9A-F]{2}/g, (sign) => sign.toLowerCase());
    }
  }
}

/** Between single quotes as Python's shlex does it, between double ones, without any; and YAML's, and SQL's. */
function* shellForms(text: string): Iterable<string> {
  yield text.replaceAll("'", `'"'"'`);
  yield text.replaceAll(/["\\$`]/g, "\\$&");
  yield text.replaceAll(/["\\$`!]/g, "\\$&");
  yield text.replaceAll(/[^\w@%+=:,./\u0080-\uffff-]/g, "\\$&");
  yield text.replaceAll("'", "''");
}

/** In HTML and XML; of the quotes there are several names. */
function* markupForms(text: string): Iterable<string> {
  const base = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  yield base;
  for (const double of ["&quot;", "&#34;"]) {
    const quoted = base.replaceAll('"', double);
    yield quoted;
    for (const single of ["&#39;", "&#039;", "&#x27;", "&apos;"]) {
      yield quoted.replaceAll("'", single);
    }
  }
}
