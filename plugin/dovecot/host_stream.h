/* Streams of our own above one of Dovecot's. In C, because mail_server.c has one as well. */
#ifndef POP3_LEGACY_DOVECOT_HOST_STREAM_H
#define POP3_LEGACY_DOVECOT_HOST_STREAM_H

#ifdef __cplusplus
extern "C" {
#endif

struct istream;
struct istream_private;

/* i_stream_create() without flags. reads_others: while it is read, the stream may also read streams
   other than its parent, such as mail. Dovecot 2.4.5 ends the process if it does so without having
   said so. */
struct istream* pop3_legacy_host_stream_create(struct istream_private* stream,
                                               struct istream* parent, int fd, int reads_others);

#ifdef __cplusplus
}
#endif

#endif
