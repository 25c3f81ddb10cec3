"""What a llama-server says of itself, by which it is known; and its own way of asking: tokens in, the likely next out.

It gives the log-probabilities of one token at most where it generates, so each is asked for alone, behind what it has
read and keeps. Whose turn its slots and its adapter have is for `slots.py`, what is done with it for `slot_context.py`.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePath, PureWindowsPath
from typing import Any

from assistant.model.decoding import CANDIDATES, Candidate
from assistant.model.server import faults
from assistant.model.server.address import Server
from assistant.model.server.connection import Connection, Response, Times
from assistant.model.server.faults import Passing
from assistant.model.server.tries import tried

__all__ = ["Asks", "LlamaServer", "Reply"]

Stops = Callable[[], bool]
MOST_SLOTS = 64
"""As many questions are asked at once at most, whatever a server says."""
LOADING = "loading"
"""What a server says that isn't there yet."""
SURELY = 1000.0
"""Bias of the token that is generated where only what might have been is wanted: one that always is whole text."""
WHOLE = "."


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """What a llama-server says of itself."""

    model: str
    template: str | None
    """The model's chat template."""
    end: str
    """The token that ends a text."""
    context_tokens: int
    """Of one slot."""
    slots: int
    """Questions that it answers at once."""
    adapter: int | None = None
    """Which of its adapters is ours, and can be switched; None where none is."""
    taught_by: str = ""
    """Its name."""
    scales: tuple[tuple[int, float], ...] = ()
    """How much of each adapter it was started with."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes of asking for the next token."""

    likely: tuple[Candidate, ...]
    """The likeliest first; none where only reading was asked for."""
    cached: int | None
    """How many tokens of the prompt it had read before; None where it doesn't say."""


class Asks:
    """What a llama-server can be asked, for one thread."""

    def __init__(self, server: Server, times: Times) -> None:
        self._server = server.root
        self._times = times
        self._connection = Connection(self._server, times)
        self._ends: frozenset[int] = frozenset()
        self._whole = -1

    def close(self) -> None:
        self._connection.close()

    def look(self, adapters: Collection[str], stopped: Stops) -> LlamaServer | None:
        """What the server is, where it is a llama-server; None where it is another.

        Args:
            adapters: names of the files of those that are ours.

        Raises:
            ServerError: there is no server.
            Stopped: it isn't wanted any more.
        """
        props = self._got("/props", stopped)
        if not isinstance(props, dict) or not isinstance(slots := props.get("total_slots"), int) or slots < 1:
            return None
        settings, template = props.get("default_generation_settings"), props.get("chat_template")
        context_tokens = settings.get("n_ctx") if isinstance(settings, dict) else None
        if not isinstance(context_tokens, int) or not isinstance(template, str):
            return None
        rows = self._got("/lora-adapters", stopped)
        rows = [row for row in rows if _is_adapter(row)] if isinstance(rows, list) else []
        scales = tuple((row["id"], float(row["scale"])) for row in rows)
        ours = {row["id"]: name for row in rows if (name := _name(row.get("path"))) in adapters}
        adapter = next(iter(ours), None)
        if adapter is not None and not self._can_set(scales, stopped):
            adapter = None
        return LlamaServer(
            model=str(props.get("model_alias") or _name(props.get("model_path"))),
            template=template or None,
            end=str(props.get("eos_token") or ""),
            context_tokens=context_tokens,
            slots=min(slots, MOST_SLOTS),
            adapter=adapter,
            taught_by="" if adapter is None else PurePath(ours[adapter]).stem,
            scales=scales,
        )

    def know(self, end: str, stopped: Stops) -> None:
        """Finds out the tokens that matter by themselves: that which ends a text, and one that is whole text."""
        if self._whole >= 0:
            return
        self._whole = self.tokens(WHOLE, stopped)[0]
        ends = self.tokens(end, stopped, is_control=True) if end else []
        self._ends = frozenset(ends[:1] if len(ends) == 1 else [])

    def tokens(self, text: str, stopped: Stops, *, is_control: bool = False, is_first: bool = False) -> list[int]:
        """The tokens of a text, as `LlamaVocabulary.tokenise` has them."""
        body = {"content": text, "add_special": is_first, "parse_special": is_control}
        found = self._posted("/tokenize", body, stopped)
        tokens = found.get("tokens") if isinstance(found, dict) else None
        if not isinstance(tokens, list) or not all(isinstance(token, int) and 0 <= token < 2**31 for token in tokens):
            raise faults.garbage(self._server, "no tokens")
        return tokens

    def set_scales(self, scales: Sequence[tuple[int, float]], stopped: Stops) -> None:
        """Has the adapters count as much for what is asked from now on; those that aren't named count nothing."""
        self._posted("/lora-adapters", [{"id": each, "scale": scale} for each, scale in scales], stopped)

    def next(
        self, tokens: Sequence[int], slot: int, stopped: Stops, *, only_reads: bool = False, anew: bool = False
    ) -> Reply:
        """What may come behind `tokens`, which `slot` reads as far as it hasn't, or all of them `anew`.

        Raises:
            ServerError: nothing sound came of it.
            Stopped: it isn't wanted any more.
        """
        body = {
            "prompt": list(tokens),
            "id_slot": slot,
            "cache_prompt": not anew,
            "n_predict": 0 if only_reads else 1,
            "n_probs": 0 if only_reads else CANDIDATES,
            "temperature": 0,
            "samplers": ["top_k"],
            "top_k": 1,
            "logit_bias": [[self._whole, SURELY]],
            "stream": False,
            "response_fields": ["completion_probabilities", "timings"],
        }
        said = self._posted("/completion", body, stopped)
        timings = said.get("timings") if isinstance(said, dict) else None
        cached = timings.get("cache_n") if isinstance(timings, dict) else None
        cached = cached if isinstance(cached, int) else None
        if only_reads:
            return Reply((), cached)
        try:
            entries = said["completion_probabilities"][0]["top_logprobs"]
            likely = tuple(self._candidate(entry) for entry in entries)
        except (LookupError, TypeError, ValueError, OverflowError) as error:
            raise faults.garbage(self._server, "no likely tokens") from error
        if not likely:
            raise faults.garbage(self._server, "no likely tokens")
        return Reply(likely, cached)

    def _candidate(self, entry: Any) -> Candidate:
        token, text = int(entry["id"]), bytes(entry["bytes"])
        if not 0 <= token < 2**31:
            raise ValueError("no token")
        return Candidate(token, None if token in self._ends or not text else text, float(entry["logprob"]))

    def _can_set(self, scales: Sequence[tuple[int, float]], stopped: Stops) -> bool:
        """Whether the server lets adapters be switched."""
        body = [{"id": each, "scale": scale} for each, scale in scales]

        def ask() -> bool:
            with self._connection.ask("/lora-adapters", body, stopped=stopped) as response:
                said = response.text()
                if response.status in faults.PASSING:
                    raise faults.refused(self._server, response.status, response.headers, said)
                return response.status == HTTPStatus.OK

        return tried(ask, self._times, stopped)

    def _got(self, path: str, stopped: Stops) -> Any:
        """What stands there, None where nothing does that can be read."""

        def ask() -> Any:
            with self._connection.ask(path, stopped=stopped) as response:
                said = response.text()
                if response.status == HTTPStatus.SERVICE_UNAVAILABLE and LOADING in said.lower():
                    error = faults.refused(self._server, response.status, response.headers, said)
                    raise error
                return _json(said) if response.status == HTTPStatus.OK else None

        return tried(ask, self._times, stopped)

    def _posted(self, path: str, body: dict[str, Any] | list[Any], stopped: Stops) -> Any:
        def ask() -> Any:
            with self._connection.ask(path, body, stopped=stopped) as response:
                return self._read(response)

        return tried(ask, self._times, stopped)

    def _read(self, response: Response) -> Any:
        said = response.text()
        if response.status != HTTPStatus.OK:
            raise faults.refused(self._server, response.status, response.headers, said)
        found = json.loads(said)
        if isinstance(found, dict) and (error := found.get("error")):
            raise Passing(faults.fault(self._server, faults.told(json.dumps({"error": error}))))
        return found


def _json(said: str) -> Any:
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        return None


def _is_adapter(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("id"), int) and isinstance(row.get("scale"), int | float)


def _name(path: object) -> str:
    """Name of a file on the server, whatever that runs on."""
    return PureWindowsPath(path).name if isinstance(path, str) else ""
