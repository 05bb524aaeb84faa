"""Hypothesis strategies that damage valid inputs: trees, texts, tables and bytes, each as its own kind breaks."""

from __future__ import annotations

import copy
import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from hypothesis import strategies as st


def nested(levels: int, kind: str = "list") -> Any:
    """Return a list or mapping nested so many levels deep."""
    tree: Any = 1
    for _ in range(levels):
        tree = [tree] if kind == "list" else {"a": tree}
    return tree


VALUES = st.one_of(
    st.sampled_from(
        [
            None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, -(10**400), 0.5, -0.0, 1e308, -1e308, 5e-324,
            float("inf"), float("-inf"), float("nan"), "", " ", "x" * 20_000, "../../etc/passwd", "/dev/zero", "a\0b",
            "\x1b[2J", "é", "\u202e", "𝟜", "1e400", "nan", "0x10", "1_000", "${oc.env:HOME}", "!!python/name:os.system",
            [], {}, [[]], [None], {"": ""}, {"worst": 2}, list(range(2000)), nested(60), nested(60, "dict"),
        ]
    ),
    st.floats(),
    st.integers(),
    st.text(max_size=30),
)  # fmt: skip
"""Values that people, programs and attackers put in the place of a sound one."""

TOKENS = [
    "\0", "\ufeff", "\r", "\n\n", ",", ";", "\t", '"', "'", '"""', "{", "}", "[", "]", "[[[[[[[[", "&a ", "*a", "<<: *a",
    "!!python/object/apply:os.system [ls]", "!!timestamp x", "!!bool x", "!!int ''", "!!float .", "!!binary ?", "--- ",
    "...", "? ", "# ", ": ", "- ", "|", ">", "%YAML 9.9", "~", ".nan", ".inf", "1e999", "9" * 5000, "-", "0x", "1:2:3",
    "<!DOCTYPE a [<!ENTITY b 'cc'>]>", "&b;", "&#0;", "&#x10FFFF;", "<![CDATA[", "]]>", "<a>" * 50, "</graph>", "<!--",
    "${", "${now:%Y}", "a" * 3000, "../", "\\", "\u2028", "é", "\x1b[31m", "NaN", "Infinity", "null", "1,2,3,4,5,6,7,8,9",
]  # fmt: skip
"""Pieces of text that mean something to one parser or another."""

ENCODINGS = ["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252", "utf-7"]


@st.composite
def texts(draw: st.DrawFn, sound: list[str]) -> bytes:
    """Draw a text of these with a few edits, in some encoding, perhaps with bytes that are none."""
    text = draw(st.sampled_from(sound))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.sampled_from([0, 0, 1, 2, 5, 20, 200])))
        new = draw(st.one_of(st.sampled_from(TOKENS), st.just(""), st.just(text[start:stop] * 2), st.text(max_size=8)))
        text = text[:start] + new + text[stop:]
    content = text.encode(draw(st.sampled_from(ENCODINGS)), errors="replace")
    return draw(byte_edits(content)) if draw(st.integers(0, 3)) == 0 else content


@st.composite
def byte_edits(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw these bytes with a few that are others, missing or added."""
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, max(0, len(content) - 1)))
        match draw(st.integers(0, 3)):
            case 0:
                content = content[:place] + draw(st.binary(max_size=8)) + content[place + 1 :]
            case 1:
                content = content[:place]
            case 2:
                content = content[:place] + content[place + draw(st.integers(1, 50)) :]
            case _:
                content = content[:place] + b"\xff\xfe\x00" + content[place:]
    return content


def places(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the path of every value in a tree."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [here, *(place for key, value in inner for place in places(value, (*here, key)))]


@st.composite
def trees(draw: st.DrawFn, sound: list[Any]) -> Any:
    """Draw a tree of these with a few values that are others, missing, doubled, or under another name."""
    tree = copy.deepcopy(draw(st.sampled_from(sound)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(tree)))
        if not place:
            if draw(st.integers(0, 20)) == 0:
                return draw(VALUES)
            continue
        branch = tree
        for step in place[:-1]:
            branch = branch[step]
        _damage(draw, branch, place[-1])
    return tree


def _damage(draw: st.DrawFn, branch: Any, key: Any) -> None:
    match draw(st.integers(0, 5)):
        case 0:
            del branch[key]
        case 1 if isinstance(branch, dict):
            branch[draw(st.one_of(st.text(max_size=12), st.sampled_from(["_target_", "x" * 500, "", "seed"])))] = (
                branch.pop(key)
            )
        case 1:
            branch.append(copy.deepcopy(branch[key]))
        case 2 if isinstance(branch[key], int | float) and not isinstance(branch[key], bool):
            branch[key] = branch[key] * draw(st.sampled_from([-1, 0, 2, 10, 1000, 10**9]))
        case _:
            branch[key] = copy.deepcopy(draw(VALUES))


def as_json(tree: Any) -> bytes:
    """Write a tree as JSON, which is YAML too, with what neither should hold."""
    return json.dumps(tree, default=str, ensure_ascii=False).encode("utf-8", "surrogatepass")


@st.composite
def tables(draw: st.DrawFn, sound: list[list[list[str]]]) -> bytes:
    """Draw a table of these with cells, rows and columns damaged, written with one separator or another."""
    rows = copy.deepcopy(draw(st.sampled_from(sound)))
    for _ in range(draw(st.integers(1, 4))):
        row = draw(st.integers(0, len(rows) - 1)) if rows else 0
        match draw(st.integers(0, 7)):
            case 0 if rows and rows[row]:
                rows[row][draw(st.integers(0, len(rows[row]) - 1))] = str(draw(VALUES))
            case 1 if rows:
                rows.insert(row, list(rows[row]))
            case 2 if rows:
                del rows[row]
            case 3:
                for each in rows:
                    each.append(each[0] if each else "")
            case 4:
                for each in rows:
                    del each[:1]
            case 5 if rows:
                rows[row] = rows[row] + draw(st.lists(st.text(max_size=5), max_size=3))
            case 6 if rows and rows[0]:
                rows[0][draw(st.integers(0, len(rows[0]) - 1))] = draw(
                    st.sampled_from(["person", "district", "trust", ""])
                )
            case _ if rows and rows[row]:
                rows[row][-1] = draw(st.sampled_from(["nan", "inf", "1e999", "-1", "½", "0x1", "1,5", "\0", " ", '"']))
    written = io.StringIO()
    csv.writer(written, delimiter=draw(st.sampled_from([",", ",", ",", ",", ";", "\t"]))).writerows(rows)
    content = written.getvalue().encode(draw(st.sampled_from(ENCODINGS)), errors="replace")
    return draw(byte_edits(content)) if draw(st.integers(0, 5)) == 0 else content


def replace(path: Path, content: bytes | str) -> None:
    """Put other bytes in the place of a file, a pipe (``pipe``), or a link to what a text names."""
    path.unlink()
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(content)
