#include "plugin/dovecot/host_stream.h"

#include "config.h"
#include "lib.h"
/* after lib.h */
#include "istream-private.h"

struct istream* pop3_legacy_host_stream_create(struct istream_private* stream,
                                               struct istream* parent, int fd,
                                               int reads_others ATTR_UNUSED) {
#ifdef POP3_LEGACY_HAVE_HIDDEN_INPUTS
  return i_stream_create(
      stream, parent, fd,
      reads_others ? ISTREAM_HIDDEN_INPUTS_UNCHECKED : ISTREAM_HIDDEN_INPUTS_NONE, 0);
#else
  return i_stream_create(stream, parent, fd, 0);
#endif
}
