#!/usr/bin/env bash
# Builds the root directory that the benchmarks scan: a Debian 12 server with the usual services (about 40,000 entries).
#   tests/bench/server_root.sh DIR        as root; needs mmdebstrap
set -euo pipefail
root=${1:?usage: server_root.sh DIR}
[ ! -e "$root" ] || { echo "$root exists" >&2; exit 1; }
packages="systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,sudo,auditd,rsyslog,cron,logrotate,libpam-pwquality,apparmor,
apparmor-utils,aide,grub2-common,kmod,procps,iproute2,nftables,unattended-upgrades,nginx,apache2,mariadb-server,postgresql,
redis-server,php-fpm,php-cli,postfix,bind9,samba,haproxy,vim,git,python3,perl,man-db,locales,build-essential,lynis,linux-image-amd64"
mmdebstrap --variant=standard --include="$(echo "$packages" | tr -d '\n')" bookworm "$root"
rm -rf "$root"/var/lib/apt/lists/* "$root"/dev/*
printf '%s entries\n' "$(find "$root" -xdev | wc -l)"
