"""A llama-server in this process, as small as can be: the same addresses, over llama.cpp with a model of its own.

What its slots have read stays read as it was, with the adapter or without, however that is switched meanwhile, which is
what matters of a real one. It can be run by itself: `python -m tests.llama_server MODEL SLOTS [ADAPTER]`.
"""

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np

from assistant.model.llama.context import BATCH_TOKENS, LlamaContext
from assistant.model.prefix import common_length
from tests.site import Loopback
from tests.tiny_model import TEMPLATE

CONTEXT = 4096


@dataclass
class _Slot:
    context: LlamaContext
    tokens: list[int] = field(default_factory=list)
    busy: threading.Lock = field(default_factory=threading.Lock)


class LlamaServer(Loopback):
    """Serves a model on 127.0.0.1; each slot has one of its own."""

    def __init__(self, model: Path, slots: int = 1, adapter: Path | None = None, *, slow: float = 0.0) -> None:
        """Args:
        slow: seconds that each request takes beside.
        """
        self._slots = [
            _Slot(LlamaContext(model, threads=1, context_tokens=CONTEXT, adapter=adapter)) for _ in range(slots)
        ]
        self._adapter = adapter
        self._model = model
        self._slow = slow
        self.scale = 1.0
        """Of the adapter."""
        self.asked: list[tuple[str, Any]] = []
        """Paths and bodies, in the order in which they came."""
        self.at_once = 0
        """Most completions that were under way at a time."""
        self.fails: dict[str, int] = {}
        """Statuses by path, or by "POST" and path, for what is asked from now on; 0: the connection is broken off."""
        self.says: dict[str, Any] = {}
        """What is said in place of what would be, by path."""
        self._asking = 0
        self._handling: set[object] = set()
        self._is_closing = False
        self._counting = threading.Lock()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else who asks waits 40 ms for what comes behind the headers

            def do_GET(self) -> None:
                self._reply(None)

            def do_POST(self) -> None:
                self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _reply(self, body: Any) -> None:
                stub._handling.add(self)
                try:
                    status, said = (503, None) if stub._is_closing else stub._done(self.path, body)
                finally:
                    stub._handling.discard(self)
                if not status:
                    self.close_connection = True
                    return
                sent = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_: object) -> None: ...

        super().__init__(Handler, None)
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def close(self) -> None:
        super().close()
        self._is_closing = True
        while self._handling:  # who asked may have gone, and what was asked goes on
            time.sleep(0.01)
        for slot in self._slots:
            slot.context.close()

    def restart(self) -> None:
        """Forgets what was read and how its adapter was switched, as one that is started anew."""
        self.scale = 1.0
        for slot in self._slots:
            slot.context.forget()
            slot.tokens = []

    def completions(self) -> list[Any]:
        """The bodies of those that were asked for."""
        return [body for path, body in self.asked if path == "/completion"]

    def _done(self, path: str, body: Any) -> tuple[int, Any]:
        self.asked.append((path, body))
        status = self.fails.get(path, self.fails.get(f"POST {path}") if body else None)
        if status is not None:
            return status, {"error": {"message": "as the test has it", "code": status}}
        if path in self.says:
            return 200, self.says[path]
        if path == "/props":
            return 200, self._props()
        if path == "/v1/models":
            return 200, {"data": [{"id": self._model.stem}]}
        if path == "/lora-adapters":
            return 200, self._adapters(body)
        if path == "/tokenize":
            words = self._slots[0].context.vocabulary
            return 200, {"tokens": words.tokenise(body["content"], is_control=body["parse_special"])}
        if path == "/completion":
            return self._completion(body)
        return 404, {"error": {"message": "File Not Found", "code": 404}}

    def _props(self) -> Any:
        return {
            "default_generation_settings": {"n_ctx": CONTEXT},
            "total_slots": len(self._slots),
            "model_alias": self._model.stem,
            "model_path": str(self._model),
            "chat_template": TEMPLATE,
            "eos_token": "<|im_end|>",
        }

    def _adapters(self, body: Any) -> Any:
        if body is None:
            return [{"id": 0, "path": str(self._adapter), "scale": self.scale}] if self._adapter else []
        self.scale = next((each["scale"] for each in body if each["id"] == 0), 0.0)
        return {"success": True}

    def _completion(self, body: Any) -> tuple[int, Any]:
        if len(body["prompt"]) >= CONTEXT:
            return 400, {"error": {"message": "request exceeds the available context size", "code": 400}}
        slot, is_on = self._slots[body["id_slot"]], self.scale > 0
        with slot.busy:
            with self._counting:
                self._asking += 1
                self.at_once = max(self.at_once, self._asking)
            slot.tokens = slot.tokens if body["cache_prompt"] else []
            cached = self._evaluate(slot, body["prompt"], is_on=is_on)
            time.sleep(self._slow)
            with self._counting:
                self._asking -= 1
            probabilities = [{"top_logprobs": self._likely(slot.context, body["n_probs"])}] if body["n_predict"] else []
        return 200, {"completion_probabilities": probabilities, "timings": {"cache_n": cached}}

    @staticmethod
    def _evaluate(slot: _Slot, tokens: list[int], *, is_on: bool) -> int:
        """Reads what isn't read yet of a prompt, as the adapter is switched now; how much had been."""
        context = slot.context
        cached = min(common_length(slot.tokens, tokens), len(tokens) - 1)
        context._truncate(cached)
        if context._adapter:
            context._adapter.switch(is_on=is_on)
        for start in range(cached, len(tokens), BATCH_TOKENS):
            assert context._decode(tokens[start : start + BATCH_TOKENS], lambda: False)
        slot.tokens = tokens
        return cached

    @staticmethod
    def _likely(context: LlamaContext, count: int) -> Any:
        logits = context.logits()
        total = float(logits.max() + np.log(np.exp(logits - logits.max()).sum()))
        return [
            {"id": one.token, "bytes": list(one.piece or b""), "logprob": one.logit - total}
            for one in context.candidates(min(count, len(logits)))
        ]


def main(model: str, slots: str = "1", adapter: str = "") -> None:
    """Says where it is, and serves until it is ended."""
    server = LlamaServer(Path(model), int(slots), Path(adapter) if adapter else None)
    print(server.url, flush=True)  # noqa: T201
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
