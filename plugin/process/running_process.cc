#include "plugin/process/running_process.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "plugin/core/base/number.h"
#include "plugin/files/open_file.h"

namespace pop3_legacy::process {

namespace {

/// Enough of a boot's id (32 digits) to distinguish boots.
constexpr std::size_t boot_digits = 16;
/// In /proc/PID/stat, counted after the name of the program, which may contain any octet.
constexpr int start_time_field = 20;

/// The beginning of a small file, which for a file in /proc is the whole. Empty: it cannot be read.
std::string content_of(const std::string& path) {
  const files::OpenFile file(files::open_retrying(AT_FDCWD, path, O_RDONLY));
  std::array<char, 1024> octets{};
  const ssize_t count = file.open() ? ::read(file.get(), octets.data(), octets.size()) : 0;
  return {octets.data(), static_cast<std::size_t>(std::max(count, ssize_t{0}))};
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  return digits;
}

/// Identifies the space in which process numbers have the same meaning as here; empty: unknown.
const std::string& space() {
  static const std::string made = [] {
    std::string boot = digits_of(content_of("/proc/sys/kernel/random/boot_id"));
    std::array<char, 64> link{};  // "pid:[4026531836]"
    const ssize_t length = ::readlink("/proc/self/ns/pid", link.data(), link.size());
    const std::string_view text(link.data(),
                                static_cast<std::size_t>(std::max(length, ssize_t{0})));
    const std::size_t bracket = std::min(text.find('['), text.size());
    const std::string numbers = digits_of(text.substr(bracket));
    return boot.empty() || numbers.empty() ? std::string()
                                           : boot.substr(0, boot_digits) + '-' + numbers;
  }();
  return made;
}

/// In clock ticks since the boot; empty: /proc does not show it.
std::string start_time_of(const std::string& number) {
  const std::string stat = content_of("/proc/" + number + "/stat");
  const std::size_t behind_name = stat.rfind(')');
  if (behind_name == std::string::npos) return {};
  std::string_view rest = std::string_view(stat).substr(behind_name + 1);
  std::string_view word;
  for (int field = 0; field < start_time_field; ++field) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
  }
  return std::string(word);
}

}  // namespace

std::string this_process() {
  const std::string number = std::to_string(::getpid());
  const std::string started = start_time_of(number);
  return space().empty() || started.empty() ? std::string()
                                            : space() + '-' + number + '-' + started;
}

std::optional<bool> is_running(std::string_view name) {
  if (space().empty() || !name.starts_with(space() + '-')) return std::nullopt;
  name.remove_prefix(space().size() + 1);
  const std::size_t dash = std::min(name.find('-'), name.size());
  const std::string_view number = name.substr(0, dash);
  const auto pid = whole_number<pid_t>(number);
  if (!pid || *pid <= 0 || dash >= name.size()) return std::nullopt;
  const std::string started = start_time_of(std::string(number));
  if (!started.empty()) return started == name.substr(dash + 1);
  // /proc may hide the process (hidepid), but kill() sees it.
  if (::kill(*pid, 0) != 0 && errno == ESRCH) return false;
  return std::nullopt;
}

}  // namespace pop3_legacy::process
