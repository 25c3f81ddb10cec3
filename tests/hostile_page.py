"""The page in a process of its own, on a model that says what a hostile one would say; for `test_hostile.py`.

Started with a port and a folder for the library, it prints "ready" and serves until standard input ends.
"""

import sys
from pathlib import Path
from typing import cast

from assistant.answering.answerability import UNCALIBRATED
from assistant.answering.answering import AnsweringAssistant
from assistant.application import Application, open_library
from assistant.interfaces.ui.serving import served
from assistant.interfaces.ui.session import Sessions
from assistant.library.retrieval import Retriever
from assistant.model.worker import LlamaWorker
from assistant.settings import Settings
from tests.fake_model import FakeModel
from tests.nasty import ARTICLE, NASTY, TITLE


def main() -> None:
    settings = Settings(home=Path(sys.argv[2]), port=int(sys.argv[1]))
    model = FakeModel(*(NASTY[at : at + 7] for at in range(0, len(NASTY), 7)))
    with open_library(settings) as library:
        library.add(ARTICLE, TITLE)
        assistant = AnsweringAssistant(
            *(Retriever(library.store, library.embedder), library.article, model, UNCALIBRATED),
            window_tokens=700,
            answer_tokens=500,
            align=library.alignment,
        )
        application = Application(library, assistant, cast(LlamaWorker, model))
        with served(application, settings, Sessions()):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.read()


if __name__ == "__main__":
    main()
