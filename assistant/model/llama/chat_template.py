"""A model's chat template: messages to a prompt, told apart by what the template wrote and what a message says.

What turns a text into tokens is for `vocabulary.py` and `model/server/slot_context.py`.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Literal, Protocol

from jinja2 import Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.errors import ModelUnfit
from assistant.model.protocol import Message

__all__ = ["Tokenises", "check_template", "render", "tokens_of"]

PLAIN_TEMPLATE = "{% for m in messages %}{{ m.role | capitalize }}: {{ m.content }}\n\n{% endfor %}Assistant:"
"""For a model that brings no template of its own."""
_GENERATION = re.compile(r"(\{%[-+]?\s*)(end)?generation\b")
"""Marks what a model writes itself, for those who train it."""


class Tokenises(Protocol):
    """What turns a text into tokens."""

    def __call__(self, text: str, *, is_control: bool = False, is_first: bool = False) -> list[int]:
        """The tokens of a text.

        Args:
            is_control: whether control tokens are read in it.
            is_first: whether it begins a prompt.
        """


def check_template(template: str | None) -> None:
    """Fills a template with a conversation as it is asked for.

    Raises:
        ModelUnfit: the template is broken, or leaves a message out.
    """
    roles: tuple[Literal["system", "user", "assistant"], ...] = ("system", "user", "assistant", "user")
    for _ in render(template, [Message(role, "") for role in roles]):
        pass


def tokens_of(
    template: str | None, messages: Sequence[Message], tokenise: Tokenises, *, is_open: bool = False
) -> list[int]:
    """The prompt of `messages` as token ids. Control tokens come from the template, never from a message.

    Args:
        is_open: whether it ends with the last message, which the model is to go on with.

    Raises:
        ModelUnfit: the template is broken, or leaves a message out.
    """
    result: list[int] = []
    pieces = list(render(template, messages))
    for text, is_control in pieces[:-1] if is_open else pieces:
        result.extend(tokenise(text, is_control=is_control, is_first=not result))
    return result


def render(template: str | None, messages: Sequence[Message]) -> Iterator[tuple[str, bool]]:
    """The prompt in pieces: (text, whether the template wrote it).

    Args:
        template: in Jinja, as a GGUF file has it; None: a plain one.

    Raises:
        ModelUnfit: the template is broken, or leaves a message out.
    """
    marks = [f"\ue000{number}\ue001" for number in range(len(messages))]
    marked = [Message(message.role, mark) for message, mark in zip(messages, marks, strict=True)]
    prompt = _fill(template or PLAIN_TEMPLATE, marked)
    for mark, message in zip(marks, messages, strict=True):
        before, found, prompt = prompt.partition(mark)
        if not found:
            raise ModelUnfit("The model's chat template leaves out a message. Choose another model with --model.")
        yield before, True
        yield message.content, False
    yield prompt, True


def _fill(source: str, messages: Sequence[Message]) -> str:
    """The prompt; of a template that refuses a system message, or leaves it out, the first of the user has that."""
    try:
        with suppress(Exception):
            prompt = _filled(source, messages)
            if messages[0].content in prompt:
                return prompt
        return _filled(source, _without_system(messages))
    except Exception as error:  # whatever a template does
        raise ModelUnfit(
            "The model's chat template can't be used: {reason}. Choose another model with --model.", reason=error
        ) from error


def _filled(source: str, messages: Sequence[Message]) -> str:
    fields = [_fields(message) for message in messages]
    return _compiled(source).render(messages=fields, add_generation_prompt=True, bos_token="", eos_token="")


@cache
def _compiled(source: str) -> Template:
    """The chat template `source`, compiled, which takes 5 ms."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals["raise_exception"] = _raise
    source = _GENERATION.sub(lambda tag: tag[1] + ("endif" if tag[2] else "if true"), source)
    return environment.from_string(source)


def _fields(message: Message) -> dict[str, str]:
    return {"role": message.role, "content": message.content}


def _without_system(messages: Sequence[Message]) -> list[Message]:
    """For templates that know no system message: its text opens the first of the user."""
    if len(messages) < 2 or messages[0].role != "system":
        return list(messages)
    first, second, *rest = messages
    return [Message(second.role, f"{first.content}\n\n{second.content}"), *rest]


def _raise(message: str) -> None:
    raise TemplateError(message)
