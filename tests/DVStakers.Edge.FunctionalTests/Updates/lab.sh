#!/bin/sh
# A box of its own on this machine: run in new mount and PID namespaces, it makes /usr, /var and /etc such that they may be changed and nothing outside is. dpkg is the real one; of systemd
# there is as much as an update asks of it. Argument: the test's folder. Says READY, and ends with its standard input.
set -eu
box=$1
mkdir "$box/disk" "$box/unit"
mount -t tmpfs -o mode=755 tmpfs "$box/disk"
for folder in usr var etc; do
  mkdir "$box/disk/$folder" "$box/disk/$folder.work"
  mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$box/disk/$folder,workdir=$box/disk/$folder.work" "/$folder"
done
rm -rf /etc/dvstakers-edge /var/lib/dvstakers-edge-update
install -d -m 755 /etc/dvstakers-edge/update-keys
cp "$box/edge.yaml" /etc/dvstakers-edge/
cp "$box/key.pem" /etc/dvstakers-edge/update-keys/
chmod 644 /etc/dvstakers-edge/update-keys/key.pem

cat >"$box/supervise" <<END
#!/bin/sh
# Restart=always, RestartSec=1
n=0
while :; do
  : >$box/unit/log
  echo \$n >$box/unit/restarts
  /usr/bin/dvstakers-edge run >>$box/unit/log 2>&1 &
  echo \$! >$box/unit/pid
  wait \$! || true
  echo 0 >$box/unit/pid
  n=\$((n + 1))
  sleep 1
done
END

cat >/usr/bin/systemctl <<END
#!/bin/sh
unit=$box/unit
alive() { [ -s \$unit/\$1 ] && [ "\$(cat \$unit/\$1)" != 0 ] && kill -0 "\$(cat \$unit/\$1)" 2>/dev/null; }
state() {
  if ! alive supervisor; then echo inactive; elif alive pid && grep -q 'Ready: validators' \$unit/log; then echo active; else echo activating; fi
}
stop() {
  if alive supervisor; then kill -9 "\$(cat \$unit/supervisor)"; fi
  if alive pid; then kill -9 "\$(cat \$unit/pid)"; fi
  rm -f \$unit/supervisor \$unit/pid
}
case "\$*" in
  daemon-reload) ;;
  "stop dvstakers-edge.service") stop ;;
  "--no-block restart dvstakers-edge.service")
    stop
    setsid sh $box/supervise >/dev/null 2>&1 </dev/null &
    echo \$! >\$unit/supervisor ;;
  "--no-block start dvstakers-edge-update.service")
    setsid /var/lib/dvstakers-edge-update/updater update --continue >>\$unit/update.log 2>&1 </dev/null &
    echo \$! >\$unit/updater ;;
  "show --value --property=ActiveState dvstakers-edge-update.service") if alive updater; then echo active; else echo inactive; fi ;;
  "show --value --property=ActiveState dvstakers-edge.service") state ;;
  "show --property=ActiveState,SubState,MainPID,NRestarts dvstakers-edge.service")
    echo "ActiveState=\$(state)"
    echo SubState=lab
    if alive pid; then echo "MainPID=\$(cat \$unit/pid)"; else echo MainPID=0; fi
    echo "NRestarts=\$(cat \$unit/restarts 2>/dev/null || echo 0)" ;;
  *) echo "the lab's systemctl does not know: \$*" >&2; exit 1 ;;
esac
END
chmod 755 /usr/bin/systemctl
dpkg --install "$box/packages/1.deb" >"$box/install.log" 2>&1
echo READY
# A power cut takes every process but this one.
until cat >/dev/null; do :; done
