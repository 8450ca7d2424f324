#include "plugin/doveadm/pop3_settings.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "plugin/files/open_file.h"

extern "C" {
#include "master-service.h"
}

namespace pop3_legacy::doveadm {

namespace {

constexpr const char* format_setting = "pop3_uidl_format";
constexpr const char* xuidl_setting = "pop3_reuse_xuidl";

/// Runs in the child. doveadm may have acted as a user until now; doveconf must be able to read the
/// configuration as doveadm did.
[[noreturn]] void become_doveconf(int output, const char* config) {
  if (::dup2(output, STDOUT_FILENO) >= 0) {
    // Without root's rights, doveconf could not open root's file either.
    if (::getuid() == 0 && ::seteuid(0) != 0) ::_exit(127);
    ::execlp("doveconf", "doveconf", "-c", config, "-f", "protocol=pop3", format_setting,
             xuidl_setting, static_cast<char*>(nullptr));
  }
  ::_exit(127);
}

/// What doveconf prints; empty if it prints nothing.
std::string ask_doveconf(const char* config) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return {};
  files::OpenFile input(ends[0]);
  std::string printed;
  pid_t child = -1;
  {
    const files::OpenFile output(ends[1]);
    child = ::fork();
    if (child == 0) become_doveconf(output.get(), config);
  }
  if (child < 0) return {};
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t got = ::read(input.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    printed.append(piece.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return printed;
}

/// The value in a line "name = value".
std::optional<std::string> value_of(std::string_view printed, std::string_view name) {
  const std::string start = std::string(name) + " = ";
  while (!printed.empty()) {
    const std::string_view line = printed.substr(0, printed.find('\n'));
    if (line.starts_with(start)) return std::string(line.substr(start.size()));
    printed.remove_prefix(std::min(line.size() + 1, printed.size()));
  }
  return std::nullopt;
}

std::optional<dovecot::HostIdSettings> read_settings() {
  const char* const config = master_service_get_config_path(master_service);
  struct stat about {};
  if (config == nullptr || ::stat(config, &about) < 0 || !S_ISREG(about.st_mode)) {
    return std::nullopt;
  }
  const std::string printed = ask_doveconf(config);
  auto format = value_of(printed, format_setting);
  if (!format || format->empty() || format->starts_with('"')) return std::nullopt;
  return dovecot::HostIdSettings{.format = std::move(*format),
                                 .reuse_xuidl = value_of(printed, xuidl_setting) == "yes"};
}

}  // namespace

std::optional<dovecot::HostIdSettings> pop3_id_settings(const struct mail_user* /*user*/) {
  static const std::optional<dovecot::HostIdSettings> settings = read_settings();
  return settings;
}

}  // namespace pop3_legacy::doveadm
