#include "plugin/dovecot/input_filter.h"

#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "plugin/dovecot/client_session.h"
#include "plugin/dovecot/host_stream.h"
#include "plugin/dovecot/trampoline.h"

namespace pop3_legacy::dovecot {

namespace {

struct InputFilter {
  struct istream_private istream;  // must be first: Dovecot frees the struct by this address
  ClientSession* session;
  // Octets in the stream's offset that the host was not given, less what it was given in place of
  // others. The difference may be negative; it then wraps.
  uoff_t own_octets;
  bool too_long;  // the host has been given a line without an end, and gets nothing more
};

InputFilter& filter_of(struct istream_private* stream) {
  return *reinterpret_cast<InputFilter*>(stream);
}

std::string_view buffered(struct istream* parent) {
  size_t size = 0;
  const unsigned char* const data = i_stream_get_data(parent, &size);
  return {reinterpret_cast<const char*>(data), size};
}

/// Counts `octets` that the host is not given. Negative, wrapped, where it is given more.
void pass_over(InputFilter& filter, uoff_t octets) {
  filter.own_octets += octets;
  filter.istream.istream.v_offset += octets;
}

/// Shows the host the first `octets` of the parent's buffer.
ssize_t hand_out(InputFilter& filter, std::string_view data, size_t octets) {
  struct istream_private& stream = filter.istream;
  stream.buffer = reinterpret_cast<const unsigned char*>(data.data());
  stream.skip = 0;
  stream.pos = octets;
  return static_cast<ssize_t>(octets);
}

ssize_t end_of_input(InputFilter& filter, int error) {
  filter.istream.istream.stream_errno = error;
  filter.istream.istream.eof = true;
  return -1;
}

ssize_t give_to_host(InputFilter& filter, std::string_view data, const Decision& decision) {
  if (decision.octets < data.size()) {
    i_stream_set_input_pending(&filter.istream.istream, true);
  }
  if (decision.rewritten.empty()) {
    return hand_out(filter, data, decision.octets);
  }
  i_stream_skip(filter.istream.parent, decision.octets);
  pass_over(filter, decision.octets - decision.rewritten.size());
  return hand_out(filter, decision.rewritten, decision.rewritten.size());
}

/// No value: there is more in the parent's buffer now.
std::optional<ssize_t> read_parent(InputFilter& filter) {
  struct istream* const parent = filter.istream.parent;
  switch (i_stream_read_memarea(parent)) {
    case 0:
      return 0;
    case -1:
      return end_of_input(filter, parent->stream_errno);
    case -2: {
      // The line is longer than the buffer. The host says so and disconnects, as it would without
      // us. It must never see the end of that line and execute it.
      filter.too_long = true;
      const std::string_view whole = buffered(parent);
      i_stream_set_input_pending(&filter.istream.istream, true);
      return hand_out(filter, whole, whole.size());
    }
    default:
      return std::nullopt;
  }
}

ssize_t read_lines(InputFilter& filter) {
  struct istream_private& stream = filter.istream;
  struct istream* const parent = stream.parent;
  if (stream.skip != stream.pos) {
    return filter.too_long ? -2 : 0;  // the host has not consumed what it has
  }
  // What the host has consumed is consumed from the parent as well.
  i_stream_seek(parent, stream.parent_start_offset + stream.istream.v_offset);
  stream.skip = stream.pos = 0;

  // At most one read of the parent per call, so that one client cannot keep the process busy.
  for (bool have_read = false;;) {
    if (!filter.session->may_continue()) {
      return stream.istream.stream_errno != 0 ? -1 : 0;
    }
    std::string_view data = buffered(parent);
    if (data.empty() && !std::exchange(have_read, true)) {
      if (const auto result = read_parent(filter)) {
        return *result;
      }
      data = buffered(parent);
    }
    if (data.empty()) {
      return 0;
    }
    if (filter.session->takes_data()) {
      const std::size_t taken = filter.session->take_data(data);
      i_stream_skip(parent, taken);
      pass_over(filter, taken);
      continue;
    }
    Decision decision = filter.session->take(data, input_filter_given(&stream.istream));
    switch (decision.taker) {
      case Taker::host:
        return give_to_host(filter, data, decision);
      case Taker::ours:
        i_stream_skip(parent, decision.octets);
        pass_over(filter, decision.octets);
        filter.session->answer(std::move(decision));
        continue;
      case Taker::later:
        filter.session->come_back(decision.pause);
        return 0;
      case Taker::incomplete:
        break;
    }
    if (have_read) {
      return 0;
    }
    have_read = true;
    if (const auto result = read_parent(filter)) {
      return *result;
    }
  }
}

ssize_t input_filter_read(struct istream_private* stream) {
  InputFilter& filter = filter_of(stream);
  if (filter.session == nullptr) {
    return end_of_input(filter, EPIPE);
  }
  constexpr ssize_t thrown = -3;  // not a result that a read can have
  const ssize_t result = trampoline("reading commands", thrown, [&] { return read_lines(filter); });
  if (filter.session != nullptr) {
    filter.session->let_answers_leave();
  }
  return result == thrown ? end_of_input(filter, ENOMEM) : result;
}

}  // namespace

struct istream* input_filter_create(struct istream* parent, ClientSession* session) {
  InputFilter* const filter = i_new(InputFilter, 1);
  filter->session = session;
  filter->istream.read = input_filter_read;
  filter->istream.max_buffer_size = parent->real_stream->max_buffer_size;
  filter->istream.istream.readable_fd = parent->readable_fd;
  filter->istream.istream.blocking = parent->blocking;
  filter->istream.istream.seekable = false;
  // Our commands are answered in here, and read mail and programs' output.
  struct istream* const stream = pop3_legacy_host_stream_create(
      &filter->istream, parent, i_stream_get_fd(parent), /*reads_others=*/1);
  i_stream_set_name(stream, i_stream_get_name(parent));
  return stream;
}

uoff_t input_filter_given(const struct istream* filter) {
  const auto* const self = reinterpret_cast<const InputFilter*>(filter->real_stream);
  return filter->v_offset - self->own_octets;
}

void input_filter_detach(struct istream* filter) {
  InputFilter& self = filter_of(filter->real_stream);
  self.session = nullptr;
  self.istream.skip = self.istream.pos = 0;  // the data may belong to the session
}

bool input_filter_has_more(const struct istream* filter) {
  return input_filter_waiting(filter) > 0;
}

std::size_t input_filter_waiting(const struct istream* filter) {
  const struct istream_private* const stream = filter->real_stream;
  const uoff_t seen = stream->parent_start_offset + filter->v_offset + (stream->pos - stream->skip);
  const uoff_t end = stream->parent->v_offset + buffered(stream->parent).size();
  return end > seen ? end - seen : 0;
}

}  // namespace pop3_legacy::dovecot
