"""What Gradio holds of a session stays what the page shows."""

import asyncio

from gradio.state_holder import SessionState

from assistant.interfaces.ui.framework import gr


async def held_after_each_of(events: int) -> list[tuple[int, int]]:
    """How many components a session holds, with their values; within a loop, else Gradio leaves one of its own."""
    with gr.Blocks() as page:
        box, other = gr.Textbox(), gr.Number()
        gr.Button().click(lambda *_: [gr.skip(), gr.update(visible=True)], [box, other], [box, other])
    (event,) = page.fns.values()
    session = SessionState(page)
    held = []
    for _ in range(events):
        await page.process_api(event, ["much", 1], session)
        held.append((len(session.blocks_config.blocks), len(session.config_values)))
    return held


def test_a_session_holds_no_more_after_many_events_than_after_one() -> None:
    first, *others = asyncio.run(held_after_each_of(5))
    assert others == [first] * 4
