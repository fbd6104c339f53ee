/**
 * How comments of one line are written in a file, by its name and by how its content begins.
 *
 * @module
 */

/** What a comment begins with, and ends with (empty: the end of the line). */
export interface CommentSigns {
  readonly open: string;
  readonly close: string;
}

/** Comments by what they look like, and the endings of the names of files that have them. */
const BY_ENDING: readonly (readonly [CommentSigns, string])[] = [
  [
    { open: "#", close: "" },
    `awk bash bashrc bash_profile bash_logout cf cfg cmake cnf conf config cr csh defs desktop
    dockerfile dockerignore editorconfig env ex exs fish gd gemspec gitattributes gitconfig gitignore
    gql graphql hcl htaccess inputrc jl ksh link list logrotate mk mount automount netdev netrc
    network nft nginx nim nix npmrc nspawn path pl pm po pp preset profile properties ps1 psm1 py r
    rb rc rego repo rules screenrc sed service sh slice socket sources swap sysctl target tcl tf
    tfvars timer tmux toml vcl wgetrc yaml yml zprofile zsh zshenv zshrc`,
  ],
  [
    { open: "//", close: "" },
    `c cc cjs cpp cs cts cxx dart dts go gradle groovy h hh hpp hxx java js json5 jsonc jsx kt kts
    less m mjs mm mts proto rs scala scss swift ts tsx v zig`,
  ],
  [{ open: "/*", close: "*/" }, "css"],
  [
    { open: "<!--", close: "-->" },
    "htm html mml plist rss svg vue wsdl xhtml xml xsd xsl xslt xul",
  ],
  [{ open: "--", close: "" }, "adb ads elm hs lua sql vhd vhdl"],
  [{ open: ";", close: "" }, "asm edn el clj cljs ini lisp reg rkt scm ss zone"],
  [{ open: "%", close: "" }, "cls erl hrl sty tex"],
  [{ open: '"', close: "" }, "vim vimrc"],
  [{ open: "!", close: "" }, "xdefaults xresources"],
];

/** Formats that have no comments. */
const WITHOUT = new Set(
  `asc cer crt csv db der gpg gz ipynb jpg json key lock p12 pdf pem png so tar tsv xz zip`.split(
    " ",
  ),
);

const HASH: CommentSigns = { open: "#", close: "" };
const MARKUP: CommentSigns = { open: "<!--", close: "-->" };

const SIGNS_BY_ENDING: ReadonlyMap<string, CommentSigns> = new Map(
  BY_ENDING.flatMap(([signs, endings]) =>
    endings.split(/\s+/).map((ending) => [ending, signs] as const)
  ),
);

/** Files that are known by their whole name. */
const HASH_NAMES = new RegExp(
  "^(" + [
    "(GNU)?[Mm]akefile",
    "(Docker|Container|Vagrant|Gem|Rake|Just|Proc|Brew|Jenkins)file",
    "Kconfig|CMakeLists\\.txt|requirements\\.txt|authorized_keys|known_hosts",
    "crontab|anacrontab|fstab|crypttab|hosts|exports|sudoers|environment|inittab|services|protocols",
    "networks|interfaces|ethers|aliases|ssh_config|sshd_config|hosts\\.(allow|deny)|modules|shells",
    "(fastcgi|scgi|uwsgi|proxy)_params|mime\\.types",
  ].join("|") + ")$",
);

/** Directories in which names have no endings, and all that is there has such comments. */
const HASH_PLACES =
  /^\/etc\/(cron\.d|sudoers\.d|default|sysconfig|logrotate\.d|pam\.d|network\/interfaces\.d|init\.d|ppp|xinetd\.d|nginx\/sites-available|nginx\/sites-enabled|nginx\/snippets)\/[^/]+$/;

/** What the name of a file says; `none`: files of that name have no comments. */
export function signsOfName(path: string): CommentSigns | "none" | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (HASH_NAMES.test(name) || HASH_PLACES.test(path)) return HASH;
  const dot = name.lastIndexOf(".");
  const ending = dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
  return WITHOUT.has(ending) ? "none" : SIGNS_BY_ENDING.get(ending);
}

/** What the beginning of a content says, whatever its file is called. */
export function signsOfBeginning(text: string): CommentSigns | undefined {
  if (/^<(\?xml\s|!DOCTYPE\s)/i.test(text)) return MARKUP;
  const program = /^#![ \t]*(?:\S*\/env[ \t]+(?:-S[ \t]+)?)?(\S+)/.exec(text)?.[1];
  if (program === undefined) return undefined;
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (/^(node|deno|bun|gjs)$/.test(name)) return SIGNS_BY_ENDING.get("js");
  if (/^(lua|luajit|runghc|runhaskell)[\d.]*$/.test(name)) return SIGNS_BY_ENDING.get("lua");
  if (/^(emacs|guile|sbcl|clojure|bb|racket)$/.test(name)) return SIGNS_BY_ENDING.get("el");
  return /^(php|escript)/.test(name) ? undefined : HASH;
}

/** Signs as a graph says them: one sign, or two with a blank between them. */
export function signsSaid(text: string): CommentSigns {
  const [open = "", close = ""] = text.split(" ");
  return { open, close };
}
