"""HTML as it is seen: its text, tags and attributes; and a text that would do harm as HTML."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["NASTY", "Seen", "harmless", "parsed"]

NASTY = """<img src=x onerror=alert(1)>"quoted" 'single' </span></p></button><script>x</script> $$x$$ &amp; \\(y\\)"""


@dataclass
class Seen(HTMLParser):
    """The text, tags and attributes of a page; fails where tags are left open or cross."""

    text: str = ""
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag in ("h2", "h3", "p", "li", "blockquote"):
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def parsed(page: str) -> Seen:
    seen = Seen()
    seen.feed(page)
    seen.close()
    assert seen.open == []
    return seen


def harmless(page: str) -> Seen:
    """What is seen of `page`, in which nothing of `NASTY` has become a tag or an attribute."""
    seen = parsed(page)
    assert not {"img", "script"} & {tag for tag, _ in seen.tags}
    assert not any(name.startswith("on") for _, attributes in seen.tags for name in attributes)
    return seen
