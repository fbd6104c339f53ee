/**
 * The options before a key, as sshd reads them: words with commas between, some of them with a value in
 * quotes.
 *
 * @module
 */

/** What sshd knows (OpenSSH 9); of another it takes the whole line for wrong, and the key lets nobody in. */
const KNOWN = new Set([
  "agent-forwarding",
  "cert-authority",
  "command",
  "environment",
  "expiry-time",
  "from",
  "no-agent-forwarding",
  "no-port-forwarding",
  "no-pty",
  "no-touch-required",
  "no-user-rc",
  "no-x11-forwarding",
  "permitlisten",
  "permitopen",
  "port-forwarding",
  "principals",
  "pty",
  "restrict",
  "tunnel",
  "user-rc",
  "verify-required",
  "x11-forwarding",
]);

const OPTION = /^([A-Za-z0-9-]+)(?:="(?:[^"\\]|\\.)*")?$/;

/** Why a text is not one option; undefined: it is. */
export function optionMistake(option: string): string | undefined {
  if (OPTION.test(option)) return undefined;
  return 'is not one option: write it as in authorized_keys, a value in double quotes (name="value")';
}

/** The name of an option that sshd does not know, as far as is known here. */
export function unknownOption(option: string): string | undefined {
  const name = OPTION.exec(option)?.[1] ?? option;
  return KNOWN.has(name.toLowerCase()) ? undefined : name;
}

/** Takes apart what stands before a key. */
export function splitOptions(text: string): readonly string[] {
  const options: string[] = [];
  let [start, isQuoted] = [0, false];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\" && text[at + 1] === '"') at++;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === "," && !isQuoted) {
      options.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return text === "" ? options : [...options, text.slice(start)];
}
