#include "plugin/dovecot/host_event.h"

#include <algorithm>
#include <array>
#include <string>
#include <variant>

#include "plugin/core/base/text.h"

namespace pop3_legacy::dovecot {

void report_event(struct event* parent, const Event& event) {
  struct event* const child = event_create(parent);
  if (event.name != nullptr) {
    event_set_name(child, event.name);
  }
  for (const EventField& field : event.fields) {
    if (const auto* const number = std::get_if<std::uint64_t>(&field.value)) {
      event_add_int(child, field.name, static_cast<intmax_t>(*number));
    } else {
      event_add_str(child, field.name, std::get<std::string>(field.value).c_str());
    }
  }
  switch (event.level) {
    case LogLevel::info:
      e_info(child, "pop3_legacy: %s", event.text.c_str());
      break;
    case LogLevel::warning:
      e_warning(child, "pop3_legacy: %s", event.text.c_str());
      break;
    case LogLevel::error:
      e_error(child, "pop3_legacy: %s", event.text.c_str());
      break;
  }
  struct event* done = child;
  event_unref(&done);
}

#ifdef POP3_LEGACY_HAVE_SEND_FILTER

namespace {

/// Without metrics, the statistics process hands out a filter without conditions.
bool wants_something(struct event_filter* filter) {
  if (filter == nullptr) return false;
  string_t* const conditions = t_str_new(128);
  event_filter_export(filter, conditions);
  return str_len(conditions) > 0;
}

}  // namespace

bool has_listeners() {
  using Filters = std::array<struct event_filter*, 3>;
  static Filters known{};
  static bool listened = false;
  const Filters filters{event_get_global_debug_send_filter(), event_get_global_debug_log_filter(),
                        event_get_global_core_log_filter()};
  if (filters != known) {
    known = filters;
    listened = std::any_of(filters.begin(), filters.end(), wants_something);
  }
  return listened;
}

#else

bool has_listeners() {
  return true;
}

#endif

void describe_user(struct event* user, std::string_view name, std::string_view dialect) {
  const std::size_t at = name.rfind('@');
  const std::string domain =
      at == std::string_view::npos ? std::string() : lowered(name.substr(at + 1));
  event_add_str(user, "domain", domain.c_str());
  event_add_str(user, "dialect", std::string(dialect).c_str());
}

}  // namespace pop3_legacy::dovecot
