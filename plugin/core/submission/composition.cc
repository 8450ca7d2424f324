#include "plugin/core/submission/composition.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "plugin/core/base/dates.h"
#include "plugin/core/base/text.h"
#include "plugin/core/submission/address_list.h"
#include "plugin/core/submission/header.h"

namespace pop3_legacy::submission {

namespace {

constexpr std::size_t max_local_octets = 64;  // RFC 5321, section 4.5.3.1
constexpr std::size_t max_domain_octets = 255;

bool is_letter_or_digit(char c) noexcept {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

// A DNS name (which may contain "_") or an address literal.
bool is_domain(std::string_view text) noexcept {
  if (text.empty() || text.size() > max_domain_octets) return false;
  if (text.starts_with('[') && text.ends_with(']')) {
    text = text.substr(1, text.size() - 2);
    return std::all_of(text.begin(), text.end(), [](char c) {
      return is_letter_or_digit(c) || c == '.' || c == ':' || c == '-';
    });
  }
  return text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
         });
}

bool is_local(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_local_octets &&
         std::all_of(text.begin(), text.end(), is_printable);
}

bool needs_no_quotes(std::string_view local) noexcept {
  return std::all_of(local.begin(), local.end(), [](char c) {
    return is_letter_or_digit(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
  });
}

// Domains are case-insensitive. No other mailbox differs from the user's own name only by case.
bool same(const Address& a, const Address& b) noexcept {
  return equals_ignoring_case(a.local, b.local) && equals_ignoring_case(a.domain, b.domain);
}

bool may_be_from(const Address& address, const Address& user, policy::XmitFrom allowed) {
  switch (allowed) {
    case policy::XmitFrom::own_address:
      return same(address, user);
    case policy::XmitFrom::own_domain:
      return equals_ignoring_case(address.domain, user.domain);
    case policy::XmitFrom::any:
      break;
  }
  return true;
}

bool is_one_of(const HeaderField& field, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return field.is(name); });
}

std::string random_digits() {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr int count = 24;
  std::random_device source;
  std::uniform_int_distribution<std::size_t> digit(0, digits.size() - 1);
  std::string text;
  for (int i = 0; i < count; ++i) text += digits[digit(source)];
  return text;
}

// The addresses of one field, each with a local part and a domain.
Result<std::vector<Address>> addresses_in(const HeaderField& field, std::size_t at_most,
                                          host::Environment& environment) {
  const std::string value = field.value();
  const std::string where = ' ' + printable(field.name) + ": ";
  const auto count = count_addresses(value);
  if (!count) return refused("Cannot read" + where + "not a list of addresses");
  auto addresses = environment.parse_addresses(value, at_most);
  if (!addresses) return refused("Cannot read" + where + addresses.error().text);
  if (addresses.value().size() != std::min(*count, at_most)) {
    return refused("Cannot read" + where + "the list of addresses is ambiguous");
  }
  for (const Address& address : addresses.value()) {
    if (address.domain.empty()) {
      return refused("An address without a domain in" + where + printable(address.local));
    }
    if (!is_local(address.local) || !is_domain(address.domain)) {
      return refused("Invalid address in" + where + shown(address));
    }
  }
  return addresses;
}

Status check_authors(const std::vector<HeaderField>& fields, const Address& user,
                     const policy::Policy::Xmit& policy, host::Environment& environment) {
  bool has_author = false;
  for (const HeaderField& field : fields) {
    if (!is_one_of(field, {"From", "Sender", "Resent-From", "Resent-Sender"})) continue;
    constexpr std::size_t most = 100;
    const auto authors = addresses_in(field, most, environment);
    if (!authors) return authors.error();
    for (const Address& author : authors.value()) {
      if (!may_be_from(author, user, policy.from)) {
        return refused("You may not send as " + shown(author) + '.');
      }
    }
    if (authors.value().empty() || authors.value().size() == most) {
      return refused(printable(field.name) + " has no address, or too many.");
    }
    has_author = has_author || field.is("From");
  }
  return has_author ? Status(Done{}) : Status(refused("The message has no From."));
}

Result<std::vector<Address>> recipients_of(const std::vector<HeaderField>& fields,
                                           std::size_t at_most, host::Environment& environment) {
  const bool resent = std::any_of(fields.begin(), fields.end(), [](const HeaderField& field) {
    return is_one_of(field, {"Resent-To", "Resent-Cc", "Resent-Bcc"});
  });
  std::vector<Address> recipients;
  std::set<std::string> known;
  std::size_t seen = 0;
  for (const HeaderField& field : fields) {
    if (resent ? !is_one_of(field, {"Resent-To", "Resent-Cc", "Resent-Bcc"})
               : !is_one_of(field, {"To", "Cc", "Bcc"})) {
      continue;
    }
    auto found = addresses_in(field, at_most + 1, environment);
    if (!found) return found;
    seen += found.value().size();
    if (seen > at_most) {
      return refused("Too many recipients: at most " + std::to_string(at_most) + " are allowed.");
    }
    for (Address& address : found.value()) {
      std::string key = address.local + '@' + lowered(address.domain);
      if (known.insert(std::move(key)).second) recipients.push_back(std::move(address));
    }
  }
  if (recipients.empty()) return refused("The message has no recipients.");
  return recipients;
}

}  // namespace

std::string shown(const Address& address) {
  return printable(address.local) + '@' + printable(address.domain);
}

Result<Address> address_of_user(const host::Environment& environment) {
  const std::string name = environment.user_name();
  const std::size_t at = name.rfind('@');
  Address address{name.substr(0, at),
                  at == std::string::npos ? environment.host_name() : name.substr(at + 1)};
  if (!is_local(address.local) || !needs_no_quotes(address.local) || !is_domain(address.domain)) {
    return refused("Your login name is not a valid mail address.");
  }
  return address;
}

Result<Composition> compose(std::string_view header, const Address& user,
                            const policy::Policy& policy, host::Environment& environment) {
  const auto fields = split_header(header);
  if (!fields) return fields.error();
  if (const Status allowed = check_authors(fields.value(), user, policy.xmit, environment);
      !allowed) {
    return allowed.error();
  }
  auto recipients = recipients_of(fields.value(), policy.xmit.max_recipients, environment);
  if (!recipients) return recipients.error();

  const auto has = [&](std::string_view name) {
    return std::any_of(fields.value().begin(), fields.value().end(),
                       [&](const HeaderField& field) { return field.is(name); });
  };
  const std::string login = user.local + '@' + user.domain;
  const std::string date = rfc5322_date(environment.now());
  Composition made{{user, std::move(recipients.value())}, {}, {}};
  // RFC 5321, section 4.4; this protocol has no registered word for "with".
  made.header = "Received: by " + environment.host_name() + " with POP3 (XTND XMIT, login " +
                login + ");\r\n\t" + date + "\r\n";
  if (!has("Date")) made.header += "Date: " + date + "\r\n";
  if (!has("Message-ID")) {
    made.message_id = '<' + random_digits() + '@' + user.domain + '>';
    made.header += "Message-ID: " + made.message_id + "\r\n";
  }
  for (const HeaderField& field : fields.value()) {
    if (field.is("Message-ID")) made.message_id = trimmed(field.value(), " ");
    if (!is_one_of(field, {"Bcc", "Resent-Bcc", "Return-Path", policy.xsender.header})) {
      made.header += field.lines;
    }
  }
  return made;
}

}  // namespace pop3_legacy::submission
