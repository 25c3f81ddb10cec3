"""A real nginx as a proxy, with the README's configuration for it."""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.proxy import CERTIFICATE, NAME

__all__ = ["Nginx"]

README = Path(__file__).parent.parent / "README.md"
SECONDS = 10.0
CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{}}
http {{
access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
uwsgi_temp_path {folder}; scgi_temp_path {folder};
{servers}
}}
"""


class Nginx:
    """Passes https://127.0.0.1:PORT/news/… on to the pages at `ports`."""

    def __init__(self, ports: Sequence[int], path: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        self._folder = tempfile.TemporaryDirectory()
        (servers,) = re.findall(r"^```nginx\n(map .*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        servers = re.sub(r"server 127\.0\.0\.1:\d+; ", "", servers)
        pages = " ".join(f"server 127.0.0.1:{page};" for page in ports)
        servers = servers.replace("consistent; ", f"consistent; {pages} ").replace("listen 443", f"listen {port}")
        servers = re.sub(r"(ssl_certificate(?:_key)?) \S+;", rf"\1 {CERTIFICATE};", servers)
        file = Path(self._folder.name) / "nginx.conf"
        file.write_text(CONFIGURATION.format(folder=self._folder.name, servers=servers), encoding="utf-8")
        program = shutil.which("nginx")
        assert program
        self._process = subprocess.Popen([program, "-p", self._folder.name, "-c", str(file)])
        self.url = f"https://{NAME}:{port}{path}/"
        self._wait(port)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(SECONDS)
        self._folder.cleanup()

    @staticmethod
    def _wait(port: int) -> None:
        until = time.monotonic() + SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
            except ConnectionRefusedError:
                assert time.monotonic() < until, "nginx did not start"
                time.sleep(0.02)
            else:
                return
