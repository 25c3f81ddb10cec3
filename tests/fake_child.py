"""The process of a model for tests, in place of `model/llama/child.py`: it fails where the file that is its model says.

The file has a line for each start of the process, `PHASE FAULT`, and the process takes the first that is left. In the
phase ("can_offload", "load", "check", "read", "answer") it kills itself by the signal that FAULT names, hangs ("HANG"),
says wrong numbers ("NAN", in "check"), or lacks what it needs ("IMPORT"). Else it answers "yes, it does." to all.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import ModelError, ModelUnfit
from assistant.model.decoding import Candidate, Context
from assistant.model.llama.child import serve
from assistant.model.protocol import Message, Placement
from tests.fake_context import BareContext

READ, ASKED = 1, 2
"""Tokens of a prompt that is read ahead, and of a question's."""
ANSWER = (b"yes", b", it", b" does", b".")


class FakeBuild:
    """Stands in for llama.cpp."""

    def __init__(self, plan: Path, *, offloads: bool = False) -> None:
        self._plan = plan
        self._offloads = offloads
        lines = plan.read_text().splitlines()
        self._phase, self._fault = lines[0].split() if lines else ("", "")
        plan.write_text("\n".join(lines[1:]))

    def fail_in(self, phase: str) -> None:
        """Fails, where this is the phase for it."""
        if phase != self._phase:
            return
        if self._fault == "HANG":
            time.sleep(60)
        if self._fault == "NAN":
            raise ModelError("its results are no numbers")
        if self._fault == "MEMORY":
            raise ModelError("There is too little memory.")
        if self._fault == "UNFIT":
            raise ModelUnfit("Its chat template can't be used.")
        if self._fault == "IMPORT":
            raise ImportError("libgomp.so.1 is missing")
        sys.stderr.write("GGML_ASSERT(tensor) failed\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.Signals[self._fault])
        time.sleep(10)

    def can_offload(self) -> bool:
        self.fail_in("can_offload")
        return self._offloads

    def open(self, path: Path, *, beat: Callable[[], None], **options: Any) -> Context:  # noqa: ARG002
        self.fail_in("load")
        if options["gpu_layers"]:
            self.fail_in("gpu")
        if options["repacks"]:
            self.fail_in("repacking")
        with self._plan.with_suffix(".log").open("a") as log:
            log.write(f"{options['threads']} {options['gpu_layers']} {options['repacks']}\n")
        return _Context(self, beat, Placement(options["threads"], options["gpu_layers"]))

    def check(self, _: Context) -> None:
        self.fail_in("check")


class _Context(BareContext):
    def __init__(self, build: FakeBuild, beat: Callable[[], None], placement: Placement) -> None:
        self._build = build
        self._beat = beat
        self.placement = placement
        self._said = 0

    def tokens(self, messages: Sequence[Message], *, is_open: bool = False) -> list[int]:  # noqa: ARG002
        return [READ if messages[-1].content == "article" else ASKED] * 3

    def evaluate(self, tokens: Sequence[int], aborted: Callable[[], bool], bare: int | None = None) -> int | None:  # noqa: ARG002
        self._said = 0
        if READ in tokens:
            self._build.fail_in("read")
        until = time.monotonic() + (30 if READ in tokens else 0.01)
        while time.monotonic() < until:
            self._beat()
            if aborted():
                return None
            time.sleep(0.001)
        return 0

    def append(self, *_: object) -> bool:
        self._said += 1
        if self._said == 2:
            self._build.fail_in("answer")
        return True

    def likeliest(self) -> Candidate:
        return Candidate(self._said, ANSWER[self._said] if self._said < len(ANSWER) else None, 9.0)


if __name__ == "__main__":
    serve(FakeBuild(Path(sys.argv[1]), offloads="offloads" in sys.argv))
