"""Most memory that the assistant takes to answer on the sample article, beside the size of the model's file."""

from pathlib import Path
from typing import Any

from assistant.answering.answering import final_answer
from assistant.application import open_application
from assistant.library.sample import SAMPLE
from assistant.settings import Settings
from tests.bench.machine import peak_memory_mb

__all__ = ["measure_memory"]

QUESTIONS = ("How much did Alibaba's shares rise on Friday?", "アリババはいつ四半期決算を発表しますか？")


def measure_memory(settings: Settings) -> dict[str, Any]:
    """To be called in a new process; megabytes. The model's file is mapped, so its pages count where they are read."""
    with open_application(settings, lambda _: None, keep=False) as application:
        article, _ = application.library.add(SAMPLE.read_text(encoding="utf-8"))
        for question in QUESTIONS:
            final_answer(application.assistant.ask(question, [article.id]))
        peak = peak_memory_mb()
    model = round(Path(settings.model).stat().st_size / 1e6, 1)
    return {"peak_mb": peak, "model_file_mb": model, "over_model_mb": round(peak - model, 1)}
