# shellcheck shell=bash
# The Debian packages that plimsoll is built with, tested with and measured with; sourced by the scripts that need them.
# Usage: need_packages "${build_packages[@]}" [more...]

build_packages=(g++ cmake ninja-build lld libpugixml-dev libtomlplusplus-dev libcli11-dev libfmt-dev doctest-dev
  libexpected-dev libre2-dev rapidjson-dev nettle-dev libyaml-dev
  libisal-dev libzstd-dev zlib1g-dev)

# What the test scripts run on, then the programs that the probes are compared with.
test_packages=(python3 python3-jsonschema clang libclang-rt-14-dev acl attr libcap2-bin strace man-db groff jq zsh fish
  bash-completion
  aide apache2 apparmor apt auditd bind9-utils chrony containerd cron dconf-cli docker-compose docker.io dpkg
  etcd-server iproute2 iptables kmod libpam-modules libpam0g-dev libpwquality1 login logrotate mariadb-server-core
  netbase nftables nginx openjdk-17-jdk-headless openssh-client openssh-server passwd php8.2-cli php8.2-fpm podman
  postfix postgresql-15 procps python3-firewall redis-server rsyslog samba-common-bin shfmt skopeo sudo systemd ufw
  util-linux)

missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s\n' "$package"
  done
}

# Installs what is missing; without root it names the packages and the command, and stops.
need_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    printf 'These Debian packages are missing: %s\n' "${missing[*]}" >&2
    printf 'Install them with: sudo apt-get update && sudo apt-get install --no-install-recommends %s\n' "${missing[*]}" >&2
    exit 2
  fi
  printf 'Installing from Debian: %s\n' "${missing[*]}"
  apt-get update -qq
  # Daemons are wanted for their configuration readers only: none is started.
  local policy=/usr/sbin/policy-rc.d made_policy=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod 755 "$policy" && made_policy=yes
  fi
  local failed=0
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null || failed=$?
  [ -z "$made_policy" ] || rm -f "$policy"
  return "$failed"
}
