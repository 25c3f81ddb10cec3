"""Reads the output of one layer while llama.cpp evaluates, by its evaluation callback and ggml's own functions."""

import ctypes
from typing import Any

import llama_cpp as C  # noqa: N812
import numpy as np
from llama_cpp._ggml import libggml

__all__ = ["LayerProbe"]

_name = libggml.ggml_get_name
_name.argtypes, _name.restype = [ctypes.c_void_p], ctypes.c_char_p
_bytes = libggml.ggml_nbytes
_bytes.argtypes, _bytes.restype = [ctypes.c_void_p], ctypes.c_size_t
_get = libggml.ggml_backend_tensor_get
_get.argtypes, _get.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t], None


class LayerProbe:
    """Keeps the hidden state that a layer leaves at the last token of a batch, while it is `listening`.

    `callback` is for the context's `cb_eval`; llama.cpp names a layer's output "l_out-" and its number from 0.
    """

    def __init__(self, layer: int, width: int) -> None:
        self._name = f"l_out-{layer}".encode()
        self._width = width
        self.listening = False
        self.state: np.ndarray[Any, np.dtype[np.float32]] = np.empty(0, np.float32)
        self.callback = C.ggml_backend_sched_eval_callback(self._see)

    def _see(self, tensor: int, is_asked: bool, _: Any) -> bool:
        """Whether the tensor is wanted (`is_asked`), and then the tensor itself, of shape (tokens, width)."""
        if not self.listening or _name(tensor) != self._name:
            return False
        if not is_asked:
            state = np.empty(self._width, np.float32)
            _get(tensor, state.ctypes.data, _bytes(tensor) - state.nbytes, state.nbytes)
            self.state = state
        return True
