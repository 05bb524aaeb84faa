"""Markdown of generated pages: tables, text from users, and the conversion to a page."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from markdown_it import MarkdownIt


def as_page(text: str, drawn: str) -> str:
    """Return Markdown and its drawing as HTML, with escaped tags and without links because the page is shared alone."""
    body: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    body = body.replace("<table>", '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>')
    body = body.replace("</table>", "</table></div>")
    body = re.sub(r'<a href="[^"]*">(.*?)</a>', r"\1", body)
    before, image, rest = body.partition("<img ")
    return before + drawn + rest.partition("/>")[2] if image else body


def frame_table(table: pd.DataFrame) -> str:
    """Return a table as Markdown; empty if it has no rows."""
    return pipe_table(list(map(str, table.columns)), table.itertuples(index=False)) if len(table) else ""


def pipe_table(head: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return rows under headings as a table in Markdown."""
    lines = [head, ["---"] * len(head), *(map(_cell, row) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(value: Any) -> str:
    """Return the text of a cell with bars escaped and without line breaks, which would end the cell or the row."""
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    return " ".join(text.split()).replace("|", "\\|")


def safe(text: str) -> str:
    """Escape a user's text for Markdown, so that no converter turns it into tags, links or pictures."""
    return re.sub(r"[\\`\[\]]", r"\\\g<0>", text).replace("&", "&amp;").replace("<", "&lt;")
