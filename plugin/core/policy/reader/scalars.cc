#include <algorithm>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/reader/values.h"

namespace pop3_legacy::policy {

namespace {

template <class Member, class Read>
Setter setting(Member& (*member)(Policy& policy), Read read) {
  return [member, read = std::move(read)](Policy& policy) { member(policy) = read; };
}

Part whole(const Value& value) {
  return {value.key.path, value.node, value.mistakes};
}

}  // namespace

std::optional<std::uint64_t> number_in(const Part& part, std::uint64_t least, std::uint64_t most) {
  const std::int64_t number = part.node.as_integer()->get();
  if (number >= 0 && static_cast<std::uint64_t>(number) >= least &&
      static_cast<std::uint64_t>(number) <= most) {
    return static_cast<std::uint64_t>(number);
  }
  part.refuse("has to be from " + std::to_string(least) + " to " + std::to_string(most) + ", not " +
              std::to_string(number));
  return std::nullopt;
}

std::optional<std::uint64_t> octets_in(const Part& part, std::uint64_t least, std::uint64_t most) {
  if (part.node.is_integer()) return number_in(part, least, most);
  const auto* const text = part.node.as_string();
  if (text == nullptr) {
    part.refuse("has to be a size in quotes, like \"25M\", not " + type_name(part.node));
    return std::nullopt;
  }
  const Result<std::uint64_t> octets = octets_of(text->get());
  if (!octets) {
    part.refuse(octets.error().text);
  } else if (octets.value() < least || octets.value() > most) {
    part.refuse("has to be from " + std::to_string(least) + " to " + std::to_string(most) +
                " octets, not " + in_quotes(text->get()));
  } else {
    return octets.value();
  }
  return std::nullopt;
}

std::optional<std::uint64_t> seconds_in(const Part& part, std::uint64_t least, std::uint64_t most) {
  const auto* const text = part.node.as_string();
  if (text == nullptr) {
    part.refuse("has to be a time in quotes, like \"10m\", not " + type_name(part.node));
    return std::nullopt;
  }
  const Result<std::uint64_t> seconds = seconds_of(text->get());
  if (!seconds) {
    part.refuse(seconds.error().text);
  } else if (seconds.value() < least) {
    part.refuse("has to be " + std::to_string(least) + " seconds at least, not " +
                in_quotes(text->get()));
  } else if (seconds.value() > most) {
    part.refuse("has to be " + std::to_string(most) + " seconds at most, not " +
                in_quotes(text->get()));
  } else {
    return seconds.value();
  }
  return std::nullopt;
}

std::optional<bool> flag_in(const Part& part) {
  const auto* const flag = part.node.as_boolean();
  if (flag != nullptr) return flag->get();
  part.refuse("has to be true or false, not " + type_name(part.node));
  return std::nullopt;
}

std::optional<std::string> text_in(const Part& part) {
  const auto* const text = part.node.as_string();
  if (text != nullptr) return text->get();
  part.refuse("has to be a text in quotes, not " + type_name(part.node));
  return std::nullopt;
}

std::optional<Setter> read(const TextKey& kind, const Value& value) {
  const auto* const text = value.node.as_string();
  if (text == nullptr) {
    value.refuse("has to be a text in quotes, not " + type_name(value.node));
    return std::nullopt;
  }
  if (const Status status = kind.check(text->get()); !status) {
    value.refuse(status.error().text);
    return std::nullopt;
  }
  return setting(kind.member, text->get());
}

std::optional<Setter> read(const OctetsKey& kind, const Value& value) {
  const auto octets = octets_in(whole(value), kind.least, kind.most);
  return octets ? std::optional(setting(kind.member, *octets)) : std::nullopt;
}

std::optional<Setter> read(const DurationKey& kind, const Value& value) {
  const auto seconds = seconds_in(whole(value), 0, kind.most);
  return seconds ? std::optional(setting(kind.member, *seconds)) : std::nullopt;
}

std::optional<Setter> read(const CountKey& kind, const Value& value) {
  if (!value.node.is_integer()) {
    value.refuse("has to be an integer, not " + type_name(value.node));
    return std::nullopt;
  }
  const auto number = number_in(whole(value), kind.least, kind.most);
  return number ? std::optional(setting(kind.member, *number)) : std::nullopt;
}

std::optional<Setter> read(const FlagKey& kind, const Value& value) {
  const auto flag = flag_in(whole(value));
  return flag ? std::optional(setting(kind.member, *flag)) : std::nullopt;
}

std::optional<Setter> read(const NamesKey& kind, const Value& value) {
  const toml::array* const list = value.node.as_array();
  if (list == nullptr) {
    value.refuse("has to be a list of " + std::string(kind.what) + " in brackets, like " +
                 std::string(kind.example) + ", not " + type_name(value.node));
    return std::nullopt;
  }
  std::vector<std::string> names;
  bool good = true;
  for (const toml::node& element : *list) {
    const auto* const typed = element.as_string();
    if (typed == nullptr) {
      value.refuse(element, "has to list " + std::string(kind.what) + " in quotes, not " +
                                type_name(element));
      good = false;
      continue;
    }
    Result<std::string> name = kind.name(typed->get());
    if (!name) {
      value.refuse(element, "is wrong: " + name.error().text);
      good = false;
    } else if (std::find(names.begin(), names.end(), name.value()) == names.end()) {
      names.push_back(std::move(name.value()));
    }
  }
  if (!good) return std::nullopt;
  return
      [member = kind.member, names = std::move(names)](Policy& policy) { member(policy) = names; };
}

std::optional<Setter> read(const WordKey& kind, const Value& value) {
  const std::vector<std::string_view> words = kind.words();
  const auto* const text = value.node.as_string();
  if (text == nullptr) {
    value.refuse("has to be one of the words " + enumerated(words) + ", in quotes, not " +
                 type_name(value.node));
    return std::nullopt;
  }
  const auto word = std::find(words.begin(), words.end(), text->get());
  if (word == words.end()) {
    const std::string meant = suggestion(text->get(), words);
    value.refuse("cannot be " + in_quotes(text->get()) +
                 (meant.empty() ? ", only " + enumerated(words) : meant));
    return std::nullopt;
  }
  return [set = kind.set, index = static_cast<std::size_t>(word - words.begin())](Policy& policy) {
    set(policy, index);
  };
}

}  // namespace pop3_legacy::policy
