/// What a session reports once, however often it happens.
#ifndef POP3_LEGACY_CORE_HOST_SESSION_REPORTS_H
#define POP3_LEGACY_CORE_HOST_SESSION_REPORTS_H

#include <set>
#include <string>
#include <string_view>

#include "plugin/core/host/environment.h"

namespace pop3_legacy::host {

/// A client may try the same many times, and the log needs it once.
class SessionReports {
 public:
  /// `environment` must outlive this object.
  explicit SessionReports(Environment& environment) : environment_(environment) {}

  /// Reports `event` if `kind`, a literal, is new to this session.
  void report_once(std::string_view kind, const Event& event) {
    if (kinds_.insert(kind).second) environment_.report(event);
  }
  /// A limit was reached: that of `key`, a literal, in the policy's `table`.
  void limit_reached(std::string_view table, std::string_view key, const std::string& what) {
    report_once(key, {.text = what + " ([" + std::string(table) + "] " + std::string(key) + ")",
                      .name = "pop3_legacy_limit_reached",
                      .fields = {{"limit", std::string(key)}}});
  }

 private:
  Environment& environment_;
  std::set<std::string_view> kinds_;
};

}  // namespace pop3_legacy::host

#endif
