"""What the menu shows of the models and does with them, and the status of the one that answers."""

from html import escape

from assistant.application import Application
from assistant.errors import ModelError
from assistant.interfaces.ui import html, menu_html
from assistant.interfaces.ui.choosing import Chooser
from assistant.interfaces.ui.framework import gr
from assistant.interfaces.ui.problems import problem
from assistant.text.language import Language

__all__ = ["ModelMenu"]


class ModelMenu:
    """The models of one application; the same for all who have the page open."""

    def __init__(self, application: Application, chooser: Chooser) -> None:
        self._application = application
        self._chooser = chooser

    @property
    def version(self) -> int:
        """Another one since what `models` shows has changed."""
        is_named = self._application.server and self._application.model.name  # a server is asked what it has
        return self._chooser.version + bool(is_named)

    def status(self, language: Language) -> str:
        """What the model that answers is doing, and what becomes of one that was chosen."""
        model, chooser = self._application.model, self._chooser
        doing = html.status_html(language, model.name, model.size, model.status)
        return doing + menu_html.attempt_html(language, chooser.attempt, chooser.current)

    def parts(self, language: Language) -> list[str]:
        """What opens the menu, what closes it, and the models."""
        return [menu_html.button_html(language), menu_html.close_html(language), self.models(language)]

    def models(self, language: str) -> str:
        chooser, server = self._chooser, self._application.server
        if server:
            return menu_html.served_html(Language(language), self._application.model.name, server)
        return menu_html.models_html(
            Language(language), chooser.choices(), chooser.current, chooser.attempt, is_open=chooser.is_open
        )

    def choose(self, wanted: str, language: str) -> list[str]:
        """Has another model answer. Returns what `models` and `status` give."""
        try:
            self._chooser.choose(wanted)
        except ModelError as error:
            gr.Warning(escape(problem(error, Language(language))))
        return [self.models(language), self.status(Language(language))]
