#include <array>
#include <memory>
#include <string>
#include <utility>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/message_listing.h"
#include "plugin/core/session.h"

namespace pop3_legacy::commands {

namespace {

struct Column {
  std::string_view name;
  std::string_view missing;  ///< what Heimdal's pop_dropinfo.c puts there
  std::size_t octets;        ///< so that the line is not too long, with its numbers
};

constexpr std::array<Column, 4> columns{{{.name = "Subject", .missing = "<none>", .octets = 130},
                                         {.name = "From", .missing = "<unknown>", .octets = 128},
                                         {.name = "Date", .missing = "<unknown>", .octets = 64},
                                         {.name = "Message-Id", .missing = {}, .octets = 128}}};

}  // namespace

// Heimdal's pop_xover.c: the overview of a news reader, with tabs.
Answer xover(Session& session, std::string_view /*arguments*/) {
  Port& port = session.port();
  std::vector<FieldQuery> queries;
  queries.reserve(columns.size());
  for (const Column& column : columns) {
    queries.push_back({.name = std::string(column.name), .usual = true});
  }
  auto inspection = port.inspect(std::move(queries));
  if (!inspection) {
    port.log_error("XOVER: " + inspection.error().text);
    return Reply::temporary_failure("The messages cannot be read.");
  }
  auto line = [&port, look = std::shared_ptr(std::move(inspection.value()))](
                  MessageNumber number) -> Result<std::optional<std::string>> {
    auto fields = look->fields(number);
    const auto lines = fields ? look->lines(number) : Result<std::uint64_t>(fields.error());
    if (!lines && lines.error().kind != Failure::gone) {
      return Error{lines.error().kind, "XOVER: " + lines.error().text};
    }
    const std::string text = std::to_string(number);
    std::string made = text;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto field = fields ? fields.value().at(i) : std::nullopt;
      made += '\t';
      if (field) {
        made += cut(value_of(*field), columns.at(i).octets);
      } else {
        made += columns.at(i).missing.empty() ? "no-message-id-" + text
                                              : std::string(columns.at(i).missing);
      }
    }
    return std::optional(made + '\t' + std::to_string(port.octets(number)) + '\t' +
                         std::to_string(lines ? lines.value() : 0));
  };
  return {Reply::ok(messages_left(port)),
          std::make_unique<MessageListing>(port, 1, port.message_count(), std::move(line))};
}

}  // namespace pop3_legacy::commands
