"""What does harm where it is taken for more than text: as HTML, as Markdown, in a terminal, by turning lines around."""

__all__ = ["ARTICLE", "NASTY", "STEERED", "TITLE"]

STEERED = "\x1b]0;owned\x07\x1b[2J\x9b31m \u202edlos\u202c \u2066so\u2069 \x00\x08\x7f\U000e0041\U000e0042"
"""Orders to a terminal, lines turned around, a NUL, and letters that nothing shows."""
NASTY = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script><svg onload="window.hacked=3"> '
    "\"'><iframe src=https://track.example/f></iframe> [here](javascript:window.hacked=4) "
    "![pixel](https://track.example/p.png) https://track.example/auto www.track.example mail@track.example "
    "<https://track.example/angle> javascript:alert(1) data:text/html,<b>x</b> [1]: https://track.example/ref "
    "\\(x\\) $$y$$ &lt;b&gt; {{7*7}} ${7*7} ../../etc/passwd раураl е\u0301\u0301\u0301 a\u200bb"
)
"""HTML, scripts, handlers, links and pictures of Markdown, bare addresses, templates, homoglyphs, marks on marks."""
TITLE = f"{NASTY[:90]} {STEERED} title"
ARTICLE = (
    f"The mill of Arden was sold on Monday for 40 euros. {NASTY}\n\n"
    f"It makes power for 300 houses {STEERED} in winter. The word {'x' * 700} has 700 letters.\n\n"
    f"![pixel](https://track.example/q.png) Ida Crane runs it [now](javascript:window.hacked=5).\n\n"
    f"アーデンの水車小屋は月曜日に40ユーロで売却された。{NASTY}\n\n"
    f"冬は300軒に電気を送る{STEERED}。運営するのは鶴田郁さん。{'ー' * 300}という語がある。"
)
