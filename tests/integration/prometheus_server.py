"""A private Prometheus on 127.0.0.1 that reads one address every second."""
import json
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from private_host import free_port


class PrometheusServer:
    def __init__(self, folder, target):
        """folder: new, for its files. target: "HOST:PORT"."""
        self.port = free_port()
        self.folder = folder
        self.target = target
        self.process = None

    def start(self):
        os.makedirs(self.folder)
        settings = os.path.join(self.folder, "prometheus.yml")
        with open(settings, "w") as file:
            file.write("scrape_configs:\n- job_name: dovecot\n  scrape_interval: 1s\n"
                       f"  static_configs:\n  - targets: ['{self.target}']\n")
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={settings}", f"--storage.tsdb.path={self.folder}/data",
             f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                # It answers queries with 503 while it reads its own log.
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=10):
                    return self
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        self.stop()
        with open(self.log.name) as file:
            raise RuntimeError("Prometheus did not start:\n" + file.read())

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None
            self.log.close()

    def query(self, expression):
        """{labels as a frozenset of pairs, without the name, job and instance: value}"""
        url = f"http://127.0.0.1:{self.port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{expression}\n{error.read().decode()}") from error
        left_out = ("__name__", "job", "instance")
        return {frozenset((name, value) for name, value in result["metric"].items() if name not in left_out):
                float(result["value"][1]) for result in found["data"]["result"]}
