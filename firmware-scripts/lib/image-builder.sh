# shellcheck shell=bash
# A folder with Debian trixie's own image tools, so that every machine makes the same image. Needs progress.sh and packages.sh.

image_suite=trixie
builder_packages=(mmdebstrap mount gpg systemd systemd-repart mtools dosfstools e2fsprogs fdisk kmod arch-test apt-utils ca-certificates debian-archive-keyring)

# archive_lines: trixie, from the Debian archives that this machine itself uses.
archive_lines() {
  local targets main security
  # shellcheck disable=SC2016  # apt fills these in.
  targets=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null | sort -u)
  main=$(awk '$2 !~ /-/ { print $1; exit }' <<<"$targets")
  security=$(awk '$2 ~ /-security$/ { print $1; exit }' <<<"$targets")
  if [ -z "$main" ] || [ -z "$security" ]; then
    fail "apt on this machine knows no Debian archive with its security updates; an image is made on a Debian machine, after apt-get update"
  fi
  printf 'deb %s %s main\n' "$main" "$image_suite" "$main" "$image_suite-updates" "$security" "$image_suite-security"
}

archive_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# need_builder CACHE: sets $builder to the folder, which is made once.
need_builder() {
  builder=$1/builder-$({ archive_lines && printf '%s\n' "${builder_packages[@]}"; } | sha256sum | cut -c 1-16)
  [ ! -e "$builder/complete" ] || return 0
  need_commands mmdebstrap=mmdebstrap
  [ -e "$archive_keyring" ] || install_packages debian-archive-keyring
  rm -rf "$builder"
  mkdir -p "$builder"
  with_progress "installing the image tools of Debian $image_suite into a folder" "$builder/install.log" install_builder "$builder/root"
  touch "$builder/complete"
}

install_builder() {
  archive_lines | mmdebstrap --mode=root --variant=apt --keyring="$archive_keyring" \
    --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --include="$(IFS=, && echo "${builder_packages[*]}")" "$image_suite" "$1" -
}

# in_builder FOLDER COMMAND...: runs it in the builder, with FOLDER as /work. All that is mounted for that goes with the command.
in_builder() {
  local folder=$1
  shift
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount --pid --fork --propagation private sh -c '
    root=$1 folder=$2 && shift 2 &&
      mkdir -p "$root/work" && mount --bind "$folder" "$root/work" &&
      mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount -t sysfs -o ro sysfs "$root/sys" &&
      { [ ! -e /etc/resolv.conf ] || cat /etc/resolv.conf >"$root/etc/resolv.conf"; } &&
      { [ ! -e /proc/sys/fs/binfmt_misc/status ] || mount --bind /proc/sys/fs/binfmt_misc "$root/proc/sys/fs/binfmt_misc"; } &&
      exec chroot "$root" /usr/bin/env TMPDIR=/work HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
  ' sh "$builder/root" "$folder" "$@"
}
