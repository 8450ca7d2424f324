#include <array>
#include <string>
#include <utility>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/message_lines.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

namespace {

struct Column {
  std::string_view name;
  std::string_view missing;  ///< what Heimdal's pop_dropinfo.c shows instead
  std::size_t octets;        ///< limit that keeps the line, with its numbers, short enough
};

constexpr std::array<Column, 4> columns{{{.name = "Subject", .missing = "<none>", .octets = 130},
                                         {.name = "From", .missing = "<unknown>", .octets = 128},
                                         {.name = "Date", .missing = "<unknown>", .octets = 64},
                                         {.name = "Message-Id", .missing = {}, .octets = 128}}};

std::string line_of(const host::Maildrop& maildrop, const Seen& seen, MessageNumber number) {
  const std::string text = std::to_string(number);
  std::string made = text;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns.at(i);
    made += '\t';
    if (const auto& field = seen.fields.at(i)) {
      made += cut(value_of(*field), column.octets);
    } else {
      made += column.missing.empty() ? "no-message-id-" + text : std::string(column.missing);
    }
  }
  return made + '\t' + std::to_string(maildrop.octets(number)) + '\t' + std::to_string(seen.lines);
}

}  // namespace

// Heimdal's pop_xover.c: a news reader's overview, separated by tabs.
Answer xover(Session& session, std::string_view /*arguments*/, host::Contents& contents) {
  const host::Maildrop& maildrop = session.maildrop();
  MessageLines lines{
      .command = "XOVER",
      .queries = {},
      .count_lines = true,
      .line = [&maildrop](const Seen& seen, MessageNumber number, std::string& to) -> Result<bool> {
        to += line_of(maildrop, seen, number);
        return true;
      }};
  lines.queries.reserve(columns.size());
  for (const Column& column : columns) {
    lines.queries.push_back({.name = std::string(column.name), .usual = true});
  }
  return list_lines(session, contents, std::move(lines), Reply::ok(messages_left(maildrop)), 1,
                    maildrop.message_count());
}

}  // namespace pop3_legacy::commands
