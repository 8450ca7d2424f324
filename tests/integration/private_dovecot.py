#!/usr/bin/env python3
"""A Dovecot of one's own on 127.0.0.1: its files in one folder, its mounts in a mount namespace
that ends with it. A Dovecot that is installed and configured on the machine is not touched.

  private_dovecot.py --base DIR --modules DIR [--tree DIR] [--policies DIR] [--port N] [--no-plugin]
                     [--login-help STYLE] [--login-capabilities LINES] [--login-unknown-command TEXT]

starts one, prints "listening on 127.0.0.1:PORT" and serves until SIGTERM or Ctrl-C. Any user
name is a user, the password is "secret", mail is in BASE/homes/<user>/Maildir. With --tree the
Dovecot of that Debian tree (see debian_tree.sh) runs, in a chroot.
"""
import argparse
import os
import signal
import subprocess
import sys
import time

from private_host import MAIL_UID, PASSWORD, PrivateHost, free_port, mount_namespace, small_disk


SYSTEM_MODULES = "/usr/lib/dovecot/modules"


class PrivateDovecot(PrivateHost):
    """modules: the build's folder of modules. tree: the root of another Debian, or None. policies:
    the policy folder, or None for the built-in defaults; policy_setting: the value of the setting
    if it is a different one. plugin=False: the same Dovecot without the plugin. settings: lines for
    dovecot.conf, in which @base@ stands for base. tls: STLS, and POP3S at pop3s_port, with a
    private certificate. proxy_to: the port of another such server, to which all users are
    forwarded. clients: how many share a pop3 process. submission_host, or sendmail_path relative to
    base: where mail is sent. spool_octets: the size of the disk that is Dovecot's mail_temp_dir,
    base/spool. users: for users with their own userdb fields, the lines of a passwd-file, given the
    folder of homes. more_folders: other folders that the server needs. mail_format: for the mail of
    all users, in homes/<user>/Maildir or otherwise in homes/<user>/mail. login: the settings of the
    login plugin ("help": "long"), which is loaded unless this is None. dovecots_plugins: Dovecot's
    own mail plugins that pop3 also loads ("acl"). everywhere: all processes load the plugins, not
    only pop3. hidden_modules: those of our modules that are not
    where Dovecot looks."""

    def __init__(self, base, modules, tree=None, policies=None, port=None, plugin=True, settings="",
                 users=lambda homes: (), homes=None, tls=False, clients=1, policy_setting=None,
                 submission_host=None, sendmail_path=None, spool_octets=None, more_folders=(),
                 login=None, dovecots_plugins=(), hidden_modules=(), mail_format="maildir", proxy_to=None,
                 everywhere=False):
        super().__init__(base, port, homes)
        self.dovecots_plugins = dovecots_plugins
        self.hidden_modules = hidden_modules
        self.modules = os.path.abspath(modules) if modules else None
        self.tree = os.path.abspath(tree) if tree else ""
        self.policies = os.path.abspath(policies) if policies else None
        self.more_folders = set(more_folders)
        self.plugin = plugin
        self.settings = settings
        self.tls = tls
        self.pop3s_port = free_port() if tls else 0
        self.proxy_to = proxy_to
        self.clients = clients
        self.everywhere = everywhere
        self.mail_settings = {"submission_host": submission_host,
                              "sendmail_path": sendmail_path and os.path.join(self.base, sendmail_path)}
        self.spool_octets = spool_octets
        self.policy_setting = policy_setting or self.policies
        self.login = login
        self.mail_format = mail_format
        self.log_file = os.path.join(self.base, "dovecot.log")
        for folder in ("run", "state", "modules"):
            os.makedirs(os.path.join(self.base, folder), exist_ok=True)
        self.typed_settings = self.version().startswith("2.4")
        with open(os.path.join(self.base, "users"), "w") as file:
            file.writelines(line + "\n" for line in users(self.homes))
        if tls:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                            "/CN=127.0.0.1", "-keyout", f"{self.base}/key.pem", "-out", f"{self.base}/cert.pem"],
                           check=True, stderr=subprocess.DEVNULL)
        with open(os.path.join(self.base, "dovecot.conf"), "w") as file:
            file.write(self.configuration())

    def version(self):
        command = (["chroot", self.tree] if self.tree else []) + ["dovecot", "--version"]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[0]

    def name(self):
        return "dovecot-" + ".".join(self.version().split(".")[:2])

    def configuration(self):
        base, uid = self.base, MAIL_UID
        common = f"""
protocols = pop3
listen = 127.0.0.1
{self._tls_settings()}
{self._process_settings()}
{self._login_settings()}
base_dir = {base}/run
state_dir = {base}/state
log_path = {self.log_file}
first_valid_uid = 500
auth_mechanisms = plain
auth_failure_delay = 0
# Nobody waits because logins before have failed.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
mail_fsync = never
"""
        if self.modules and self.plugin:
            # Dovecot's own plugins are in its folder, where _mounts() puts ours as well.
            common += f"mail_plugin_dir = {SYSTEM_MODULES if self.dovecots_plugins or self.hidden_modules else self.modules}\n"
        if self.spool_octets:
            common += f"mail_temp_dir = {base}/spool\n"
        for name, value in self.mail_settings.items():
            if value:
                common += f"{name} = {value}\n"
                if not self.typed_settings:
                    # Must follow the setting that it takes its value from.
                    common += f"plugin {{\n  pop3_legacy_{name} = ${name}\n}}\n"
        if self.typed_settings:
            policy = f"pop3_legacy_policy = {self.policy_setting}" if self.policy_setting and self.plugin else ""
            lines = "".join(f"    {name} = yes\n" for name in self._plugins())
            plugin = f"mail_plugins {{\n{lines}  }}" if lines else ""
            version = self.version().split("-")[0]
            proxy = f"  fields {{\n    proxy = y\n    host = 127.0.0.1\n    port = {self.proxy_to}\n  }}\n" \
                if self.proxy_to else ""
            return f"""dovecot_config_version = {version}
dovecot_storage_version = {version}
auth_allow_cleartext = yes
{self._mail_settings()}
passdb passwd-file {{
  passwd_file_path = {base}/users
}}
passdb static {{
  password = {PASSWORD}
{proxy}}}
userdb passwd-file {{
  passwd_file_path = {base}/users
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {uid}
    home = {self.homes}/%{{user}}
  }}
}}
{self._pop3(plugin)}{policy}
{common}{self.settings.replace("@base@", base)}
"""
        policy = ""
        if self.policy_setting and self.plugin:
            policy = f"plugin {{\n  pop3_legacy_policy = {self.policy_setting}\n}}\n"
        plugin = "mail_plugins = " + " ".join(self._plugins())
        proxy = f" proxy=y host=127.0.0.1 port={self.proxy_to}" if self.proxy_to else ""
        return f"""disable_plaintext_auth = no
{self._mail_settings()}
passdb {{
  driver = passwd-file
  args = {base}/users
}}
passdb {{
  driver = static
  args = password={PASSWORD}{proxy}
}}
userdb {{
  driver = passwd-file
  args = {base}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={self.homes}/%u
}}
{self._pop3(plugin)}{policy}{common}{self.settings.replace("@base@", base)}
"""

    def _plugins(self):
        return [*self.dovecots_plugins, *(["pop3_legacy"] if self.plugin else [])]

    def _pop3(self, plugin):
        address = "listen" if self.typed_settings else "address"
        return f"""service pop3-login {{
  inet_listener pop3 {{
    {address} = 127.0.0.1
    port = {self.port}
  }}
  inet_listener pop3s {{
    {address} = 127.0.0.1
    port = {self.pop3s_port}
    ssl = yes
  }}
}}
protocol pop3 {{
  mail_max_userip_connections = 0
  {"" if self.everywhere else plugin}
}}
{plugin if self.everywhere else ""}
"""

    def _mail_settings(self):
        folder = "~/Maildir" if self.mail_format == "maildir" else "~/mail"
        mbox = self.mail_format == "mbox"
        if self.typed_settings:
            inbox = f"\nmail_inbox_path = {folder}/inbox" if mbox else ""
            return f"mail_driver = {self.mail_format}\nmail_path = {folder}{inbox}"
        return f"mail_location = {self.mail_format}:{folder}" + (f":INBOX={folder}/inbox" if mbox else "")

    def _tls_settings(self):
        if not self.tls:
            return "ssl = no"
        if self.typed_settings:
            return f"ssl = yes\nssl_server_cert_file = {self.base}/cert.pem\nssl_server_key_file = {self.base}/key.pem"
        return f"ssl = yes\nssl_cert = <{self.base}/cert.pem\nssl_key = <{self.base}/key.pem"

    def _login_settings(self):
        if self.login is None or not self.plugin:
            return ""
        lines = [f"pop3_legacy_login_{name} = {value}" for name, value in self.login.items()]
        if not self.typed_settings:
            lines = ["plugin {", *lines, "}"]
        load = "login_plugins {\n    pop3_legacy_login = yes\n  }" if self.typed_settings \
            else "login_plugins = $login_plugins pop3_legacy_login"
        return "\n".join([f"login_plugin_dir = {self.modules}", "protocol pop3 {", f"  {load}", "}", *lines])

    def _process_settings(self):
        if self.clients == 1:
            return ""
        endless = "restart_request_count = unlimited" if self.typed_settings else "service_count = 0"
        return f"service pop3 {{\n  {endless}\n  client_limit = {self.clients}\n  process_limit = 1\n}}"

    def _mounts(self):
        """Shell lines that make base, modules and policies visible where the server looks."""
        lines = ["set -e"]
        for path in ({self.base, self.homes, self.modules, self.policies} | self.more_folders) - {None}:
            if self.tree:
                lines += [f"mkdir -p '{self.tree}{path}'", f"mount --bind '{path}' '{self.tree}{path}'"]
        if self.tree:
            lines.append(f"mount -t proc proc '{self.tree}/proc'")
        if self.spool_octets:
            lines += small_disk(f"{self.tree}{self.base}/spool", self.spool_octets)
        if self.plugin:
            # doveadm and the config process look for their modules in one place only: show them a
            # copy of that folder with ours added.
            ours = {"lib95_pop3_legacy_plugin.so": ".", "pop3_legacy_idn.so": ".",
                    "doveadm/lib20_doveadm_pop3_legacy_plugin.so": "doveadm"}
            if self.typed_settings:
                ours["libpop3_legacy_settings.so"] = "settings"
            system, copy = SYSTEM_MODULES, f"{self.base}/modules"
            lines.append(f"cp -a '{self.tree}{system}/.' '{copy}/'")
            for module in self.hidden_modules:
                del ours[module]
            for module, folder in ours.items():
                lines += [f"mkdir -p '{copy}/{folder}'", f"cp '{self.modules}/{module}' '{copy}/{folder}/'"]
            lines.append(f"mount --bind '{copy}' '{self.tree}{system}'")
        return "\n".join(lines)

    def start(self):
        enter = f"chroot '{self.tree}' " if self.tree else ""
        script = f"{self._mounts()}\nexec {enter}dovecot -F -c '{self.base}/dovecot.conf'"
        return self.launch(mount_namespace() + ["sh", "-c", script])

    def doveadm(self, *arguments):
        """Runs doveadm where the server runs; returns its output."""
        result = self.try_doveadm(*arguments)
        if result.returncode != 0:
            raise AssertionError(f"doveadm {arguments}: {result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    def try_doveadm(self, *arguments, input=None, folder="/"):
        """Runs doveadm where the server runs, in one of its folders; returns the
        CompletedProcess."""
        return self.run("doveadm", *arguments, input=input, folder=folder)

    def run(self, program, *arguments, input=None, folder="/"):
        """The same for any of Dovecot's programs."""
        enter = ["nsenter", "--target", str(self.process.pid), "--mount", "--root", f"--wdns={folder}"]
        return subprocess.run(enter + [program, "-c", f"{self.base}/dovecot.conf", *arguments], input=input,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)

    def log(self):
        text = super().log()
        if os.path.exists(self.log_file):
            with open(self.log_file, errors="replace") as file:
                text += file.read()
        return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--modules")
    parser.add_argument("--tree")
    parser.add_argument("--policies")
    parser.add_argument("--port", type=int)
    parser.add_argument("--homes")
    parser.add_argument("--no-plugin", action="store_true")
    login_settings = ("help", "capabilities", "unknown_command")
    for name in login_settings:
        parser.add_argument("--login-" + name.replace("_", "-"), default="")
    options = parser.parse_args()
    dovecot = PrivateDovecot(options.base, options.modules, options.tree, options.policies, options.port,
                             not options.no_plugin, homes=options.homes,
                             login={name: getattr(options, "login_" + name) for name in login_settings})
    ended = []
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: ended.append(True))
    with dovecot:
        print(f"listening on 127.0.0.1:{dovecot.port}", flush=True)
        while not ended and dovecot.process.poll() is None:
            time.sleep(0.2)
    return 0 if ended else 1


if __name__ == "__main__":
    sys.exit(main())
