#include "plugins/os/process/daemons.h"

#include <algorithm>
#include <array>

namespace plimsoll {
namespace {

using Pattern = std::string_view;

constexpr Pattern kChrony[] = {"/etc/chrony/chrony.conf", "/etc/chrony/conf.d/*.conf"};
constexpr Pattern kContainerd[] = {"/etc/containerd/config.toml"};
constexpr Pattern kDnsmasq[] = {"/etc/dnsmasq.conf", "/etc/dnsmasq.d/*", "/etc/default/dnsmasq"};
constexpr Pattern kHaproxy[] = {"/etc/haproxy/haproxy.cfg"};
constexpr Pattern kJournald[] = {
    "/etc/systemd/journald.conf", "/etc/systemd/journald.conf.d/*.conf",
    "/run/systemd/journald.conf.d/*.conf", "/usr/lib/systemd/journald.conf.d/*.conf"};
constexpr Pattern kMariadb[] = {"/etc/mysql/my.cnf", "/etc/mysql/conf.d/*.cnf",
                                "/etc/mysql/mariadb.conf.d/*.cnf", "/etc/mysql/mysql.conf.d/*.cnf"};
constexpr Pattern kMemcached[] = {"/etc/memcached.conf"};
constexpr Pattern kNginx[] = {"/etc/nginx/*.conf", "/etc/nginx/conf.d/*.conf",
                              "/etc/nginx/modules-enabled/*.conf", "/etc/nginx/sites-enabled/*",
                              "/etc/nginx/snippets/*.conf"};
constexpr Pattern kPostfix[] = {"/etc/postfix/main.cf", "/etc/postfix/master.cf"};
constexpr Pattern kRsyslog[] = {"/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf"};
constexpr Pattern kSshd[] = {"/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*.conf"};
constexpr Pattern kTimesyncd[] = {
    "/etc/systemd/timesyncd.conf", "/etc/systemd/timesyncd.conf.d/*.conf",
    "/run/systemd/timesyncd.conf.d/*.conf", "/usr/lib/systemd/timesyncd.conf.d/*.conf"};
constexpr Pattern kVsftpd[] = {"/etc/vsftpd.conf"};

constexpr std::array kDaemons = {
    Daemon{"chronyd", kChrony},  // its sources alone can be read again
    Daemon{"containerd", kContainerd},
    Daemon{"dnsmasq", kDnsmasq},  // dnsmasq(8): SIGHUP does not re-read the configuration file
    Daemon{"haproxy", kHaproxy, Reload::workers, "haproxy"},
    Daemon{"mariadbd", kMariadb},
    // master(8): on a reload processes end as soon as they can; the queue manager lives until then.
    Daemon{"master", kPostfix, Reload::workers, "qmgr"},
    Daemon{"memcached", kMemcached},
    Daemon{"mysqld", kMariadb},
    // nginx.org, "Controlling nginx": new workers are started with the new configuration.
    Daemon{"nginx", kNginx, Reload::workers, "nginx"},
    Daemon{"rsyslogd", kRsyslog},  // rsyslogd(8): SIGHUP only closes its files
    // sshd(8): SIGHUP makes it execute itself again, and write its id again.
    Daemon{"sshd", kSshd, Reload::pid_file, "/run/sshd.pid"},
    Daemon{"systemd-journal", kJournald},
    Daemon{"systemd-timesyn", kTimesyncd},
    Daemon{"vsftpd", kVsftpd},
};

}  // namespace

const Daemon* find_daemon(std::string_view name) {
  const auto found = std::find_if(kDaemons.begin(), kDaemons.end(),
                                  [&](const Daemon& daemon) { return daemon.name == name; });
  return found == kDaemons.end() ? nullptr : &*found;
}

}  // namespace plimsoll
