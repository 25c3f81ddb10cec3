"""How fast the worker decodes, against a bare loop of llama.cpp's own calls."""

import ctypes
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llama_cpp as C  # noqa: N812
import numpy as np

from assistant.answering.guards import AnswerGuard
from assistant.model.llama.ways import Opener
from assistant.model.protocol import Constraint, Message
from assistant.model.worker import LlamaWorker
from assistant.settings import Settings
from assistant.text.language import Language
from tests.bench.questions import ARTICLES
from tests.bench.statistics import median

__all__ = ["measure_decoding"]

BARE, WORKER, GUARDED = "bare", "worker", "worker_with_guard"
NEWS = ARTICLES[0]
MESSAGES = (Message("user", f"{NEWS.text}\n\nRetell this article sentence by sentence, leaving nothing out."),)


def measure_decoding(settings: Settings, tokens: int, rounds: int) -> dict[str, Any]:
    """Median tokens a second of three ways to the same continuation, in turn `rounds` times; the prompt not counted.

    With the guard that holds answers to the article, the continuation may be another, and shorter.
    """
    opener = Opener(threads=settings.threads, context_tokens=settings.context_tokens)
    worker = LlamaWorker(Path(settings.model), "bench", opener)
    guard = AnswerGuard(Language.ENGLISH, [NEWS.text], "")
    speeds: dict[str, list[float]] = {BARE: [], WORKER: [], GUARDED: []}
    with _bare_context(settings) as bare:
        prompt = _prompt(bare)
        for _ in range(rounds):
            speeds[BARE].append(_bare_speed(bare, prompt, tokens))
            speeds[WORKER].append(_worker_speed(worker, tokens, None))
            speeds[GUARDED].append(_worker_speed(worker, tokens, guard))
    worker.close()
    found = {f"{name}_tokens_per_second": median(each) for name, each in speeds.items()}
    return found | {"tokens": tokens, "rounds": rounds, "rounds_of_each": speeds}


def _worker_speed(worker: LlamaWorker, tokens: int, allows: Constraint | None) -> float:
    generation = worker.generate(MESSAGES, tokens, allows=allows)
    pieces = iter(generation)
    next(pieces)
    began = time.perf_counter()
    for _ in pieces:
        pass
    return (generation.usage.completion - 1) / (time.perf_counter() - began)


@contextmanager
def _bare_context(settings: Settings) -> Iterator[Any]:
    C.llama_log_set(_quiet, ctypes.c_void_p(0))
    C.llama_backend_init()
    parameters = C.llama_model_default_params()
    parameters.n_gpu_layers = 0
    model = C.llama_model_load_from_file(settings.model.encode(), parameters)
    options = C.llama_context_default_params()
    options.n_ctx = settings.context_tokens
    options.n_threads = options.n_threads_batch = settings.threads
    context = C.llama_init_from_model(model, options)
    yield context
    C.llama_free(context)
    C.llama_model_free(model)


@C.llama_log_callback
def _quiet(level: int, text: bytes, data: Any) -> None:
    pass


def _bare_speed(context: Any, prompt: Sequence[int], tokens: int) -> float:
    size = C.llama_vocab_n_tokens(C.llama_model_get_vocab(C.llama_get_model(context)))
    C.llama_memory_clear(C.llama_get_memory(context), True)
    _decode(context, prompt)
    began = time.perf_counter()
    for _ in range(tokens - 1):
        logits = np.ctypeslib.as_array(C.llama_get_logits_ith(context, -1), (size,))
        _decode(context, [int(logits.argmax())])
    return (tokens - 1) / (time.perf_counter() - began)


def _decode(context: Any, tokens: Sequence[int]) -> None:
    array = (C.llama_token * len(tokens))(*tokens)
    if C.llama_decode(context, C.llama_batch_get_one(array, len(tokens))):
        raise RuntimeError("llama.cpp failed to evaluate the prompt of the bare loop.")


def _prompt(context: Any) -> list[int]:
    """The prompt's tokens; the speed of decoding asks for no template around it."""
    vocabulary = C.llama_model_get_vocab(C.llama_get_model(context))
    data = MESSAGES[0].content.encode()
    array = (C.llama_token * (len(data) + 8))()
    return list(array[: C.llama_tokenize(vocabulary, data, len(data), array, len(array), True, False)])
