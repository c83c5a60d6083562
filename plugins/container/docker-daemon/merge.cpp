#include "plugins/container/docker-daemon/merge.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/container/docker-daemon/address.h"
#include "scanner/base/text.h"

namespace plimsoll::docker {
namespace {

class Checks {
 public:
  Checks(Merged& merged, int version) : merged_(merged), version_(version) {}

  void run() {
    one_of("log-level", "panic fatal error warn warning info debug trace", true);
    one_of("default-ipc-mode", "private shareable", false);
    one_of("default-cgroupns-mode", "private host", false);
    for (const std::string_view key :
         {"max-concurrent-downloads", "max-concurrent-uploads", "max-download-attempts", "mtu"})
      if ((version_ >= 23 || key != "mtu") && merged_.text(key, version_).starts_with('-'))
        refuse(key, fmt::format("`{}` is negative", key));
    // 20.10 keeps these three apart from unset ones, and does not take no attempt at all.
    if (version_ < 23 && merged_.text("max-download-attempts", version_) == "0")
      refuse("max-download-attempts", "`max-download-attempts` is 0");
    if (!merged_.text("graph", version_).empty() && version_ >= 23)
      refuse("graph", "`graph` is gone, `data-root` took its place");
    for (const std::string_view key : {"cluster-store", "cluster-advertise"})
      if (!merged_.text(key, version_).empty() && version_ >= 23)
        refuse(key, fmt::format("`{}` is gone", key));
    names();
    networks();
    labels();
    runtimes();
  }

 private:
  void refuse(std::string_view key, std::string why) {
    merged_.refusals.push_back({ErrorCode::invalid, "dockerd does not start: " + std::move(why),
                                merged_.of(key, version_).origin});
  }

  void one_of(std::string_view key, std::string_view words, bool ignore_case) {
    const std::string value = merged_.text(key, version_);
    if (!value.empty() && !is_one_of(ignore_case ? lower(value) : value, words))
      refuse(key, fmt::format("`{}` is no value of `{}`", value, key));
  }

  void names() {
    for (const Item& item : merged_.of("dns", version_).items)
      if (!is_ip_address(trim(item.text)))
        return refuse("dns", fmt::format("`{}` is no IP address", item.text));
    for (const Item& item : merged_.of("hosts", version_).items)
      if (!normal_host(item.text, false))
        return refuse("hosts", fmt::format("it cannot listen on `{}`", item.text));
  }

  /// verifyDaemonSettings()
  void networks() {
    if (!merged_.text("bridge", version_).empty() && !merged_.text("bip", version_).empty())
      refuse("bip", "`bridge` and `bip` exclude each other");
    if (!merged_.is_true("iptables", version_) && !merged_.is_true("icc", version_))
      refuse("icc", "`icc` is false and `iptables`, which it takes, is false, too");
  }

  /// opts.ValidateLabel and GetConflictFreeLabels
  void labels() {
    std::vector<std::pair<std::string_view, std::string_view>> found;
    for (const Item& item : merged_.of("labels", version_).items) {
      const auto equals = item.text.find('=');
      if (equals == std::string::npos)
        return refuse("labels", fmt::format("`{}` is no label", item.text));
      found.emplace_back(std::string_view(item.text).substr(0, equals),
                         std::string_view(item.text).substr(equals + 1));
    }
    std::sort(found.begin(), found.end());
    for (std::size_t i = 1; i < found.size(); ++i)
      if (found[i].first == found[i - 1].first && found[i].second != found[i - 1].second)
        return refuse("labels", fmt::format("label `{}` has two values", found[i].first));
  }

  void runtimes() {
    const auto& known = merged_.of("runtimes", version_).items;
    const auto is_known = [&](std::string_view name) {
      return std::any_of(known.begin(), known.end(),
                         [&](const Item& item) { return item.name == name; });
    };
    if (is_known("runc")) refuse("runtimes", "a runtime may not be called `runc`");
    // From 23 on a name with a dot is one of containerd's; later ones look for any when it is used.
    const std::string name = merged_.text("default-runtime", version_);
    if (version_ > 24 || is_one_of(name, "runc io.containerd.runc.v2") || is_known(name)) return;
    if (version_ < 23 && is_one_of(name, "io.containerd.runtime.v1.linux")) return;
    if (version_ >= 23 && name.find('.', 1) != std::string::npos &&
        name.find('/') == std::string::npos)
      return;
    refuse("default-runtime", fmt::format("there is no runtime `{}`", name));
  }

  Merged& merged_;
  int version_;
};

}  // namespace

const Given& Merged::of(std::string_view key, int version) const {
  static const Given nothing;
  const Option* option = option_of_key(key, version, false);
  return option != nullptr ? values[index_of(*option)] : nothing;
}

std::string Merged::text(std::string_view key, int version) const {
  const Option* option = option_of_key(key, version, false);
  if (option == nullptr) return {};
  const Given& given = values[index_of(*option)];
  return given.items.empty() ? std::string(option->fallback) : given.items[0].text;
}

Merged merge(const Values& file, const Values& flags, int version) {
  Merged out;
  out.values.resize(options().size());
  for (const Option& option : options()) {
    const std::size_t i = index_of(option);
    // A map has the members of both; of booleans the file's word stands, also where it is false.
    const bool zero_counts =
        option.kind == Kind::boolean || (version < 23 && option.key.starts_with("max-"));
    const bool file_counts = file[i].is_set && (zero_counts || !file[i].is_zero(option.kind));
    out.values[i] = file_counts ? file[i] : flags[i];
    if (option.kind == Kind::runtimes && file_counts) {
      out.values[i].items.insert(out.values[i].items.begin(), flags[i].items.begin(),
                                 flags[i].items.end());
      keep_last(out.values[i].items);
    }
  }
  Checks(out, version).run();
  return out;
}

}  // namespace plimsoll::docker
