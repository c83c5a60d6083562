#pragma once

#include <array>
#include <string_view>

namespace plimsoll::user_files {

inline constexpr std::string_view kDotFile = "dot-file";
inline constexpr std::string_view kHistory = "history";
inline constexpr std::string_view kNetrc = "netrc";
inline constexpr std::string_view kRhosts = "rhosts";
inline constexpr std::string_view kShosts = "shosts";
inline constexpr std::string_view kForward = "forward";
inline constexpr std::string_view kCredential = "credential";
inline constexpr std::string_view kAuthorizedKeys = "ssh-authorized-keys";
inline constexpr std::string_view kAuthorizedKey = "authorized-key";
inline constexpr std::string_view kPrivateKey = "ssh-private-key";

/// A file of a home that is known by its name.
struct KnownFile {
  std::string_view path;  ///< below the home
  std::string_view kind;
};

// Histories are where programs write what their user typed; credentials are where programs keep
// passwords, tokens and keys in the clear. Files that hold a secret only now and then (.npmrc,
// .wgetrc) are dot files.
inline constexpr std::array kKnownFiles = {
    KnownFile{".netrc", kNetrc},
    KnownFile{".rhosts", kRhosts},
    KnownFile{".shosts", kShosts},
    KnownFile{".forward", kForward},
    KnownFile{".history", kHistory},
    KnownFile{".bash_history", kHistory},
    KnownFile{".zsh_history", kHistory},
    KnownFile{".zhistory", kHistory},
    KnownFile{".histfile", kHistory},
    KnownFile{".ash_history", kHistory},
    KnownFile{".sh_history", kHistory},
    KnownFile{".ksh_history", kHistory},
    KnownFile{".mysql_history", kHistory},
    KnownFile{".mariadb_history", kHistory},
    KnownFile{".psql_history", kHistory},
    KnownFile{".sqlite_history", kHistory},
    KnownFile{".rediscli_history", kHistory},
    KnownFile{".python_history", kHistory},
    KnownFile{".node_repl_history", kHistory},
    KnownFile{".irb_history", kHistory},
    KnownFile{".php_history", kHistory},
    KnownFile{".lesshst", kHistory},
    KnownFile{".viminfo", kHistory},
    KnownFile{".local/share/fish/fish_history", kHistory},
    KnownFile{".git-credentials", kCredential},
    KnownFile{".pgpass", kCredential},
    KnownFile{".my.cnf", kCredential},
    KnownFile{".mylogin.cnf", kCredential},
    KnownFile{".smbcredentials", kCredential},
    KnownFile{".msmtprc", kCredential},
    KnownFile{".fetchmailrc", kCredential},
    KnownFile{".pypirc", kCredential},
    KnownFile{".s3cfg", kCredential},
    KnownFile{".boto", kCredential},
    KnownFile{".vault-token", kCredential},
    KnownFile{".aws/credentials", kCredential},
    KnownFile{".azure/accessTokens.json", kCredential},
    KnownFile{".azure/msal_token_cache.json", kCredential},
    KnownFile{".cargo/credentials", kCredential},
    KnownFile{".cargo/credentials.toml", kCredential},
    KnownFile{".composer/auth.json", kCredential},
    KnownFile{".config/containers/auth.json", kCredential},
    KnownFile{".config/gcloud/application_default_credentials.json", kCredential},
    KnownFile{".config/gcloud/credentials.db", kCredential},
    KnownFile{".config/gh/hosts.yml", kCredential},
    KnownFile{".config/git/credentials", kCredential},
    KnownFile{".config/hub", kCredential},
    KnownFile{".config/rclone/rclone.conf", kCredential},
    KnownFile{".docker/config.json", kCredential},
    KnownFile{".gem/credentials", kCredential},
    KnownFile{".gnupg/secring.gpg", kCredential},
    KnownFile{".kube/config", kCredential},
    KnownFile{".terraform.d/credentials.tfrc.json", kCredential},
};

}  // namespace plimsoll::user_files
