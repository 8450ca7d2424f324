#include "plugin/core/policy/keys.h"

#include <algorithm>
#include <array>

#include "plugin/core/policy/sections/sections.h"

namespace pop3_legacy::policy {

namespace {

constexpr std::array table{
    &top_section,       &commands_section, &last_section,   &help_section,    &capa_section,
    &uidl_section,      &xlst_section,     &euidl_section,  &xsender_section, &gurl_section,
    &boards_section,    &xmit_section,     &pace_section,   &lenient_section, &reply_section,
    &templates_section, &view_section,     &delete_section, &inbox_section,   &x_commands_section,
};

}  // namespace

std::span<const Section* const> sections() noexcept {
  return table;
}

const Key* find_key(std::string_view path) noexcept {
  for (const Section* const section : table) {
    if (!path.starts_with(section->table)) continue;
    for (const Key& key : section->keys) {
      if (key.path == path) return &key;
    }
  }
  return nullptr;
}

bool is_section(std::string_view path) noexcept {
  return !path.empty() && std::any_of(table.begin(), table.end(), [&](const Section* section) {
    return section->table == path;
  });
}

std::string_view table_of(std::string_view path) noexcept {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

std::string_view last_part(std::string_view path) noexcept {
  return path.substr(path.rfind('.') + 1);
}

}  // namespace pop3_legacy::policy
