#include "plugin/core/policy/resolver.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/board_fields.h"
#include "plugin/core/policy/sections/sections.h"

namespace pop3_legacy::policy {

namespace {

constexpr std::size_t max_domain_octets = 253;
constexpr std::size_t max_label_octets = 63;
constexpr std::size_t max_profile_octets = 64;

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string joined(std::string_view prefix, std::string_view name) {
  return std::string(prefix).append(name);
}

// "a -> b -> a", starting with the first document named `again`.
std::string loop_text(const std::vector<std::string>& names, const std::string& again) {
  std::string out;
  for (auto name = std::find(names.begin(), names.end(), again); name != names.end(); ++name) {
    out += name->substr(profile_prefix.size()) + " -> ";
  }
  return out + again.substr(profile_prefix.size());
}

// Builds a Resolution from one chain after another.
class Collector {
 public:
  Collector(DocumentStore& store, Origins& origins) : store_(store), origins_(origins) {}

  // False if there is no document called `name`.
  bool add(std::string_view name) {
    Chain chain = read_chain(store_, name);
    chain.apply(resolution_.policy);
    chain.apply(origins_);
    resolution_.deny_known = resolution_.deny_known && chain.deny_trusted;
    resolution_.uidl_known = resolution_.uidl_known && chain.uidl_trusted;
    for (std::string& file : chain.uidl_files) {
      const bool known =
          std::find(uidl_files_.begin(), uidl_files_.end(), file) != uidl_files_.end();
      if (!known) uidl_files_.push_back(std::move(file));
    }
    for (Problem& problem : chain.problems) report(std::move(problem));
    return chain.found;
  }

  void note(std::string sentence) { resolution_.notes.push_back(std::move(sentence)); }

  // The user's own document could not be determined.
  void fail(std::string problem) {
    resolution_.deny_known = resolution_.uidl_known = false;
    report({{}, 0, 0, std::move(problem)});
  }

  Resolution take() {
    // No single document can tell whether all of them together make a plan.
    if (const Status plan = check_plan(resolution_.policy.uidl.plan); !plan) {
      const std::vector<std::string_view> names(uidl_files_.begin(), uidl_files_.end());
      resolution_.uidl_known = false;
      report({{}, 0, 0, enumerated(names) + ": " + plan.error().text});
    }
    if (const Status deletion = check_deletion(resolution_.policy.deletion); !deletion) {
      resolution_.deny_known = false;
      report(problem_of("delete.mode", deletion.error().text));
    }
    if (const Status boards = check_boards(resolution_.policy.boards); !boards) {
      report(problem_of("boards.archive", boards.error().text));
    }
    sort_problems();
    for (const Problem& problem : problems_) resolution_.problems.push_back(problem.sentence());
    return std::move(resolution_);
  }

 private:
  // Of the value of a key that some document sets.
  Problem problem_of(std::string_view path, const std::string& text) {
    const Origin& origin = origins_[path];
    return {origin.location, origin.line, 0, text};
  }

  // Two chains may share a profile; its problems are reported once.
  void report(Problem problem) {
    resolution_.intact = false;
    const bool known = std::any_of(problems_.begin(), problems_.end(), [&](const Problem& other) {
      return other.sentence() == problem.sentence();
    });
    if (!known) problems_.push_back(std::move(problem));
  }

  // File by file, as an administrator reads each of them: from top to bottom.
  void sort_problems() {
    std::map<std::string, std::size_t> files;
    for (const Problem& problem : problems_) files.try_emplace(problem.file, files.size());
    const auto place = [&](const Problem& problem) {
      return std::tuple(files.at(problem.file), problem.line, problem.column);
    };
    std::stable_sort(problems_.begin(), problems_.end(),
                     [&](const Problem& a, const Problem& b) { return place(a) < place(b); });
  }

  DocumentStore& store_;
  Origins& origins_;
  Resolution resolution_;
  std::vector<Problem> problems_;
  std::vector<std::string> uidl_files_;
};

void add_domain(Collector& collector, std::string_view user, const AsciiDomain& ascii_domain) {
  const std::size_t at = user.rfind('@');
  if (at == std::string_view::npos) return;
  const Result<std::string> domain = domain_name(user.substr(at + 1), ascii_domain);
  if (domain) {
    collector.add(joined(domain_prefix, domain.value()));
  } else if (domain.error().kind == Failure::permanent) {
    collector.note("the domain of the user " + in_quotes(user) +
                   " has no policy of its own, so the default applies: " + domain.error().text);
  } else {
    collector.fail("the policy for the domain of the user " + in_quotes(user) +
                   " cannot be determined: " + domain.error().text);
  }
}

bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= 0x7F; });
}

void add_profile(Collector& collector, const DocumentStore& store, std::string_view profile) {
  if (profile.empty()) return;
  const std::string who = "the userdb field pop3_legacy_profile names the profile ";
  if (!is_profile_name(profile)) {
    collector.fail(who + in_quotes(profile) + ", which is not a valid profile name");
    return;
  }
  const std::string name = joined(profile_prefix, profile);
  const bool found = collector.add(name);
  if (!found) {
    collector.fail(who + in_quotes(profile) +
                   ", which does not exist: " + printable(store.location(name)));
  }
}

}  // namespace

Resolution resolve(DocumentStore* store, std::string_view user, std::string_view profile,
                   const AsciiDomain& ascii_domain, Origins* origins) {
  if (store == nullptr) return {};
  Origins unasked;
  Collector collector(*store, origins != nullptr ? *origins : unasked);
  collector.add(default_document);
  add_domain(collector, user, ascii_domain);
  add_profile(collector, *store, profile);
  return collector.take();
}

Result<std::string> domain_name(std::string_view domain, const AsciiDomain& ascii_domain) {
  // A character has at most four octets, and contributes at least one to the ASCII form.
  constexpr std::size_t max_octets_per_character = 4;
  std::string made;
  if (!is_ascii(domain)) {
    if (domain.size() > max_octets_per_character * max_domain_octets) {
      return refused("the domain is too long");
    }
    Result<std::string> ascii = ascii_domain(domain);
    if (!ascii) return ascii;
    made = std::move(ascii.value());
    domain = made;
    if (!is_ascii(domain)) return refused("the domain has no ASCII form (xn--...)");
  }
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.empty()) return refused("the domain is empty");
  if (domain.size() > max_domain_octets) {
    return refused("the domain is longer than " + std::to_string(max_domain_octets) + " octets");
  }
  std::string name;
  name.reserve(domain.size());
  std::size_t label = 0;  // octets of the current label
  for (char c : domain) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    if (c != '.' && !is_name_character(c)) {
      return refused(R"(the domain may have letters, digits, "-", "_" and dots only)");
    }
    if (c == '.' && label == 0) return refused("the domain has an empty part between its dots");
    label = c == '.' ? 0 : label + 1;
    if (label > max_label_octets) {
      return refused("the domain has a part longer than " + std::to_string(max_label_octets) +
                     " octets");
    }
    name += c;
  }
  if (label == 0) return refused("the domain has an empty part between its dots");
  return name;
}

bool is_profile_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= max_profile_octets && name.front() != '.' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c == '.' || is_name_character(c); });
}

void Chain::apply(Policy& policy) const {
  std::for_each(documents.rbegin(), documents.rend(),
                [&](const Document& document) { document.apply(policy); });
}

void Chain::apply(Origins& origins) const {
  for (std::size_t i = documents.size(); i > 0; --i) {
    for (const Setting& setting : documents[i - 1].settings()) {
      origins[setting.key] = {locations[i - 1], setting.line};
    }
  }
}

namespace {

// The name of the document that the last of `names` inherits. An Error continues "inherits the
// profile …".
Result<std::string> next_name(const std::vector<std::string>& names, std::string_view profile) {
  if (!is_profile_name(profile)) return refused(", which is not a valid profile name");
  std::string next = joined(profile_prefix, profile);
  if (std::find(names.begin(), names.end(), next) != names.end()) {
    return refused(", which inherits itself that way: " + loop_text(names, next));
  }
  if (names.size() > max_inherited_profiles) {
    return refused(", but there are " + std::to_string(max_inherited_profiles) +
                   " profiles before it already, the most allowed");
  }
  return next;
}

}  // namespace

Chain read_chain(DocumentStore& store, std::string_view name) {
  Chain chain;
  std::vector<std::string> names{std::string(name)};
  const auto fail = [&chain](Problem problem) {
    chain.deny_trusted = chain.uidl_trusted = false;
    chain.problems.push_back(std::move(problem));
  };
  // Where the `inherit` that led to names.back() is.
  Problem asker;

  for (;;) {
    const std::string& current = names.back();
    Result<std::optional<std::string>> text = store.read(current);
    if (!text) {
      // It counts as present: nobody can tell that it is not.
      chain.found = true;
      fail({{}, 0, 0, text.error().text});
      return chain;
    }
    if (!text.value()) {
      if (names.size() > 1) {
        asker.text += ", which does not exist: " + store.location(current);
        fail(asker);
      }
      return chain;
    }
    chain.found = true;
    chain.locations.push_back(store.location(current));
    chain.documents.push_back(Document::parse(*text.value(), chain.locations.back()));
    const Document& document = chain.documents.back();
    chain.deny_trusted = chain.deny_trusted && document.deny_trusted();
    chain.uidl_trusted = chain.uidl_trusted && document.uidl_trusted();
    if (document.sets_uidl()) {
      chain.uidl_files.insert(chain.uidl_files.begin(), store.location(current));
    }
    chain.problems.insert(chain.problems.end(), document.problems().begin(),
                          document.problems().end());
    if (!document.inherit()) return chain;

    const Inherit& inherit = *document.inherit();
    asker = {store.location(current), inherit.line, inherit.column,
             "inherits the profile " + in_quotes(inherit.profile)};
    auto next = next_name(names, inherit.profile);
    if (!next) {
      asker.text += next.error().text;
      fail(asker);
      return chain;
    }
    names.push_back(std::move(next.value()));
  }
}

}  // namespace pop3_legacy::policy
