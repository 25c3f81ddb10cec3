"""A Chroma server on this machine, in a process of its own."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from assistant.settings import ChromaServer

__all__ = ["Chroma"]

SECONDS = 30.0
"""Longest that it may take to come up."""
COMMAND = "import sys, chromadb_rust_bindings; chromadb_rust_bindings.cli(['chroma', 'run', *sys.argv[1:]])"
"""What `chroma run` does, without what it loads for its other commands."""


class Chroma:
    """`chroma run`, which can be ended at any moment, and started anew at the same port with what it has kept."""

    def __init__(self, folder: Path, database: str = "default_database") -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._folder = folder
        self.server = ChromaServer("127.0.0.1", str(self.port), database=database)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "-c",
            COMMAND,
            "--path",
            self._folder,
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/api/v2/heartbeat", trust_env=False)
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("Chroma did not start")

    def database(self, name: str) -> ChromaServer:
        """An empty database of its own."""
        httpx.post(
            f"http://127.0.0.1:{self.port}/api/v2/tenants/default_tenant/databases",
            json={"name": name},
            trust_env=False,
        ).raise_for_status()
        return ChromaServer("127.0.0.1", str(self.port), database=name)

    def kill(self) -> None:
        """Ends it at once."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def hold(self) -> None:
        """Has it take connections, and answer nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def release(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)
