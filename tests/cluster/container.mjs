// As much of a container as the kernel gives without an engine: a root folder that is read only, two folders in it that are not, another user, no
// capability and none to be had, and a memory cgroup (version 1). What Docker adds is not here: its networks, seccomp profile and PID namespace.
import fs from "node:fs";
import path from "node:path";

const MEMORY = "/sys/fs/cgroup/memory";
const USER = "5070";
const ENTER = `set -e
group=$1 at=$2 root=$3 etc=$4 state=$5; shift 5
echo $$ >"$group/cgroup.procs"
mount --bind "$root" "$at"
mount --bind "$etc" "$at/etc/dvstakers-edge"
mount --bind "$state" "$at/var/lib/dvstakers-edge"
cat /etc/hosts >"$at.hosts"
mount --bind "$at.hosts" "$at/etc/hosts"
mount --rbind /dev "$at/dev"
mount --rbind /sys "$at/sys"
mount -t proc proc "$at/proc"
mount -o remount,bind,ro "$at"
exec chroot "$at" /usr/bin/setpriv --reuid ${USER} --regid ${USER} --init-groups --pdeathsig KILL --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all /usr/bin/env -i "$@"`;

export class MemoryGroup {
  constructor(name, megabytes, parent = MEMORY) {
    if (!fs.existsSync(path.join(MEMORY, "memory.limit_in_bytes"))) throw new Error(`there is no memory cgroup of version 1 at ${MEMORY}`);
    this.folder = path.join(parent, name);
    fs.mkdirSync(this.folder);
    if (parent === MEMORY) fs.writeFileSync(path.join(this.folder, "memory.use_hierarchy"), "1");
    this.megabytes = megabytes;
    fs.writeFileSync(path.join(this.folder, "memory.limit_in_bytes"), String(megabytes * 1024 * 1024));
  }

  get maxMb() {
    return this.#number("memory.max_usage_in_bytes") / 1024 / 1024;
  }

  // How often memory had to be taken back for want of room.
  get failures() {
    return this.#number("memory.failcnt");
  }

  get kills() {
    return Number(/^oom_kill (\d+)$/m.exec(fs.readFileSync(path.join(this.folder, "memory.oom_control"), "utf8"))[1]);
  }

  // Of that, what could not be given back: without what was read from files.
  get ownMb() {
    return Number(/^total_rss (\d+)$/m.exec(fs.readFileSync(path.join(this.folder, "memory.stat"), "utf8"))[1]) / 1024 / 1024;
  }

  remove() {
    fs.rmdirSync(this.folder);
  }

  #number(file) {
    return Number(fs.readFileSync(path.join(this.folder, file), "utf8"));
  }
}

// The command that runs another one in there; it must be in a mount namespace of its own, and the PID stays. `etc` and `state` belong to the user.
export function container({root, etc, state, group, at, env = {}}) {
  for (const folder of [etc, state, at]) fs.mkdirSync(folder, {recursive: true});
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, "sh", group.folder, at, root, etc, state,
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...Object.entries(env).map(([key, value]) => `${key}=${value}`)];
}

export function give(folder) {
  fs.chownSync(folder, Number(USER), Number(USER));
  if (fs.statSync(folder).isDirectory()) for (const name of fs.readdirSync(folder)) give(path.join(folder, name));
}
