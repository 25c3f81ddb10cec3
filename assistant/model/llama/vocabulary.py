"""Text to tokens of a llama.cpp model and back, and a conversation to its prompt."""

import ctypes
from collections.abc import Sequence
from typing import Any

import llama_cpp as C  # noqa: N812

from assistant.model.llama.chat_template import check_template, tokens_of
from assistant.model.protocol import Message

__all__ = ["LlamaVocabulary"]


class LlamaVocabulary:
    """The tokens of a model: `size` of them."""

    def __init__(self, model: Any) -> None:
        """Raises:
        ModelUnfit: its chat template can't be used.
        """
        self._vocabulary = C.llama_model_get_vocab(model)
        self.size: int = C.llama_vocab_n_tokens(self._vocabulary)
        template = C.llama_model_chat_template(model, None)
        self._template = template.decode(errors="replace") if template else None
        check_template(self._template)
        self._piece = ctypes.create_string_buffer(1024)

    def tokens(self, messages: Sequence[Message], *, is_open: bool = False) -> list[int]:
        """The prompt of `messages` as token ids. Control tokens come from the template, never from a message.

        Args:
            is_open: whether it ends with the last message, which the model is to go on with.
        """
        return tokens_of(self._template, messages, self.tokenise, is_open=is_open)

    def tokenise(self, text: str, *, is_control: bool = False, is_first: bool = False) -> list[int]:
        """The tokens of a text.

        Args:
            is_control: whether control tokens are read in it.
            is_first: whether it begins a prompt.
        """
        data = text.encode("utf-8", errors="replace")
        array = (C.llama_token * (len(data) + 8))()
        count = C.llama_tokenize(self._vocabulary, data, len(data), array, len(array), is_first, is_control)
        return list(array[:count])

    def first_token(self, text: str) -> int:
        """The token that `text` begins with.

        Raises:
            ValueError: the text is empty.
        """
        tokens = self.tokenise(text)
        if not tokens:
            raise ValueError("no text, no token")
        return tokens[0]

    def piece(self, token: int) -> bytes | None:
        """The text of `token` in UTF-8, maybe a part of a character; None where it ends a text."""
        if C.llama_vocab_is_eog(self._vocabulary, token):
            return None
        length = C.llama_token_to_piece(self._vocabulary, token, self._piece, len(self._piece), 0, False)
        return self._piece.raw[: max(0, length)]
