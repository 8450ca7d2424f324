#include "tests/dialogues/dialogue.h"

#include <algorithm>

namespace pop3_legacy::dialogue {

std::string_view name_of(Mode mode) noexcept {
  switch (mode) {
    case Mode::line:
      return "line";
    case Mode::split:
      return "split";
    case Mode::pipelined:
      return "pipelined";
    case Mode::with_login:
      break;
  }
  return "with_login";
}

Result<std::vector<std::string_view>> parse_hosts(std::string_view list) {
  std::vector<std::string_view> hosts;
  for (;;) {
    const auto comma = std::min(list.find(','), list.size());
    const auto name = list.substr(0, comma);
    if (name == "dovecot") {
      hosts.insert(hosts.end(), {"dovecot-2.3", "dovecot-2.4"});
    } else if (name == "shim") {
      hosts.insert(hosts.end(), {"memory", "standalone"});
    } else {
      const auto* const known = std::find(host_names.begin(), host_names.end(), name);
      if (known == host_names.end()) {
        return refused("there is no host \"" + std::string(name) +
                       "\"; hosts are separated by a comma and a blank");
      }
      hosts.push_back(*known);
    }
    if (comma == list.size()) {
      return hosts;
    }
    list.remove_prefix(comma + 1);
    list.remove_prefix(list.starts_with(' ') ? 1 : 0);
  }
}

bool Expected::holds_for(std::string_view host) const noexcept {
  return hosts.empty() || std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

std::string Session::client_octets() const {
  std::string all;
  for (const Exchange& exchange : exchanges) {
    all += exchange.octets;
  }
  return all;
}

Status check_last_exchange(const Session& session) {
  if (session.exchanges.empty()) {
    return Done{};
  }
  for (const std::string_view host : host_names) {
    bool open = false;
    for (const Expected& expected : session.exchanges.back().expected) {
      if (!expected.holds_for(host)) {
        continue;
      }
      if (open && expected.pattern.any_lines()) {
        return refused("a {lines} cannot follow a {lines}");
      }
      open = expected.pattern.any_lines();
    }
    if (open) {
      return refused("the {lines} before needs a line that ends it on " + std::string(host));
    }
  }
  return Done{};
}

bool Dialogue::plays_in(Mode mode) const noexcept {
  return std::find(not_in.begin(), not_in.end(), mode) == not_in.end();
}

}  // namespace pop3_legacy::dialogue
