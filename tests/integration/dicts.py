"""Dovecot's dicts: how a host is configured to use one, and servers that fail in place of real
ones."""
import os
import socket
import sqlite3
import threading

import hosts


def typed_settings():
    return hosts.host_name == "dovecot-2.4"


class Dict:
    """uri: for Dovecot 2.3. driver, settings (lines): for Dovecot 2.4. server: lines that
    dovecot.conf needs."""

    def __init__(self, uri, driver, settings, server=""):
        self.uri, self.driver, self.settings, self.server = uri, driver, settings, server

    def body(self):
        return "\n".join(["{", *self.settings, "}"])

    def setting(self, name):
        """Lines for dovecot.conf that put NAME into this dict."""
        if typed_settings():
            return f"{name}_dict {{\n  dict {self.driver} {self.body()}\n}}\n{self.server}"
        return f"plugin {{\n  {name} = {self.uri}\n}}\n{self.server}"


def redis(port):
    return Dict(f"redis:host=127.0.0.1:port={port}", "redis", ["redis_host = 127.0.0.1", f"redis_port = {port}"])


def through_server(name, definition):
    """The dict of this name in Dovecot's dict server. definition: its entry there, for either
    version."""
    block = "dict_server" if typed_settings() else "dict"
    return Dict(f"proxy::{name}", "proxy", [f"dict_proxy_name = {name}"],
                f"{block} {{\n{definition}\n}}\nservice dict {{\n  unix_listener dict {{\n    mode = 0666\n  }}\n}}\n")


def redis_through_server(name, port):
    behind = redis(port)
    return through_server(name, f"dict {name} {{\ndriver = redis\n" + "\n".join(behind.settings) + "\n}"
                          if typed_settings() else f"{name} = {behind.uri}")


class Sqlite(Dict):
    """A table in SQLite, behind the dict server: keys PREFIX/$name, columns name and VALUE_FIELD,
    and for private keys also the user. folder: new or empty; the host needs it (more_folders)."""

    def __init__(self, folder, name, prefix, table, value_field, username_field=None):
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o777)
        self.folder, self.database = folder, os.path.join(folder, name + ".db")
        keys = [username_field, "name"] if username_field else ["name"]
        columns = "".join(f"{key} TEXT NOT NULL, " for key in keys)
        self.execute(f"CREATE TABLE {table} ({columns}{value_field} TEXT NOT NULL, PRIMARY KEY ({', '.join(keys)}))")
        os.chmod(self.database, 0o666)
        user = f"username_field = {username_field}" if username_field else ""
        if typed_settings():
            definition = f"""
  dict {name} {{
    driver = sql
    sql_driver = sqlite
    sqlite_path = {self.database}
    dict_map {prefix}/$name {{
      sql_table = {table}
      {user}
      value_field {value_field} {{
      }}
      key_field name {{
        value = $name
      }}
    }}
  }}
"""
        else:
            definition = f"{name} = sqlite:{folder}/dict.conf"
            with open(os.path.join(folder, "dict.conf"), "w") as file:
                file.write(f"""connect = {self.database}
map {{
  pattern = {prefix}/$name
  table = {table}
  {user}
  value_field = {value_field}
  fields {{
    name = $name
  }}
}}
""")
        served = through_server(name, definition)
        super().__init__(served.uri, served.driver, served.settings, served.server)

    def execute(self, statement, values=()):
        """Returns the rows found."""
        with sqlite3.connect(self.database) as database:
            return database.execute(statement, values).fetchall()


def proxy_to(path, name):
    """A dict server at this socket."""
    return Dict(f"proxy:{path}:{name}", "proxy", [f"dict_proxy_name = {name}", f"dict_proxy_socket_path = {path}"])


class FailingServer:
    """Accepts connections on an open socket and sends answer(octets) for each portion of input, or
    nothing if that is empty."""

    def __init__(self, listener, answer):
        self.listener, self.answer = listener, answer
        self.connections = []
        self.stopping = threading.Event()
        listener.listen()
        listener.settimeout(0.1)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.stopping.is_set():
            try:
                connection = self.listener.accept()[0]
                self.connections.append(connection)
                threading.Thread(target=self.converse, args=(connection,), daemon=True).start()
            except OSError:
                pass

    def converse(self, connection):
        try:
            while octets := connection.recv(4096):
                if answer := self.answer(octets):
                    connection.sendall(answer)
        except OSError:
            pass

    def close(self):
        self.stopping.set()
        self.thread.join()
        self.listener.close()
        for connection in self.connections:
            connection.close()


def tcp_listener():
    return socket.create_server(("127.0.0.1", 0))
