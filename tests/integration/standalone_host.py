"""The standalone test host, pop3-legacy-host, over Maildirs. Without --user any
name logs in with private_host.PASSWORD."""
from private_host import PrivateHost


class StandaloneHost(PrivateHost):
    """program: the path of pop3-legacy-host. policies: the policy folder."""

    def __init__(self, base, program, policies=None, port=None, homes=None):
        super().__init__(base, port, homes)
        self.program = program
        self.policies = policies

    def name(self):
        return "standalone"

    def start(self):
        command = [self.program, "--maildir", self.homes + "/%u/Maildir", "--port", str(self.port)]
        return self.launch(command + (["--policy", self.policies] if self.policies else []))
