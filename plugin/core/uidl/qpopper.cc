// Schemes based on the "From " line and some header lines; no value without a "From " line.

#include <algorithm>
#include <array>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/hashed.h"
#include "plugin/core/uidl/header_lines.h"
#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

namespace {

struct Build {
  bool old_style = false;
  bool content_length = false;
};

bool hashed(std::string_view line, const Build& build) noexcept {
  constexpr std::array<std::string_view, 4> names = {
      "Received:", "Date:", "Message-Id:", "Subject:"};
  // Unlike the others, this name is compared case-sensitively.
  return (build.content_length && line.starts_with("Content-Length:")) ||
         std::any_of(names.begin(), names.end(),
                     [line](std::string_view name) { return begins(line, name); });
}

RawId made_by(const Build& build, Facts& facts, const Context& context) {
  auto envelope = facts.envelope_line();
  if (!envelope) return envelope.error();
  if (!envelope.value()) return std::optional<std::string>{};
  auto header = facts.header();
  if (!header) return header.error();
  // Treated as one text, because a long "From " line is cut like any other, and its rest counts as
  // a header line.
  std::string text = with_lf(std::move(*envelope.value()));
  text += with_lf(std::move(header.value()));
  std::replace(text.begin(), text.end(), '\0', ' ');

  std::string_view envelope_line;
  std::vector<std::string_view> pieces;
  for (const std::string_view line : popper_lines(text)) {
    if (envelope_line.empty()) {
      envelope_line = line;
      pieces.push_back(line);
    } else if (hashed(line, build)) {
      add_piece(pieces, line);
    }
  }
  if (pieces.empty()) return std::optional<std::string>{};
  if (!build.old_style) pieces.push_back(envelope_line);
  const auto digest = md5_of(context, pieces);
  if (!digest) return digest.error();
  return std::optional(build.old_style ? hex(digest.value()) : base80(digest.value()));
}

}  // namespace

/// Like version 2, and later ones with old-style-uid: MD5 in hexadecimal.
RawId qpopper_old(Facts& facts, const Context& context) {
  return made_by({.old_style = true}, facts, context);
}

/// Like versions 3 and 4 without status updates: the "From " line again at the end; base80.
RawId qpopper(Facts& facts, const Context& context) {
  return made_by({}, facts, context);
}

/// The same, if Qpopper was built with CONTENT_LENGTH.
RawId qpopper_old_content_length(Facts& facts, const Context& context) {
  return made_by({.old_style = true, .content_length = true}, facts, context);
}

RawId qpopper_content_length(Facts& facts, const Context& context) {
  return made_by({.content_length = true}, facts, context);
}

}  // namespace pop3_legacy::uidl
