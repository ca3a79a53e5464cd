# shellcheck shell=bash
# The private Docker engine of this checkout, used where no engine answers. Sourced by ./dev.
#
# It runs in a PID and a mount namespace of its own, so that one kill ends every process of it and no mount shows
# outside, and it leaves the firewall and the forwarding of the machine alone: published ports go through the userland
# proxy. Containers therefore reach each other and the machine, but not the networks behind it. Subnet, bridge and
# cgroup names come from the checkout's path, so that engines of several checkouts live side by side.

engine_id=$(printf %s "$root" | sha256sum | cut -c1-8)
engine_dir=$build/engine
engine_sock=$engine_dir/docker.sock
# A unix socket's path may have 107 bytes.
[ "${#engine_sock}" -le 100 ] || engine_sock=/tmp/harbor-engine-$(id -u)-$engine_id/docker.sock

engine_answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# The host's PID of the engine's init, or nothing. The path in its command line tells it from a reused PID.
engine_pid() {
  local pid
  pid=$(cat "$engine_dir/pid" 2>/dev/null) || return 0
  if { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF " $engine_dir "; then echo "$pid"; fi
}

# engine_up OWNER: makes DOCKER_HOST name an engine that answers; starts the private one if none does. An engine that
# `test` started may be stopped by `test`; what `demo` started is stopped by `demo --down` only.
engine_up() {
  need docker.io=docker
  if engine_answers; then return; fi
  need docker.io=dockerd iproute2=ip util-linux=unshare iptables
  export DOCKER_HOST=unix://$engine_sock
  if engine_answers; then
    [ "$1" = test ] || echo "$1" >"$engine_dir/owner"
    return
  fi
  say "no Docker engine answers: starting a private one in $engine_dir"
  local driver
  for driver in "" vfs; do
    engine_down
    mkdir -p "$engine_dir" "$(dirname "$engine_sock")"
    echo "$1" >"$engine_dir/owner"
    engine_start ${driver:+--storage-driver "$driver"}
    if engine_wait; then return; fi
  done
  tail -n 20 "$engine_dir/log" >&2
  engine_down
  die "the private Docker engine did not start; the lines above are the end of $engine_dir/log"
}

# Starts dockerd with the given further options, without waiting for it.
engine_start() {
  local net
  net=10.$(engine_subnet)
  echo "$net" >"$engine_dir/net"
  engine_cgroup
  # An engine that lost its folder, or its machine, left its bridge.
  as_root ip link del "hb-$engine_id" 2>/dev/null || true
  as_root ip link add "hb-$engine_id" type bridge
  as_root ip addr add "$net.0.1/24" dev "hb-$engine_id"
  # Bridged packets meet the FORWARD chain where this is on, and another engine may have closed that chain.
  if [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null)" = 1 ]; then
    as_root iptables -w -I FORWARD -s "$net.0.0/16" -d "$net.0.0/16" -m comment --comment "hb-$engine_id" -j ACCEPT ||
      say "cannot open the firewall between containers: they may not reach each other"
  fi
  # --cgroup-parent with cgroupfs: systemd's driver sends PIDs over D-Bus, which mean nothing outside the namespace.
  as_root setsid unshare --mount --propagation slave --pid --fork --kill-child bash -c '
    read -r pid _ </proc/self/stat   # /proc is still that of the host: so is the PID
    echo "$pid" >"$1/pid"
    mount -t proc proc /proc
    mkdir -p /run/containerd && mount -t tmpfs tmpfs /run/containerd
    shift
    dockerd "$@" &
    trap "kill -TERM $!" TERM
    while kill -0 $! 2>/dev/null; do wait $!; done' harbor-engine "$engine_dir" \
    --host "unix://$engine_sock" --group "$(id -g)" --pidfile "$engine_dir/dockerd.pid" \
    --data-root "$engine_dir/data" --exec-root /run/containerd/engine \
    --bridge "hb-$engine_id" --default-address-pool "base=$net.0.0/16,size=24" \
    --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false \
    --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/harbor-$engine_id" "$@" \
    </dev/null >"$engine_dir/log" 2>&1 9>&- &
  disown
}

# Where the root of cgroup v2 is itself inside a container, only an empty group may have children with controllers.
engine_cgroup() {
  local cgroup=/sys/fs/cgroup pid
  [ -e $cgroup/cgroup.type ] || return 0
  as_root mkdir -p $cgroup/init
  while read -r pid; do
    echo "$pid" | as_root tee $cgroup/init/cgroup.procs >/dev/null 2>&1 || true
  done <$cgroup/cgroup.procs
  sed -e 's/ / +/g' -e 's/^/+/' $cgroup/cgroup.controllers | as_root tee $cgroup/cgroup.subtree_control >/dev/null || true
}

engine_wait() {
  local try
  for try in $(seq 150); do
    sleep 0.2
    if engine_answers; then return; fi
    if [ "$try" -gt 10 ] && [ -z "$(engine_pid)" ]; then return 1; fi
  done
  return 1
}

# The second number of a 10.N.0.0/16 that no interface or route of this machine uses, tried from one that the
# checkout's path gives.
engine_subnet() {
  local first=$((0x$engine_id % 56)) i n used
  used=$(ip -4 -o addr; ip -4 route)
  for i in $(seq 0 55); do
    n=$((200 + (first + i) % 56))
    if ! grep -qE "[ /]10\.$n\." <<<"$used"; then break; fi
  done
  echo $n
}

# Stops the private engine of this checkout and removes what it left; its images stay. Safe to call at any time.
engine_down() {
  local pid net name try
  pid=$(engine_pid)
  if [ -n "$pid" ]; then
    engine_empty
    as_root kill -TERM "$pid" || true
    for try in $(seq 100); do
      [ -e "/proc/$pid" ] || break
      sleep 0.1
      [ "$try" -lt 100 ] || as_root kill -KILL "$pid" || true
    done
  fi
  net=$(cat "$engine_dir/net" 2>/dev/null) || return 0
  for name in $(ip -4 -o addr | awk -v net="$net." 'index($4, net) == 1 && $2 ~ /^(br|hb)-/ {print $2}'); do
    as_root ip link del "$name" || true
  done
  while as_root iptables -w -D FORWARD -s "$net.0.0/16" -d "$net.0.0/16" \
    -m comment --comment "hb-$engine_id" -j ACCEPT 2>/dev/null; do :; done
  find /sys/fs/cgroup -depth -type d -path "*/harbor-$engine_id*" 2>/dev/null | while read -r name; do
    as_root rmdir "$name" || true
  done
  as_root rm -f "$engine_dir"/{pid,dockerd.pid,net,owner} "$engine_sock"
}

# Removes every container and network, while the engine still answers.
engine_empty() {
  local ids
  ids=$(DOCKER_HOST=unix://$engine_sock timeout 20 docker ps -aq 2>/dev/null) || return 0
  # shellcheck disable=SC2086 # one word an id
  [ -z "$ids" ] || DOCKER_HOST=unix://$engine_sock timeout 60 docker rm -fv $ids >/dev/null 2>&1 || true
  DOCKER_HOST=unix://$engine_sock timeout 30 docker network prune -f >/dev/null 2>&1 || true
}
