"""An adapter of a llama.cpp model, switched on and off between two evaluations of one sequence."""

import ctypes
from pathlib import Path
from typing import Any

import llama_cpp as C  # noqa: N812

from assistant.errors import ModelError

__all__ = ["LlamaAdapter"]


class LlamaAdapter:
    """An adapter that changes what a context evaluates while it `is_on`; freed with its model."""

    def __init__(self, model: Any, context: Any, path: Path) -> None:
        """Loads the GGUF file at `path` for a model and a context of llama.cpp's.

        Raises:
            ModelError: the file can't be loaded, or is of another model.
        """
        self.is_on = False
        self._context = context
        self._loaded = C.llama_adapter_lora_init(model, str(path).encode())
        if not self._loaded:
            raise ModelError(
                "The adapter {path} can't be loaded: it is damaged, or was made for another model. Install the program "
                "anew.",
                path=path,
            )

    def switch(self, *, is_on: bool) -> None:
        """Has what is evaluated from now on go through the adapter, or not.

        Raises:
            ModelError: llama.cpp can't.
        """
        if is_on == self.is_on:
            return
        adapters = (C.llama_adapter_lora_p_ctypes * 1)(self._loaded)
        if C.llama_set_adapters_lora(self._context, adapters, int(is_on), (ctypes.c_float * 1)(1.0)):
            raise ModelError("its adapter can't be switched on")
        self.is_on = is_on
