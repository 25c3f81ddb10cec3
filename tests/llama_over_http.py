"""A GGUF model behind OpenAI's chat completions, as small as can be: `python -m tests.llama_over_http MODEL PORT`.

It is there to see how the assistant does on a model server with a model whose answers are known from here.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np

LIKELY = 20


class _First:
    """Keeps the log-probabilities of the first token that is written."""

    def __init__(self) -> None:
        self.found: Any = None

    def __call__(self, _: Any, scores: Any) -> Any:
        if self.found is None:
            self.found = scores - scores.max() - np.log(np.exp(scores - scores.max()).sum())
        return scores


def _entry(llama: Any, token: int, value: float) -> dict[str, Any]:
    text = llama.detokenize([token])
    return {"token": text.decode(errors="replace"), "bytes": list(text), "logprob": value}


def main(model: str, port: int, *options: str) -> None:
    """Says where it is, and serves until it is ended; with `plain` it takes no logprobs."""
    from llama_cpp import Llama, LogitsProcessorList

    llama = Llama(model, n_ctx=4096, n_threads=2, n_threads_batch=2, n_batch=64, verbose=False)
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(200, {"object": "list", "data": [{"id": "wrapped"}]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if "logprobs" in body and "plain" in options:
                self._reply(400, {"error": {"message": "logprobs is not supported"}})
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with turn:
                self._stream(body)

        def _stream(self, body: dict[str, Any]) -> None:
            first = _First()
            given = {name: body[name] for name in ("messages", "max_tokens", "temperature")}
            processors = LogitsProcessorList([first])
            for chunk in llama.create_chat_completion(**given, stream=True, logits_processor=processors):
                choice = chunk["choices"][0]
                if first.found is not None and choice["delta"].get("content") and "logprobs" in body:
                    best = np.argsort(first.found)[::-1][:LIKELY]
                    entries = [_entry(llama, int(token), float(first.found[token])) for token in best]
                    choice["logprobs"] = {"content": [entries[0] | {"top_logprobs": entries}]}
                    del body["logprobs"]
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                self.wfile.flush()
            self.wfile.write(b"data: [DONE]\n\n")

        def _reply(self, status: int, body: Any) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", port), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
