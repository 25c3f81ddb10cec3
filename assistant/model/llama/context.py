"""One llama.cpp model and its context: messages to tokens, tokens to the likeliest next ones, tokens to text.

Speaks to the C functions that llama-cpp-python binds, as its `Llama` class parses control tokens out of any
text and copies tables that aren't needed here. Not thread-safe, and native code may end the process that it runs in:
`child.py` gives it one of its own.
"""

import ctypes
import math
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import llama_cpp as C  # noqa: N812
import numpy as np

from assistant.errors import ModelError
from assistant.model.decoding import Candidate
from assistant.model.files import ends_of
from assistant.model.llama.adapter import LlamaAdapter
from assistant.model.llama.layer_probe import LayerProbe
from assistant.model.llama.vocabulary import LlamaVocabulary
from assistant.model.prefix import (
    REUSE_STEP,
    WORTH_TOKENS,
    KeptPrefix,
    PrefixCache,
    PrefixFolder,
    common_length,
    has_but_the_end,
)
from assistant.model.protocol import Message, Placement, Reading

__all__ = ["LlamaContext", "can_offload"]

BATCH_TOKENS = 48
"""Tokens evaluated at once: small enough to stop soon, and below the 64 from which this build of llama.cpp computes
attention in another way, so that a token's state depends on the size of its batch (64 would read 7 to 9% faster)."""
LEAST_TOKENS = 8
"""No batch of a prompt is smaller, as fewer tokens are computed in another way; the last one may take so many more."""
PROBED_DEPTH = 0.65
"""Which layer's output is kept, as a share of all: answerability is plainest about there (measured at 0.43 to 1)."""
PREFIX_BYTES = 256 * 2**20
"""Memory for what was read before, at 28.7 kB a token with the default model: some nine thousand tokens."""

_ABORTED = 2
_LOG_LEVEL_ERROR = 4
_log_lines: deque[str] = deque(maxlen=20)


@C.llama_log_callback  # type: ignore[untyped-decorator]
def _log(level: int, text: bytes, data: Any) -> None:  # noqa: ARG001
    if level == _LOG_LEVEL_ERROR:
        _log_lines.append(text.decode(errors="replace").strip())


class LlamaContext:
    """A loaded model with one sequence of evaluated tokens, which the next prompt continues where it can."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int,
        context_tokens: int,
        gpu_layers: int = 0,
        repacks: bool = True,
        adapter: Path | None = None,
        prefixes: Path | None = None,
        prefix_bytes: int = 0,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """Loads the model file at `path`; takes a second or so a gigabyte.

        Args:
            gpu_layers: layers that a graphics card takes, -1 for all of them.
            repacks: whether weights are put in the order that the processor reads best (ggml's extra buffer types).
            adapter: GGUF file of one that can be switched on behind what is read.
            prefixes: folder in which `keep` keeps what was read, `prefix_bytes` bytes of it; None: nowhere.
            beat: called all the while it loads and evaluates, from within llama.cpp.

        Raises:
            ModelError: a file can't be loaded, or there is too little memory for it.
        """
        C.llama_log_set(_log, ctypes.c_void_p(0))
        C.llama_backend_init()
        self._aborted: Callable[[], bool] = lambda: False
        self._beat = beat
        self._callbacks = C.ggml_abort_callback(self._goes_on), C.llama_progress_callback(self._loads_on)
        self._model = C.llama_model_load_from_file(str(path).encode(), self._model_parameters(gpu_layers, repacks))
        if not self._model:
            raise ModelError(
                "The model {path} can't be loaded: {reason}. Choose another GGUF file with --model.",
                path=path,
                reason=_reason(),
            )
        self.context_tokens = min(context_tokens, C.llama_model_n_ctx_train(self._model))
        layers = C.llama_model_n_layer(self._model)
        self.placement = Placement(threads, layers + 1 if gpu_layers < 0 else min(gpu_layers, layers + 1))
        self._probe = LayerProbe(round(PROBED_DEPTH * layers), C.llama_model_n_embd(self._model))
        self._context = C.llama_init_from_model(self._model, self._parameters(threads, gpu_layers))
        if not self._context:
            C.llama_model_free(self._model)
            raise ModelError(
                "There is too little memory to run the model {path}: {reason}.", path=path, reason=_reason()
            )
        try:
            self.vocabulary = LlamaVocabulary(self._model)
            self._adapter = LlamaAdapter(self._model, self._context, adapter) if adapter else None
        except ModelError:
            self.close()
            raise
        # Their memory is a state that what was evaluated last can't be taken out of.
        self._is_recurrent = C.llama_model_is_recurrent(self._model) or C.llama_model_is_hybrid(self._model)
        self._evaluated: list[int] = []
        self._bare = 0
        self._row = -1
        """Which of the tokens evaluated last the logits are of."""
        way = f"{threads} {gpu_layers} {repacks}"
        self._folder = PrefixFolder(prefixes, self._fingerprint(path, way), prefix_bytes) if prefixes else None
        self._prefixes = PrefixCache(PREFIX_BYTES, self._folder)

    def close(self) -> None:
        """Frees the model; the object is of no use afterwards."""
        C.llama_free(self._context)
        C.llama_model_free(self._model)

    @property
    def has_adapter(self) -> bool:
        return self._adapter is not None

    def tokens(self, messages: Sequence[Message], *, is_open: bool = False) -> list[int]:
        """The prompt of `messages` as token ids; `is_open`: it ends with the last, which is to be gone on with."""
        return self.vocabulary.tokens(messages, is_open=is_open)

    def evaluate(self, tokens: Sequence[int], aborted: Callable[[], bool], bare: int | None = None) -> int | None:
        """Makes `tokens` the evaluated sequence; returns how many of them had been already, None when aborted.

        Args:
            aborted: asked all the while; it takes effect within milliseconds.
            bare: how many of the tokens are read without the adapter, those behind them being evaluated with it. None:
                all of them.
        """
        bare = len(tokens) if bare is None or not self._adapter else bare
        self._go_back(tokens)
        self._truncate(self._reusable(tokens, bare))
        start = kept = len(self._evaluated)
        while start < len(tokens):
            until = bare if start < bare else len(tokens)
            is_last = until - start < BATCH_TOKENS + LEAST_TOKENS
            end = until if is_last else start + BATCH_TOKENS
            self._probe.listening = end == len(tokens)
            if self._adapter:
                self._adapter.switch(is_on=start >= bare)
            if not self._decode(tokens[start:end], aborted):
                return None
            start = end
        self._probe.listening = False
        return kept

    def look(self) -> None:
        """There is no need: it asks all the while."""

    def keeps(self, tokens: Sequence[int]) -> bool:
        """Whether `tokens` could be evaluated without reading much of them."""
        if self._folder:
            return self._folder.holds(tokens)
        shared = common_length(self._evaluated[: self._bare], tokens)
        return has_but_the_end(shared, tokens) or self._prefixes.holds(tokens)

    def keep(self, article: str) -> None:
        """Keeps what was read, which is of `article`, beyond this process, where there is a folder for it."""
        self._truncate(self._bare)
        if self._folder and self._evaluated:
            self._folder.write(KeptPrefix(tuple(self._evaluated), self._state()), article)

    def drop(self, article: str) -> None:
        """Takes back what was kept of `article` beyond this process."""
        if self._folder:
            self._folder.drop(article)

    def append(self, token: int, aborted: Callable[[], bool]) -> bool:
        """Evaluates one more token, as those before it were; False when aborted."""
        return self._decode([token], aborted)

    def follow(self, token: int, text: str, most: int, aborted: Callable[[], bool]) -> list[Candidate] | None:
        """Evaluates one more token, and with it those that `text` would go on by, `most` at most (arXiv:2211.17192).

        Those that the model would have taken itself stay, and are returned; None when aborted.
        """
        drafted = [] if self._is_recurrent else self.vocabulary.tokenise(text)[:most]
        if not self._decode([token, *drafted], aborted, all_logits=True):
            return None
        agreed: list[Candidate] = []
        for self._row, foretold in enumerate(drafted):
            best = self.likeliest()
            if best.token != foretold or best.piece is None:
                break
            agreed.append(best)
        else:
            self._row = -1
        self._truncate(len(self._evaluated) - len(drafted) + len(agreed))
        return agreed

    def logits(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Logits of the next token, float32 of shape (vocabulary,); valid until the next evaluation."""
        return np.ctypeslib.as_array(C.llama_get_logits_ith(self._context, self._row), (self.vocabulary.size,))

    def hidden(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The hidden state at the last token of the last `evaluate`, float32 of shape (width,).

        It is the output of the layer at `PROBED_DEPTH`; empty where the model's graph doesn't name its layers.
        """
        return self._probe.state

    def likeliest(self) -> Candidate:
        """The likeliest next token."""
        logits = self.logits()
        return self._candidate(int(logits.argmax()), logits)

    def candidates(self, count: int) -> list[Candidate]:
        """The `count` likeliest next tokens, the likeliest first."""
        logits = self.logits()
        top = logits.argpartition(-count)[-count:]
        return [self._candidate(int(token), logits) for token in top[logits[top].argsort()[::-1]]]

    def reading(self, refusal: str) -> Reading:
        """What the model made of what was evaluated last, where an answer or `refusal` is to begin.

        Raises:
            ValueError: the refusal is empty.
        """
        logits, token = self.logits(), self.vocabulary.first_token(refusal)
        others = max(logits[:token].max(initial=-math.inf), logits[token + 1 :].max(initial=-math.inf))
        return Reading(self.hidden(), float(others - logits[token]))

    def forget(self) -> None:
        """Drops all that was evaluated, and what was put aside of it in memory."""
        self._truncate(0)
        self._prefixes = PrefixCache(PREFIX_BYTES, self._folder)

    def write_and_restore(self) -> None:
        """Writes the state of what is evaluated to memory, and restores it from there, if all of it was read bare."""
        self._restore(KeptPrefix(tuple(self._evaluated), self._state()))

    def _candidate(self, token: int, logits: np.ndarray[Any, np.dtype[np.float32]]) -> Candidate:
        return Candidate(token, self.vocabulary.piece(token), float(logits[token]))

    def _goes_on(self, _: Any) -> bool:
        """llama.cpp's question, at each step of evaluating, whether to give up."""
        self._beat()
        return self._aborted()

    def _loads_on(self, _: float, __: Any) -> bool:
        self._beat()
        return True

    def _model_parameters(self, gpu_layers: int, repacks: bool) -> Any:
        parameters = C.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        parameters.use_extra_bufts = repacks
        parameters.progress_callback = self._callbacks[1]
        return parameters

    def _parameters(self, threads: int, gpu_layers: int) -> Any:
        parameters = C.llama_context_default_params()
        parameters.offload_kqv = parameters.op_offload = gpu_layers != 0
        parameters.n_ctx = self.context_tokens
        parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS + LEAST_TOKENS
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.abort_callback = self._callbacks[0]
        parameters.cb_eval = self._probe.callback
        return parameters

    def _fingerprint(self, path: Path, way: str) -> str:
        """What a kept state depends on besides its tokens: model, build, and the way of evaluating."""
        build = C.llama_print_system_info().decode(errors="replace")
        return f"{ends_of(path)} {C.__version__} {build} {way} {BATCH_TOKENS} {self.context_tokens}"

    def _reusable(self, tokens: Sequence[int], bare: int) -> int:
        common = common_length(self._evaluated, tokens)
        if bare - LEAST_TOKENS < common < bare:  # what is left of the reading would be too small a batch
            common = bare - LEAST_TOKENS
        if bare != self._bare:  # between them one was read with the adapter and the other is to be without
            common = min(common, bare, self._bare)
        return max(0, min(common, len(tokens) - LEAST_TOKENS)) // REUSE_STEP * REUSE_STEP

    def _go_back(self, tokens: Sequence[int]) -> None:
        """Puts what is evaluated aside where `tokens` are about something else, and brings back what was before."""
        shared = common_length(self._evaluated, tokens)
        earlier = self._prefixes.find(tokens, shared)
        if len(self._evaluated) >= shared + WORTH_TOKENS and self._bare >= WORTH_TOKENS:
            self._truncate(self._bare)
            if self._evaluated:
                self._prefixes.keep(KeptPrefix(tuple(self._evaluated), self._state()))
        if earlier:
            self._restore(earlier)

    def _state(self) -> bytes:
        size = C.llama_state_seq_get_size(self._context, 0)
        buffer = (ctypes.c_uint8 * size)()
        return ctypes.string_at(buffer, C.llama_state_seq_get_data(self._context, buffer, size, 0))

    def _restore(self, prefix: KeptPrefix) -> None:
        self._truncate(0)
        pointer = np.frombuffer(prefix.state, np.uint8).ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        if C.llama_state_seq_set_data(self._context, pointer, len(prefix.state), 0):
            self._evaluated = list(prefix.tokens)
            self._bare = len(prefix.tokens)

    def _truncate(self, length: int) -> None:
        """Cuts what is evaluated back to so many tokens, or to none where the model's memory can't be cut in part."""
        memory = C.llama_get_memory(self._context)
        if not C.llama_memory_seq_rm(memory, 0, length, -1) and C.llama_memory_seq_rm(memory, 0, 0, -1):
            length = 0
        del self._evaluated[length:]
        self._bare = min(self._bare, length)

    def _decode(self, tokens: Sequence[int], aborted: Callable[[], bool], *, all_logits: bool = False) -> bool:
        self._aborted = aborted
        array, wanted = (C.llama_token * len(tokens))(*tokens), (ctypes.c_int8 * len(tokens))(*[1] * len(tokens))
        batch = C.llama_batch_get_one(array, len(tokens))
        if all_logits:
            batch.logits = wanted
        status = C.llama_decode(self._context, batch)
        self._aborted = lambda: False
        if status == 0:
            self._row = -1
            self._evaluated.extend(tokens)
            if not (self._adapter and self._adapter.is_on):
                self._bare = len(self._evaluated)
            return True
        self._truncate(len(self._evaluated))
        if status == _ABORTED:
            return False
        raise ModelError(
            "The model failed to evaluate the prompt (llama.cpp status {status}): {reason}.",
            status=status,
            reason=_reason(),
        )


def can_offload() -> bool:
    """Whether this build of llama.cpp can put layers on a graphics card that it finds."""
    return bool(C.llama_supports_gpu_offload())


def _reason() -> str:
    return _log_lines[-1] if _log_lines else "llama.cpp gives no reason"
