#include "scanner/formats/systemd/unit_name.h"

#include <algorithm>
#include <array>

#include "scanner/root/root.h"

namespace plimsoll::systemd {
namespace {

constexpr std::array<std::string_view, 11> kTypes = {"automount", "device",  "mount", "path",
                                                     "scope",     "service", "slice", "socket",
                                                     "swap",      "target",  "timer"};

constexpr std::size_t kLongestName = 255;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_char(char c) {
  return is_alphanumeric(c) || c == ':' || c == '-' || c == '_' || c == '.' || c == '\\';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_escape(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += "\\x";
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 0xFU];
}

}  // namespace

bool is_unit_type(std::string_view type) {
  return std::binary_search(kTypes.begin(), kTypes.end(), type);
}

NameKind classify(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() > kLongestName)
    return NameKind::invalid;
  if (!is_unit_type(name.substr(dot + 1))) return NameKind::invalid;
  const std::string_view stem = name.substr(0, dot);
  if (!std::all_of(stem.begin(), stem.end(), [](char c) { return c == '@' || is_name_char(c); }))
    return NameKind::invalid;
  const auto at = stem.find('@');
  if (at == std::string_view::npos) return NameKind::plain;
  if (at == 0) return NameKind::invalid;
  return at + 1 == dot ? NameKind::unit_template : NameKind::instance;
}

std::string_view type_of(std::string_view name) { return name.substr(name.rfind('.') + 1); }

std::string_view prefix_of(std::string_view name) {
  const auto at = name.find('@');
  return name.substr(0, at == std::string_view::npos ? name.rfind('.') : at);
}

std::string_view instance_of(std::string_view name) {
  const auto at = name.find('@');
  if (at == std::string_view::npos) return {};
  return name.substr(at + 1, name.rfind('.') - at - 1);
}

std::string template_of(std::string_view name) {
  return std::string(prefix_of(name)) + "@." + std::string(type_of(name));
}

std::string instantiate(std::string_view unit_template, std::string_view instance) {
  return std::string(prefix_of(unit_template)) + "@" + std::string(instance) + "." +
         std::string(type_of(unit_template));
}

std::string escape_path(std::string_view path) {
  const std::string normal = normal_path(path);
  if (normal == "/") return "-";
  std::string out;
  for (std::size_t i = 1; i < normal.size(); ++i) {
    const char c = normal[i];
    if (c == '/')
      out += '-';
    else if (c == '-' || c == '\\' || !is_name_char(c) || (c == '.' && i == 1))
      append_escape(out, c);
    else
      out += c;
  }
  return out;
}

std::string unescape_path(std::string_view escaped) {
  if (escaped == "-") return "/";
  std::string out = "/";
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] == '-') {
      out += '/';
    } else if (escaped[i] == '\\') {
      if (i + 3 >= escaped.size() || escaped[i + 1] != 'x') return {};
      const int high = hex_digit(escaped[i + 2]);
      const int low = hex_digit(escaped[i + 3]);
      if (high < 0 || low < 0) return {};
      out += static_cast<char>(high * 16 + low);
      i += 3;
    } else {
      out += escaped[i];
    }
  }
  return out;
}

}  // namespace plimsoll::systemd
