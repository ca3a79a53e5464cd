# shellcheck shell=bash
# What a verb needs on this machine: looked for first, installed only if lacking. Sourced by ./dev.

packages_build=(g++ cmake ninja-build=ninja pkg-config ccache git libboost1.81-dev libboost-program-options1.81-dev
  libyaml-cpp-dev libyaml-dev nlohmann-json3-dev libspdlog-dev libvalijson-dev catch2 libcurl4-openssl-dev libssl-dev
  libqrencode-dev)
packages_run=(ca-certificates curl busybox-static)
packages_test=(age strace expect tmux cargo)

has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    die "this needs root: run ./dev as root, or install sudo"
  fi
}

# need ITEM...: an ITEM is a package, looked for by the name of the package, or PACKAGE=COMMAND, looked for on PATH.
need() {
  local item installed lacking=()
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${@%%=*}" 2>/dev/null) || true
  for item; do
    if [[ $item == *=* ]] && has "${item#*=}"; then continue; fi
    if has "$item" || grep -qxF "${item%%=*} installed" <<<"$installed"; then continue; fi
    lacking+=("${item%%=*}")
  done
  [ ${#lacking[@]} = 0 ] || apt_install "${lacking[@]}"
}

# Installs Debian packages. Nothing that they bring is started: whether this machine runs an engine is its owner's choice.
apt_install() {
  has apt-get || die "this needs: $* (named as Debian names them; there is no apt-get to install them)"
  say "installing: $*"
  local policy=/usr/sbin/policy-rc.d failed=0 own=0 log
  log=$(mktemp)
  if [ ! -e $policy ]; then
    own=1
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
  fi
  { as_root apt-get -qq -o DPkg::Lock::Timeout=300 update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
      -o Dpkg::Use-Pty=0 install "$@"; } </dev/null >"$log" 2>&1 9>&- || failed=1
  [ $own = 0 ] || as_root rm -f $policy
  [ $failed = 0 ] || tail -n 20 "$log" >&2
  rm -f "$log"
  [ $failed = 0 ] || die "apt-get could not install: $*"
}

# Docker Compose, at least 2.23.1 (the first with inline configs). Debian 12 has none, so the binary comes out of the
# package of a later suite. It goes where the docker command looks for the whole machine, not into a DOCKER_CONFIG of
# our own: that would hide the user's logins, and a person could not look at the stack with `docker compose`.
need_compose() {
  if compose_serves; then return; fi
  has apt-get || die "this needs Docker Compose 2.23.1 or later"
  say "installing Docker Compose"
  local suite dir
  dir=$(mktemp -d)
  for suite in unstable testing stable; do
    if compose_fetch "$dir" $suite && "$dir/x/$compose_plugin" version --short >/dev/null 2>&1; then
      as_root install -D -m 755 "$dir/x/$compose_plugin" /usr/local/lib/docker/cli-plugins/docker-compose
      break
    fi
  done
  rm -rf "$dir"
  compose_serves || die "Docker Compose 2.23.1 or later could not be installed; \`docker compose version\` says:" \
    "$(docker compose version 2>&1 | head -n 1)"
}
compose_plugin=usr/libexec/docker/cli-plugins/docker-compose

compose_serves() {
  local version
  version=$(docker compose version --short 2>/dev/null) && printf '%s\n' 2.23.1 "${version#v}" | sort -V -C
}

# compose_fetch DIR SUITE: unpacks docker-compose of that suite into DIR/x. The mirror is the one that apt uses here;
# apt's lists, cache and sources are in DIR, so that nothing else can come from that suite.
compose_fetch() {
  local mirror
  mirror=$(apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)' |
    awk -v suite="$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")" \
      '$1 == "Packages" && $2 == "main" && $3 == suite {print $4; exit}')
  [ -n "$mirror" ] || die "apt's sources name no mirror of Debian to take Docker Compose from"
  mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $2 main" >"$1/sources.list"
  local apt=(apt-get -qq -o "Dir::Etc::SourceList=$1/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::Cache=$1/cache"
    -o "Dir::State::Lists=$1/lists" -o Acquire::Languages=none -o APT::Sandbox::User=)
  (cd "$1" && rm -rf ./*.deb x && "${apt[@]}" update && "${apt[@]}" download docker-compose &&
    dpkg -x docker-compose_*.deb x) </dev/null >&2 9>&-
}

# Go and npm programs that Debian lacks; they outlive `./dev clean`, since building them takes minutes.
tools=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/harbor-dev
export PATH=$tools/bin:$tools/node_modules/.bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin

need_sops() {
  if has sops; then return; fi
  if ! has go; then
    say "no sops and no go to build it with: tests that use it are skipped"
    return
  fi
  say "building sops, once; this takes minutes"
  mkdir -p "$tools"
  GOBIN=$tools/bin GOTOOLCHAIN=local CGO_ENABLED=0 go install github.com/getsops/sops/v3/cmd/sops@v3.9.4 \
    </dev/null >"$tools/sops.log" 2>&1 9>&- ||
    say "sops could not be built ($tools/sops.log says why): tests that use it are skipped"
}

need_just() {
  if has just; then return; fi
  if has npm; then
    npm install --silent --no-audit --no-fund --prefix "$tools" rust-just </dev/null >&2
  elif has pip; then
    pip install -q --target "$tools/pip" rust-just </dev/null >&2 && ln -sf ../pip/bin/just "$tools/bin/just"
  fi || true
  has just || say "just could not be installed: the bench leaves it out"
}
