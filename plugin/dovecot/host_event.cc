#include "plugin/dovecot/host_event.h"

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

void describe_user(struct event* user, std::string_view name, std::string_view dialect) {
  const std::size_t at = name.rfind('@');
  const std::string domain =
      at == std::string_view::npos ? std::string() : lowered(name.substr(at + 1));
  event_add_str(user, "domain", domain.c_str());
  event_add_str(user, "dialect", std::string(dialect).c_str());
}

}  // namespace pop3_legacy::dovecot
