"""A model's chat template: messages to a prompt, told apart by what the template wrote and what a message says.

Turning that into tokens is for `context.py`.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from jinja2 import Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.errors import ModelError
from assistant.model.protocol import Message

__all__ = ["render"]

PLAIN_TEMPLATE = "{% for m in messages %}{{ m.role | capitalize }}: {{ m.content }}\n\n{% endfor %}Assistant:"
"""For a model that brings no template of its own."""


def render(template: str | None, messages: Sequence[Message]) -> Iterator[tuple[str, bool]]:
    """The prompt in pieces: (text, whether the template wrote it).

    Args:
        template: in Jinja, as a GGUF file has it; None: a plain one.

    Raises:
        ModelError: the template is broken, or leaves a message out.
    """
    marks = [f"\ue000{number}\ue001" for number in range(len(messages))]
    marked = [Message(message.role, mark) for message, mark in zip(messages, marks, strict=True)]
    prompt = _fill(template or PLAIN_TEMPLATE, marked)
    for mark, message in zip(marks, messages, strict=True):
        before, found, prompt = prompt.partition(mark)
        if not found:
            raise ModelError("The model's chat template leaves out a message. Choose another model with --model.")
        yield before, True
        yield message.content, False
    yield prompt, True


def _fill(source: str, messages: Sequence[Message]) -> str:
    variables = {"add_generation_prompt": True, "bos_token": "", "eos_token": ""}
    try:
        template = _compiled(source)
        try:
            return template.render(messages=[_fields(message) for message in messages], **variables)
        except TemplateError:
            folded = _without_system(messages)
            return template.render(messages=[_fields(message) for message in folded], **variables)
    except TemplateError as error:
        raise ModelError(
            "The model's chat template can't be used: {reason}. Choose another model with --model.", reason=error
        ) from error


@cache
def _compiled(source: str) -> Template:
    """The chat template `source`, compiled, which takes 5 ms."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = _raise
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
