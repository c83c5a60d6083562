#include "scanner/formats/secrets.h"

#include <algorithm>
#include <array>
#include <string>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 14> kSecretParts = {
    "PASSWORD",    "PASSWD",     "PASSPHRASE", "SECRET",      "TOKEN",
    "API_KEY",     "APIKEY",     "ACCESS_KEY", "PRIVATE_KEY", "CLIENT_KEY",
    "CREDENTIALS", "DEPLOY_KEY", "AUTH_KEY",   "CREDENTIAL"};

/// `part` in `name`, no letter behind it: TOKEN is in GITHUB_TOKEN_2, not in TOKENIZERS or
/// MAX_TOKENS.
bool has_word_part(std::string_view name, std::string_view part) {
  for (std::size_t at = name.find(part); at != std::string_view::npos;
       at = name.find(part, at + 1)) {
    const std::size_t end = at + part.size();
    if (end == name.size() || name[end] < 'A' || name[end] > 'Z') return true;
  }
  return false;
}

// Names that programs read a credential from, without a word in them that says so.
constexpr std::string_view kSecretNames =
    "APPLICATION_KEY AZURE_CLIENT_ID MYSQL_PWD PGPASS TRAVIS_SECURE_ENV_VARS SSH_KEY "
    "STRIPE_KEY CODECLIMATE_REPO_KEY SNYK_KEY DOCKER_AUTH_CONFIG";

// Where a credential is, how long one lives, what one is called.
constexpr std::array<std::string_view, 13> kOtherEnds = {
    "_FILE", "_PATH",   "_DIR",      "_URL",    "_URI",     "_NAME",  "_TTL",
    "_TYPE", "_EXPIRY", "_ENDPOINT", "_LENGTH", "_TIMEOUT", "_HEADER"};

constexpr std::string_view kAccountNames =
    "CF_USERNAME CI_DEPLOY_USER DOCKER_EMAIL DOCKER_USERNAME DOCKERHUB_USERNAME HEROKU_API_USER "
    "OKTA_AUTHN_GROUPID OKTA_CLIENT_ORGURL OKTA_OAUTH2_CLIENTID OS_USERNAME STRIPE_DEVICE_NAME "
    "TRAVIS_OS_NAME TRAVIS_SUDO FACEBOOK_APP_ID";

/// `scheme://user:password@host`, the password written out.
bool has_userinfo(std::string_view word) {
  const std::size_t scheme = word.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view authority = word.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::size_t colon = authority.find(':');
  if (colon == std::string_view::npos || colon >= at) return false;
  const std::string_view password = authority.substr(colon + 1, at - colon - 1);
  return !password.empty() && password[0] != '$';
}

struct Shape {
  std::string_view start;
  std::size_t least;  ///< how many characters there are at least
};

// How issuers begin their keys; long enough that no word is taken for one.
constexpr std::array kShapes = {
    Shape{"AKIA", 20},  Shape{"ASIA", 20},     Shape{"ghp_", 36},        Shape{"gho_", 36},
    Shape{"ghs_", 36},  Shape{"glpat-", 24},   Shape{"github_pat_", 40}, Shape{"xoxb-", 20},
    Shape{"xoxp-", 20}, Shape{"sk_live_", 24}, Shape{"npm_", 40},        Shape{"dckr_pat_", 24},
};

bool has_shape(std::string_view word) {
  if (contains(word, "-----BEGIN") && contains(word, "PRIVATE KEY")) return true;
  return std::any_of(kShapes.begin(), kShapes.end(), [&](const Shape& shape) {
    const std::size_t at = word.find(shape.start);
    return at != std::string_view::npos && word.size() - at >= shape.least &&
           (at == 0 || std::string_view("=:\"' ").find(word[at - 1]) != std::string_view::npos);
  });
}

bool is_literal(const shell::Word& word) { return !word.open && may_be_secret(word.text); }

/// `--password=x`, `--token x`, and the short forms of programs that have them.
bool is_secret_option(std::string_view program, std::string_view option) {
  if (is_one_of(option,
                "--password --passwd --token --api-key --secret --access-token --http-password "
                "--proxy-password --ftp-password --client-secret"))
    return true;
  if (is_one_of(option, "-u --user --proxy-user -U")) return program == "curl";
  return option == "-p" && is_one_of(program,
                                     "sshpass mysql mysqladmin mysqldump mariadb docker podman "
                                     "az oc htpasswd");
}

bool is_account_only(std::string_view option, std::string_view value) {
  const bool pair = is_one_of(option, "-u --user --proxy-user -U");
  if (!pair) return false;
  const std::size_t colon = value.find(':');
  return colon == std::string_view::npos || colon + 1 == value.size() || value[colon + 1] == '$';
}

}  // namespace

bool names_secret(std::string_view variable) {
  if (names_secret_file(variable)) return false;
  const std::string name = upper(variable);
  for (const std::string_view end : kOtherEnds)
    if (name.ends_with(end)) return false;
  if (is_one_of(name, kSecretNames)) return true;
  return std::any_of(kSecretParts.begin(), kSecretParts.end(),
                     [&](std::string_view part) { return has_word_part(name, part); });
}

bool names_account(std::string_view variable) {
  const std::string name = upper(variable);
  return is_one_of(name, kAccountNames) || contains(name, "USERNAME") ||
         (contains(name, "PRIVATE") && name != "GOPRIVATE");
}

bool names_secret_file(std::string_view variable) {
  return is_one_of(variable,
                   "AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE HF_TOKEN_PATH "
                   "GOOGLE_APPLICATION_CREDENTIALS NETRC KUBECONFIG");
}

bool may_be_secret(std::string_view value) {
  return !value.empty() && !value.starts_with("/run/secrets/") &&
         !is_one_of(lower(value), "true false yes no on off none null");
}

bool has_secret(const shell::Command& command) {
  const auto& words = command.words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i].text;
    if (has_userinfo(word) || has_shape(word)) return true;
    if (word.size() < 2 || word[0] != '-') continue;
    const std::size_t equals = word.find('=');
    const std::string_view option = word.substr(0, equals);
    if (!is_secret_option(command.name(), option)) continue;
    if (equals != std::string_view::npos) {
      if (!words[i].open && equals + 1 < word.size()) return true;
    } else if (i + 1 < words.size() && is_literal(words[i + 1]) &&
               !words[i + 1].text.starts_with('-') && !is_account_only(option, words[i + 1].text)) {
      return true;
    }
  }
  return false;
}

bool is_credential_file(std::string_view path) {
  path = trim(path, "\"'");
  if (path.ends_with(".pub") || path.ends_with(".example") || path.ends_with(".sample"))
    return false;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (is_one_of(name,
                ".env .netrc _netrc .npmrc .pypirc .pgpass .my.cnf .git-credentials .dockercfg "
                ".htpasswd .s3cfg .boto id_rsa id_dsa id_ecdsa id_ed25519 credentials.json "
                "service-account.json kubeconfig .vault-token .ssh .aws .gnupg .kube"))
    return true;
  if (path.ends_with(".aws/credentials") || path.ends_with(".docker/config.json") ||
      path.ends_with(".kube/config") || path.ends_with(".gem/credentials"))
    return true;
  if (name.starts_with(".env.")) return true;
  return name.ends_with(".key") || name.ends_with(".p12") || name.ends_with(".pfx") ||
         name.ends_with(".jks") || name.ends_with(".keystore") || name.ends_with(".ppk") ||
         name.ends_with("_rsa") || name.ends_with("-key.pem");
}

}  // namespace plimsoll
