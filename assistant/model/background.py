"""What a model does while nobody waits for it: it reads articles and answers what nobody asked, until a question comes.

When that is, is for `turns.py`.
"""

from collections.abc import Callable

from assistant.model.decoding import Context, generate
from assistant.model.protocol import Retraction
from assistant.model.turns import Job

__all__ = ["run_in_background"]


def run_in_background(context: Context, job: Job, is_wanted: Callable[[], bool]) -> bool:
    """Runs a `job` that nobody waits for; False when a question came, so that it is to be begun anew."""
    if not job.max_tokens:
        is_done = _read(context, job, is_wanted)
        job.is_ended = is_done and not job.stopped.is_set()
        return is_done
    interrupted = False

    def stopped() -> bool:
        nonlocal interrupted
        interrupted = interrupted or is_wanted()
        return interrupted or job.stopped.is_set()

    pieces: list[str | Retraction] = []
    generate(context, job, stopped, pieces.append)
    if interrupted and not job.stopped.is_set():
        return False
    for piece in pieces:
        job.say(piece)
    return True


def _read(context: Context, job: Job, is_wanted: Callable[[], bool]) -> bool:
    """Reads the messages of `job` and keeps what came of it; False when interrupted, to be gone on with later."""
    tokens = context.tokens(job.messages)
    if job.stopped.is_set() or len(tokens) > context.context_tokens or context.keeps(tokens):
        return True
    if context.evaluate(tokens, lambda: job.stopped.is_set() or is_wanted()) is None:
        return job.stopped.is_set()
    context.keep(job.article)
    if job.stopped.is_set():  # meanwhile: the article is being removed
        context.drop(job.article)
    return True
