"""The parsers under atheris, which mutates inputs towards code that none has reached yet.

    uv run --group fuzz python tests/fuzz/coverage_guided.py graphml -max_total_time=300

The parsers: graphml, people, ties, facts, expressions, yaml, json. What is found is written to a file ``crash-…``.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["engagesim"]):
    from doors import EXPRESSIONS, GRAPHS, PEOPLE, TIES, _expression, _fact, _fact_texts, _graphml, _people, _ties

    from engagesim.errors import EngagementError
    from engagesim.files import parsed_json, parsed_yaml

FOLDER = Path(tempfile.mkdtemp(prefix="engagesim-atheris-"))


def _rows(table: list[list[str]]) -> str:
    return "\n".join(",".join(row) for row in table)


def _yaml(content: bytes, _: Path) -> object:
    return parsed_yaml(content.decode("utf-8", "replace").replace("\0", ""))


def _json(content: bytes, _: Path) -> object:
    return parsed_json(content.decode("utf-8", "replace"))


PARSERS = {
    "graphml": (_graphml, GRAPHS), "people": (_people, [_rows(PEOPLE)]), "ties": (_ties, [_rows(TIES)]),
    "facts": (_fact, _fact_texts()), "expressions": (_expression, EXPRESSIONS),
    "yaml": (_yaml, _fact_texts()), "json": (_json, ['{"a": [1, 2.5e3, null, true, "x"]}']),
}  # fmt: skip


def main() -> None:
    """Fuzz one parser, from sound inputs on."""
    name = sys.argv.pop(1)
    knock, sound = PARSERS[name]
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for number, text in enumerate(sound):
        (corpus / str(number)).write_text(text, "utf-8")
    allowed = (EngagementError, ValueError) if name in {"yaml", "json"} else (EngagementError,)
    warnings.simplefilter("error")

    def one(content: bytes) -> None:
        with contextlib.suppress(*allowed):
            knock(content, FOLDER)

    atheris.Setup([sys.argv[0], str(corpus), "-timeout=10", "-rss_limit_mb=4000", *sys.argv[1:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
