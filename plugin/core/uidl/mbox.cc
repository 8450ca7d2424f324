// Schemes based on the contents of an mbox.

#include <algorithm>
#include <array>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/hashed.h"
#include "plugin/core/uidl/header_lines.h"
#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::size_t tpop3d_octets = 512;

bool solid_hashes(std::string_view line) noexcept {
  constexpr std::array<std::string_view, 4> names = {
      "Received:", "Date:", "Message-Id:", "Subject:"};
  return std::any_of(names.begin(), names.end(),
                     [line](std::string_view name) { return line.starts_with(name); });
}

/// The lines that popa3d hashes.
std::vector<std::string_view> fixed_lines(std::string_view header) {
  std::vector<std::string_view> found;
  bool received = false;
  bool fixed = false;
  for (const std::string_view line : lines(header)) {
    if (!continues(line)) {
      const bool first_received = !received && begins(line, "Received:");
      received = received || first_received;
      // The X is compared case-sensitively, the rest of the name is not.
      fixed = first_received || begins(line, "Delivered-To:") ||
              (!received && (begins(line, "Date:") || begins(line, "Message-ID:"))) ||
              (line.starts_with('X') && begins(line, "X-Delivery-ID:"));
    }
    if (fixed) add_piece(found, line);
  }
  return found;
}

}  // namespace

/// The MD5 of the first 512 octets, starting with the "From " line. If the message is shorter, this
/// includes the empty line before the next "From " line. No value without a "From " line.
RawId tpop3d_mbox(Facts& facts, const Context& context) {
  auto envelope = facts.envelope_line();
  if (!envelope) return envelope.error();
  if (!envelope.value()) return std::optional<std::string>{};
  // Twice as many octets, because half of them may be CR.
  auto message = facts.beginning(2 * tpop3d_octets);
  if (!message) return message.error();
  const bool whole = message.value().size() < 2 * tpop3d_octets;
  std::string text = with_lf(std::move(*envelope.value()));
  text += with_lf(std::move(message.value()));
  if (whole) text += '\n';
  return hex_of(md5_of(context, std::string_view(text).substr(0, tpop3d_octets)));
}

/// The MD5 of the lines that begin with "Received:", "Date:", "Message-Id:" or "Subject:" in
/// exactly this spelling, without their continuations.
RawId solid_mbox(Facts& facts, const Context& context) {
  auto header = facts.header();
  if (!header) return header.error();
  const std::string text = with_lf(std::move(header.value()));
  std::vector<std::string_view> pieces;
  for (const std::string_view line : lines(text)) {
    if (solid_hashes(line)) add_piece(pieces, line);
  }
  return hex_of(md5_of(context, pieces));
}

/// Half an MD5 of the fields that an MUA does not change, with their continuations: the first
/// Received, Date and Message-ID before it, each Delivered-To, and each X-Delivery-ID whose X is
/// upper case.
RawId popa3d(Facts& facts, const Context& context) {
  auto header = facts.header();
  if (!header) return header.error();
  const std::string text = with_lf(std::move(header.value()));
  const auto digest = md5_of(context, fixed_lines(text));
  if (!digest) return digest.error();
  // Two numbers of a little-endian machine, as "%08x%08x" prints them.
  const Md5Digest& d = digest.value();
  return std::optional(
      hex(std::array<std::uint8_t, 8>{d[3], d[2], d[1], d[0], d[7], d[6], d[5], d[4]}));
}

}  // namespace pop3_legacy::uidl
