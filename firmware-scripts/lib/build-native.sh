# shellcheck shell=bash
# The steps of the native build. Needs progress.sh and packages.sh.

agent_project=src/DVStakers.Edge.Agent

# clang_here: the name of a clang on the path, with or without its version.
clang_here() {
  local name
  for name in clang clang-{22..13}; do
    if command -v "$name" >/dev/null; then
      printf '%s\n' "$name"
      return
    fi
  done
  return 1
}

# crosses RID: true when the target is another processor than this machine's.
crosses() {
  case "$1/$(uname -m)" in
    linux-x64/x86_64 | linux-arm64/aarch64) return 1 ;;
    *) return 0 ;;
  esac
}

# need_build_tools RID: what turns compiled objects into a binary.
need_build_tools() {
  command -v dotnet >/dev/null || fail "the .NET SDK is missing: install $(sdk_wanted) from https://dotnet.microsoft.com/download"
  dotnet --version >/dev/null 2>&1 || fail "no .NET SDK here satisfies global.json ($(sdk_wanted)); installed: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
  need_commands flock=util-linux
  if ! crosses "$1"; then
    clang_here >/dev/null || need_commands gcc=gcc
    # gcc alone does not bring the C library's start files.
    [ -n "$(find /usr/lib /usr/lib64 -name crt1.o -print -quit 2>/dev/null)" ] || install_packages libc6-dev
  elif [ "$1" = linux-arm64 ]; then
    clang_here >/dev/null || need_commands clang=clang
    # Its package brings the linker, the C library and objcopy for that processor.
    need_commands aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu
    [ -e /usr/aarch64-linux-gnu/lib/crt1.o ] || install_packages libc6-dev-arm64-cross
  else
    fail "$1 is built on a machine of its own kind; this one is $(uname -m)"
  fi
}

sdk_wanted() { sed -n 's/.*"version": *"\([^"]*\)".*/.NET SDK \1 or later/p' global.json; }

# dotnet_arguments RID FRAMEWORK WORK: what restore and publish have in common, one per line. All that is
# intermediate goes to WORK, apart from what an IDE or the tests build.
dotnet_arguments() {
  printf '%s\n' "$agent_project" "-p:PublishProfileFullPath=$PWD/publish-profiles/$1.pubxml" \
    "-p:EdgeTargetFramework=$2" --artifacts-path "$3" --disable-build-servers -m:1
  if crosses "$1"; then printf '%s\n' "-p:CppCompilerAndLinker=$(clang_here)"; fi
}

# choose_framework RID WORK: prints net10.0, or net9.0 where the feed has no native packs for net10.0. Only a
# missing package leads to the older framework; every other failure is shown and ends the build.
choose_framework() {
  local log=$2/restore.log arguments missing
  mapfile -t arguments < <(dotnet_arguments "$1" net10.0 "$2")
  rm -f "$2/restore.failed"
  with_progress "restoring packages for net10.0" "$log" try_restore "$2/restore.failed" "${arguments[@]}"
  if [ ! -e "$2/restore.failed" ]; then
    printf 'net10.0\n'
    return
  fi
  missing=$(grep -oE 'NU110[0-3]: Unable to (find|resolve)[^.]*(\.[^. ]+)*' "$log" | grep -E 'ILCompiler|NativeAOT|App\.Runtime' | sort -u || true)
  if [ -z "$missing" ]; then
    cat "$log" >&2
    fail "packages could not be restored, see above"
  fi
  say "The package feed lacks what a native build of net10.0 for $1 needs:"
  printf '%s\n' "$missing" | sed 's/^/  /' >&2
  say "Falling back to net9.0: the same agent on the previous runtime."
  printf 'net9.0\n'
}

try_restore() {
  local failed=$1
  shift
  dotnet restore "$@" || touch "$failed"
}

# publish RID FRAMEWORK WORK: the native binary ends up in WORK/publish. No IL warning is let through.
publish() {
  local log=$3/publish.log arguments
  mapfile -t arguments < <(dotnet_arguments "$1" "$2" "$3")
  if ! with_progress "building $2 for $1" "$log" dotnet publish "${arguments[@]}" --output "$3/publish"; then
    cat "$log" >&2
    fail "the build failed, see above"
  fi
  if grep -E 'warning IL[0-9]+' "$log" >&2; then
    fail "the native compiler warned; such code may fail at run time"
  fi
}

# inputs_hash RID: changes with the sources, the build's own files, the profile and the SDK; with nothing else.
inputs_hash() {
  {
    printf '%s %s\n' "$1" "$(dotnet --version)"
    find src Directory.*.props global.json .editorconfig publish-profiles firmware-scripts/build.sh firmware-scripts/lib/build-native.sh \
      \( -name bin -o -name obj \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  } | sha256sum | cut -d' ' -f1
}

# lacks_packs RID LOG: the build that wrote LOG failed because the package feed has no native packs for RID.
lacks_packs() { grep -qE "NU110[0-3]: Unable to find package [^ ]*$1" "$2"; }
