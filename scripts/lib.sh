# shellcheck shell=bash
# What every script here shares: the cache folder, the versions of the tools, the lock on the build folder.
# Sourced, not run.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"

# Everything that takes long to make lives outside the clone, so that the next clone finds it made.
FUXUE_CACHE=${FUXUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fuxue}
export FUXUE_CACHE
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$FUXUE_CACHE/target}

CARGO_LEPTOS_VERSION=0.3.10
CARGO_MUTANTS_VERSION=27.1.0
BINARYEN_VERSION=132.0.0
# wasm-bindgen's two halves must be equal to the digit, so the lock file decides.
WASM_BINDGEN_VERSION=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)
BINARYEN_DIR=$FUXUE_CACHE/binaryen-$BINARYEN_VERSION
export CARGO_LEPTOS_VERSION CARGO_MUTANTS_VERSION BINARYEN_VERSION WASM_BINDGEN_VERSION BINARYEN_DIR
export PATH="$FUXUE_CACHE/tools/bin:$BINARYEN_DIR/node_modules/.bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"

# A standard library for WASM built from Debian's sources, where rustup's server is out of reach. It fits the one
# compiler that it was made for.
DEBIAN_WASM=$FUXUE_CACHE/debian-wasm
export DEBIAN_WASM

say() { printf '\n── %s\n' "$*"; }

die() {
    printf '%s\n' "$@" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

rustup_wasm_is_there() {
    compgen -G "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib" >/dev/null
}

debian_wasm_is_there() {
    [ -e "$DEBIAN_WASM/made-for" ] && [ "$(cat "$DEBIAN_WASM/made-for")" = "$(/usr/bin/rustc --version)" ]
}

# phase NAME COMMAND…: runs the command and says how long it took.
phase() {
    local name=$1 start=$SECONDS
    shift
    say "$name"
    "$@"
    printf '── %s: %d s\n' "$name" $((SECONDS - start))
}

# Takes the shared build folder for this process, until it ends.
#
# Two clones may share the folder only one after the other: cargo names a workspace's own crates by their path
# inside the workspace and looks at file times alone, so it would hand one clone what another has built. When the
# folder comes from another clone, the workspace's own crates are forgotten and built anew; the hundreds of
# dependencies, which are the same for all, stay.
lock_build_folder() {
    mkdir -p "$CARGO_TARGET_DIR"
    exec 9>"$CARGO_TARGET_DIR/.fuxue-lock"
    if ! flock --nonblock 9; then
        say "Waiting for another build in $CARGO_TARGET_DIR"
        flock 9
    fi

    local owner_file=$CARGO_TARGET_DIR/.fuxue-owner owner
    owner="$ROOT $(stat --format=%i "$ROOT")"
    if [ "$(cat "$owner_file" 2>/dev/null)" != "$owner" ]; then
        local manifest crate
        for manifest in */Cargo.toml; do
            crate=${manifest%/Cargo.toml}
            find "$CARGO_TARGET_DIR" -type d -path "*/.fingerprint/$crate-*" -prune -exec rm -rf {} +
        done
        printf '%s\n' "$owner" >"$owner_file"
    fi
}
