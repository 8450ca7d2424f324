#include "plugin/core/commands/message_lines.h"

#include <memory>
#include <utility>

#include "plugin/core/commands/message_listing.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

namespace {

// `seen` is what was seen of the message before, whose memory is used again.
Result<bool> look_at(host::Inspection& look, const MessageLines& lines, Seen& seen,
                     MessageNumber number, std::string& to) {
  const Status found = look.fields(number, seen.fields);
  const auto counted =
      found && lines.count_lines ? look.lines(number) : Result<std::uint64_t>(std::uint64_t{0});
  for (const Error* error :
       {found ? nullptr : &found.error(), counted ? nullptr : &counted.error()}) {
    if (error != nullptr && error->kind != Failure::gone) {
      return *error;
    }
  }
  seen.there = found && counted;
  seen.lines = seen.there ? counted.value() : 0;
  if (!seen.there) seen.fields.clear();
  seen.fields.resize(lines.queries.size());
  return lines.line(seen, number, to);
}

Error named(std::string_view command, const Error& error) {
  return {error.kind, std::string(command) + ": " + error.text};
}

}  // namespace

Answer list_lines(Session& session, host::Contents& contents, MessageLines lines,
                  const Reply& first, MessageNumber from, MessageNumber to) {
  auto inspection = contents.inspect(lines.queries);
  if (!inspection) {
    session.environment().log_error(named(lines.command, inspection.error()).text);
    return Reply::temporary_failure("The messages cannot be read.");
  }
  auto line = [look = std::shared_ptr(std::move(inspection.value())), lines = std::move(lines),
               seen = Seen()](MessageNumber number, std::string& piece) mutable -> Result<bool> {
    const Result<bool> made = look_at(*look, lines, seen, number, piece);
    return made ? made : named(lines.command, made.error());
  };
  return {first, std::make_unique<MessageListing>(session.maildrop(), from, to, std::move(line))};
}

Reply line_of_one(Session& session, host::Contents& contents, const MessageLines& lines,
                  MessageNumber number) {
  const auto inspection = contents.inspect(lines.queries);
  Seen seen;
  std::string line;
  const auto made = inspection ? look_at(*inspection.value(), lines, seen, number, line)
                               : Result<bool>(inspection.error());
  if (!made) {
    session.environment().log_error(named(lines.command, made.error()).text);
    return Reply::temporary_failure("The message cannot be read.");
  }
  return Reply::ok(line);
}

}  // namespace pop3_legacy::commands
