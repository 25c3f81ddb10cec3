"""The whole assistant with the default model, for tests of what it answers."""

from collections.abc import Iterator

import pytest

from assistant.application import Application, open_application
from assistant.settings import DEFAULT_MODEL, Settings
from tests.conftest import Knowing


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory, knowing: Knowing) -> Iterator[Application]:
    """Its library holds what each test adds: ask about articles by their ids."""
    settings = Settings(home=knowing(tmp_path_factory.mktemp("home")), model=DEFAULT_MODEL)
    with open_application(settings, lambda _: None) as application:
        application.model.start()
        yield application
