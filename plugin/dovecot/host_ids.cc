#include "plugin/dovecot/host_ids.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "plugin/dovecot/mailbox_state.h"

extern "C" {
#include "var-expand.h"
}

namespace pop3_legacy::dovecot {

namespace {

HostIdSource source;

/// What a format may contain besides UID and UIDVALIDITY.
struct Field {
  const char* name;
  char letter;
  enum mail_fetch_field field;
};
constexpr std::array<Field, 3> fields{{{"md5", 'm', MAIL_FETCH_HEADER_MD5},
                                       {"filename", 'f', MAIL_FETCH_STORAGE_ID},
                                       {"guid", 'g', MAIL_FETCH_GUID}}};

using Values = std::array<const char*, fields.size()>;

}  // namespace

void set_host_id_source(const HostIdSource& of_process) {
  source = of_process;
}

bool serves_clients() {
  return source.serves_clients;
}

#ifdef POP3_LEGACY_HAVE_VAR_EXPAND_PROGRAM

class HostIds::Format {
 public:
  explicit Format(const std::string& text) {
    const char* error = nullptr;
    if (var_expand_program_create(text.c_str(), &program_, &error) < 0) {
      error_ = error;
      return;
    }
    for (const char* const* name = var_expand_program_variables(program_); *name != nullptr;
         ++name) {
      for (std::size_t i = 0; i < fields.size(); ++i) {
        needed_.at(i) = needed_.at(i) || std::strcmp(*name, fields.at(i).name) == 0;
      }
    }
  }
  Format(const Format&) = delete;
  Format& operator=(const Format&) = delete;
  Format(Format&&) = delete;
  Format& operator=(Format&&) = delete;
  ~Format() {
    if (program_ != nullptr) var_expand_program_free(&program_);
  }

  [[nodiscard]] bool needs(std::size_t field) const { return needed_.at(field); }

  /// False: `error_r` says why, and is valid in the caller's data stack frame.
  bool fill(string_t* out, const char* uid, const char* uidvalidity, const Values& values,
            const char** error_r) {
    *error_r = error_.c_str();
    if (program_ == nullptr) return false;
    const std::array<struct var_expand_table, fields.size() + 3> table{{
        row("uidvalidity", uidvalidity),
        row("uid", uid),
        row(fields[0].name, values[0]),
        row(fields[1].name, values[1]),
        row(fields[2].name, values[2]),
        row(nullptr, nullptr),
    }};
    struct var_expand_params params {};
    params.table = table.data();
    return var_expand_program_execute(out, program_, &params, error_r) == 0;
  }

 private:
  // A value can also come from a function; ours never do.
  static struct var_expand_table row(const char* key, const char* value) {
    struct var_expand_table made {};
    made.key = key;
    made.value = value;
    return made;
  }

  struct var_expand_program* program_ = nullptr;
  std::string error_;
  std::array<bool, fields.size()> needed_{};
};

#else

class HostIds::Format {
 public:
  // Parses what parse_uidl_keymask() in pop3-client.c parses.
  explicit Format(std::string text) : text_(std::move(text)) {
    for (const char* at = text_.c_str(); *at != '\0'; ++at) {
      if (at[0] != '%' || at[1] == '\0') continue;
      const char letter = var_get_key(++at);
      for (std::size_t i = 0; i < fields.size(); ++i) {
        needed_.at(i) = needed_.at(i) || letter == fields.at(i).letter;
      }
    }
  }

  [[nodiscard]] bool needs(std::size_t field) const { return needed_.at(field); }

  /// False: `error_r` says why, and is valid in the caller's data stack frame.
  bool fill(string_t* out, const char* uid, const char* uidvalidity, const Values& values,
            const char** error_r) {
    const std::array<struct var_expand_table, fields.size() + 3> table{{
        {'v', uidvalidity, "uidvalidity"},
        {'u', uid, "uid"},
        {fields[0].letter, values[0], fields[0].name},
        {fields[1].letter, values[1], fields[1].name},
        {fields[2].letter, values[2], fields[2].name},
        {'\0', nullptr, nullptr},
    }};
    return var_expand(out, text_.c_str(), table.data(), error_r) > 0;
  }

 private:
  std::string text_;
  std::array<bool, fields.size()> needed_{};
};

#endif

HostIds::HostIds(struct mailbox* box) : box_(box) {}

HostIds::~HostIds() = default;

Result<std::string> HostIds::id(struct mail* mail) {
  if (!format_) {
    if (source.settings != nullptr) settings_ = source.settings(box_->storage->user);
    format_ = std::make_unique<Format>(settings_ ? settings_->format : std::string());
  }
  if (!settings_) return std::string();

  const char* value = nullptr;
  if (settings_->reuse_xuidl && mail_get_first_header(mail, "X-UIDL", &value) > 0) {
    return std::string(value);
  }
  const auto of_message = [mail](const std::string& why) {
    return "UID " + std::to_string(mail->uid) + ": " + why;
  };
  Values values{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!format_->needs(i)) continue;
    if (mail_get_special(mail, fields.at(i).field, &values.at(i)) < 0) {
      Error error = mailbox_error(box_);
      error.text = of_message(error.text);
      return error;
    }
    if (*values.at(i) == '\0') {
      return Error{Failure::permanent,
                   of_message("this mailbox format has no " + std::string(fields.at(i).name) +
                              ", which is in pop3_uidl_format")};
    }
  }
  const std::string uid = std::to_string(mail->uid);
  const std::string uidvalidity =
      std::to_string(mail_index_get_header(mail->transaction->view)->uid_validity);
  std::string id;
  bool filled = false;
  T_BEGIN {
    string_t* const out = t_str_new(128);
    const char* error = nullptr;
    filled = format_->fill(out, uid.c_str(), uidvalidity.c_str(), values, &error);
    id = filled ? str_c(out) : error;
  }
  T_END;
  if (!filled) {
    return Error{Failure::permanent, "pop3_uidl_format = " + settings_->format + ": " + id};
  }
  return id;
}

}  // namespace pop3_legacy::dovecot
