"""The standalone test host, pop3-legacy-host, over Maildirs. Without --user, any name logs in with
private_host.PASSWORD."""
import os
import sys

from private_host import PrivateHost, mount_namespace, small_disk

# Called like sendmail; sends by SMTP and prints what the server said.
SENDMAIL = """#!{python} -IS
import smtplib, sys
sender, recipients = sys.argv[3], sys.argv[5:]
local, domain = sender.rsplit("@", 1)
try:
    with smtplib.SMTP("{host}", {port}, timeout=60) as smtp:
        smtp.ehlo()
        replies = [smtp.mail(sender)]
        for recipient in recipients:
            local, domain = recipient.rsplit("@", 1)
            replies.append(smtp.rcpt('"' + local + '"@' + domain if " " in local else recipient))
        replies += [smtp.data(sys.stdin.buffer.read())] if all(reply[0] < 300 for reply in replies) else []
    bad = [reply for reply in replies if reply[0] >= 300]
    if bad:
        print(bad[0][0], bad[0][1].decode())
        sys.exit(75 if bad[0][0] < 500 else 69)
except smtplib.SMTPDataError as error:
    print(error.smtp_code, error.smtp_error.decode())
    sys.exit(75 if error.smtp_code < 500 else 69)
except (OSError, smtplib.SMTPException) as error:
    print("connection:", error)
    sys.exit(75)
"""


class StandaloneHost(PrivateHost):
    """program: the path of pop3-legacy-host. policies: the policy folder. submission_host, or
    sendmail_path relative to base: where mail is sent. spool_octets: the size of the disk for
    spooled messages, which the host sees as base/spool. login: the settings for the time before
    login ("help": "long"), or None. shared: all users have this user's Maildir."""

    def __init__(self, base, program, policies=None, port=None, homes=None, submission_host=None,
                 sendmail_path=None, spool_octets=None, login=None, shared=None):
        super().__init__(base, port, homes)
        self.program = program
        self.policies = policies
        self.spool_octets = spool_octets
        self.login = login or {}
        self.shared = shared
        self.sendmail = sendmail_path and os.path.join(self.base, sendmail_path)
        if submission_host:
            host, port = submission_host.split(":")
            self.sendmail = os.path.join(self.base, "sendmail")
            with open(self.sendmail, "w") as file:
                file.write(SENDMAIL.format(python=sys.executable, host=host, port=port))
            os.chmod(self.sendmail, 0o755)

    def name(self):
        return "standalone"

    def start(self):
        command = [self.program, "--maildir", f"{self.homes}/{self.shared or '%u'}/Maildir", "--port", str(self.port)]
        command += ["--policy", self.policies] if self.policies else []
        for name, value in self.login.items():
            command += ["--login-" + name.replace("_", "-"), value]
        command += ["--sendmail", self.sendmail] if self.sendmail else []
        if not self.spool_octets:
            return self.launch(command)
        script = "\n".join(small_disk(f"{self.base}/spool", self.spool_octets) + ['exec "$@"'])
        return self.launch(mount_namespace() + ["sh", "-euc", script, "sh"] + command,
                           env=dict(os.environ, TMPDIR=f"{self.base}/spool"))
