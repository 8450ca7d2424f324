#include "plugin/dovecot/output_filter.h"

#include <algorithm>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/dovecot/module_context.h"
#include "plugin/dovecot/trampoline.h"

namespace pop3_legacy::dovecot {

namespace {

MODULE_CONTEXT_DEFINE_INIT(output_module, &pop3_module_register);

constexpr std::string_view line_end = "\r\n";

struct OutputFilter {
  struct ostream_private ostream;  // must be first: Dovecot frees the struct by this address
  ReplyEditor* editor;
  std::string* line;  // owned: what has arrived of an answer's first line
  std::string* held;  // owned: the reply to the login
  bool logged_in;     // the reply to the login has passed
};

OutputFilter& filter_of(struct ostream_private* stream) {
  return *reinterpret_cast<OutputFilter*>(stream);
}

OutputFilter& filter_of(struct ostream* stream) {
  return filter_of(stream->real_stream);
}

std::string_view octets_of(const struct const_iovec& piece) {
  return {static_cast<const char*>(piece.iov_base), piece.iov_len};
}

// In `joined`, if there is more than one piece.
std::string_view octets_of(const struct const_iovec* iov, unsigned count, std::string& joined) {
  if (count == 1) {
    return octets_of(*iov);
  }
  for (unsigned i = 0; i < count; ++i) {
    joined.append(octets_of(iov[i]));
  }
  return joined;
}

void send(OutputFilter& filter, std::string_view octets) {
  o_stream_nsend(filter.ostream.parent, octets.data(), octets.size());
}

bool wants_line(const OutputFilter& filter) {
  return !filter.logged_in || !filter.line->empty() ||
         (filter.editor != nullptr && filter.editor->awaits_reply());
}

// A line is complete.
void take_line(OutputFilter& filter, std::string_view line) {
  if (!filter.logged_in) {
    filter.logged_in = true;
    if (line.starts_with("+OK")) {
      *filter.held = line;
      return;
    }
  } else if (filter.editor != nullptr) {
    send(filter, filter.editor->reworded(line).append(line_end));
    return;
  }
  send(filter, std::string(line).append(line_end));
}

// The login failed after all: what is sent instead must be the only reply to PASS.
void drop_held(OutputFilter& filter) {
  filter.held->clear();
}

void edit(OutputFilter& filter, std::string_view octets) {
  if (!filter.held->empty()) {
    drop_held(filter);
  }
  while (!octets.empty() && wants_line(filter)) {
    const std::size_t line_feed = octets.find('\n');
    if (line_feed == std::string_view::npos) {
      filter.line->append(octets);
      return;
    }
    const std::string_view end = octets.substr(0, line_feed + 1);
    octets.remove_prefix(end.size());
    if (filter.line->empty()) {
      take_line(filter, without_line_end(end));
    } else {
      const std::string line = std::exchange(*filter.line, {}).append(end);
      take_line(filter, without_line_end(line));
    }
  }
  if (!octets.empty()) {
    send(filter, octets);
  }
}

ssize_t pass(struct ostream_private* stream, const struct const_iovec* iov, unsigned count) {
  const ssize_t sent = o_stream_sendv(stream->parent, iov, count);
  if (sent < 0) {
    o_stream_copy_error_from_parent(stream);
    return -1;
  }
  stream->ostream.offset += static_cast<uoff_t>(sent);
  return sent;
}

ssize_t output_filter_sendv(struct ostream_private* stream, const struct const_iovec* iov,
                            unsigned count) {
  OutputFilter& filter = filter_of(stream);
  if (filter.held->empty() && !wants_line(filter)) {
    return pass(stream, iov, count);
  }
  // Dovecot expects to hear that all its octets were taken, whatever was made of them.
  const ssize_t taken = trampoline("a reply", ssize_t{-1}, [&] {
    std::string joined;
    const std::string_view octets = octets_of(iov, count, joined);
    edit(filter, octets);
    return static_cast<ssize_t>(octets.size());
  });
  if (taken < 0) {
    stream->ostream.stream_errno = ENOMEM;
    return -1;
  }
  if (stream->parent->stream_errno != 0) {
    o_stream_copy_error_from_parent(stream);
    return -1;
  }
  stream->ostream.offset += static_cast<uoff_t>(taken);
  return taken;
}

void output_filter_destroy(struct iostream_private* stream) {
  auto& filter = *reinterpret_cast<OutputFilter*>(stream);
  delete filter.line;
  delete filter.held;
  o_stream_unref(&filter.ostream.parent);
}

}  // namespace

void output_filter_install(struct client* client) {
  OutputFilter* const filter = i_new(OutputFilter, 1);
  // owned by the stream; output_filter_destroy() deletes them
  filter->line = new std::string;
  filter->held = new std::string;
  filter->ostream.sendv = output_filter_sendv;
  filter->ostream.iostream.destroy = output_filter_destroy;
  struct ostream* host_output = client->output;
  client->output = o_stream_create(&filter->ostream, host_output, o_stream_get_fd(host_output));
  client->output->offset = host_output->offset;
  o_stream_unref(&host_output);  // the filter holds its own reference
  set_module_context(client, output_module, client->output);
}

struct ostream* output_filter_of(struct client* client) {
  return module_context<struct ostream>(client, output_module);
}

void output_filter_set_editor(struct ostream* filter, ReplyEditor* editor) {
  filter_of(filter).editor = editor;
}

std::string_view output_filter_held(const struct ostream* filter) {
  return *reinterpret_cast<const OutputFilter*>(filter->real_stream)->held;
}

void output_filter_release(struct ostream* filter, std::string_view line) {
  OutputFilter& self = filter_of(filter);
  self.held->clear();
  send(self, std::string(line).append(line_end));
}

void output_filter_expect_no_login(struct ostream* filter) {
  filter_of(filter).logged_in = true;
}

}  // namespace pop3_legacy::dovecot
