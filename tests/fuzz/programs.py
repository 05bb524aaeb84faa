"""Doors for files that other programs write: graphs, workbooks, Stata, SPSS, Parquet, maps and mapping files."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import networkx as nx
import pandas as pd
from hypothesis import strategies as st
from mutations import byte_edits, texts

from engagesim.parameters import Parameters
from engagesim.parquet import content_of
from engagesim.society import spss
from engagesim.society.boundaries import read_map
from engagesim.society.files import read_people
from engagesim.society.network import wire
from engagesim.society.survey import read_survey

PEOPLE = pd.DataFrame(
    {
        "person": [f"p{number}" for number in range(12)],
        "district": [number % 2 for number in range(12)],
        "education": [number / 12 for number in range(12)],
        "role": ["citizen"] * 12,
    }
)
GRAPH = nx.relabel_nodes(nx.gnm_random_graph(12, 30, seed=1), lambda number: f"p{number}")
PAJEK = "\n".join(nx.generate_pajek(nx.path_graph(12)))
MATRIX = "\n".join(",".join("1" if abs(row - column) == 1 else "0" for column in range(12)) for row in range(12))


def _settled(changes: dict[str, Any]) -> object:
    return wire(*read_people(Parameters().changed({"population.districts": 2, **changes})))


def _knock(name: str, path: str) -> Any:
    def knock(content: bytes, folder: Path) -> object:
        (folder / name).write_bytes(content)
        changes = {"network.kind": "file"} if path == "network.file" else {}
        return _settled({**changes, path: str(folder / name)})

    return knock


def _workbook() -> bytes:
    written = io.BytesIO()
    PEOPLE.to_excel(written, index=False)
    return written.getvalue()


@st.composite
def changed_bytes(draw: st.DrawFn, sound: bytes) -> bytes:
    """Draw bytes of the same length with one to six others: most such files still begin well."""
    content = bytearray(sound)
    for _ in range(draw(st.integers(1, 6))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content)


def damaged(sound: bytes) -> st.SearchStrategy[bytes]:
    return st.one_of(changed_bytes(sound), changed_bytes(sound), byte_edits(sound))


@st.composite
def workbooks(draw: st.DrawFn, sound: bytes) -> bytes:
    """Damage a part of a workbook and pack it again, or damage the bytes of the file."""
    if draw(st.booleans()):
        return draw(byte_edits(sound))
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as before, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after:
        names = before.namelist()
        damaged = draw(st.sampled_from(names))
        for name in names:
            content = before.read(name)
            after.writestr(name, draw(texts([content.decode()])) if name == damaged else content)
    return written.getvalue()


def _stata() -> bytes:
    written = io.BytesIO()
    PEOPLE.to_stata(written, write_index=False, version=118)
    return written.getvalue()


def _spss() -> bytes:
    import pyreadstat

    with tempfile.TemporaryDirectory() as folder:
        pyreadstat.write_sav(PEOPLE, f"{folder}/people.sav", variable_value_labels={"district": {0: "a", 1: "b"}})
        return Path(folder, "people.sav").read_bytes()


@cache
def _reader() -> subprocess.Popen[str]:
    asked = [sys.executable, str(Path(__file__).with_name("reading_sav.py"))]
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=alone)


def forked(asked: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
    """Do in a fork of a clean process what a new process does."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        reader = _reader()
        assert reader.stdin is not None
        assert reader.stdout is not None
        print(json.dumps([asked[2:], str(out), str(err)]), file=reader.stdin, flush=True)
        code = int(reader.stdout.readline())
        assert code != -signal.SIGALRM, "the reader of SPSS files hangs"
        return subprocess.CompletedProcess(asked, code, out.read_bytes(), err.read_bytes())


def _sav(content: bytes, folder: Path) -> object:
    with mock.patch.object(spss.subprocess, "run", forked):
        return _knock("people.sav", "population.file")(content, folder)


def _parquet() -> bytes:
    import pyarrow as pa

    return content_of(pa.Table.from_pandas(PEOPLE))


MAP = json.dumps(
    {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": kind, "coordinates": points}}
        for name, kind, points in (
            ("a", "Polygon", [[[0, 0], [1, 0], [1, 1], [0, 0]]]),
            ("b", "MultiPolygon", [[[[2, 0], [3, 0], [3, 1], [2, 0]]], [[[4, 0], [5, 0], [5, 1], [4, 0]]]]),
        )
    ]}
)  # fmt: skip


def _map(content: bytes, folder: Path) -> object:
    (folder / "map.geojson").write_bytes(content)
    return read_map(str(folder / "map.geojson"), 2, ["a", "b"])


SURVEY = "id,w,village,q1,q2,sex\n" + "".join(
    f"{n},{1 + n % 3},{'ab'[n % 2]},{1 + n % 5},{5 - n % 5},{'fm'[n % 2]}\n" for n in range(20)
)
MAPPING = """\
survey: survey.csv
key: id
weight: w
people: 40
missing: ["-99"]
district: {from: village, names: {a: North, b: South}}
attributes:
  trust: {from: [q1, q2], scale: [1, 5], reversed: [q2], reason: it says so, missing: mean}
  education: {from: q1, recode: {"1": 0.2, "2": 0.4}, otherwise: 0.5, reason: it says so}
margins: [{from: sex, shares: {f: 0.5, m: 0.5}, source: census}]
know: {protest: {from: q1, scale: [1, 5], reason: it says so}}
"""


def _mapping(given: tuple[bytes, bytes], folder: Path) -> object:
    (folder / "survey.csv").write_bytes(given[0])
    (folder / "mapping.yaml").write_bytes(given[1])
    return read_survey(folder / "mapping.yaml")


def program_doors() -> dict[str, tuple[st.SearchStrategy[Any], Any]]:
    """Return inputs and what is done with them, by the name of the door."""
    graph, people = "network.file", "population.file"
    node_link = json.dumps(nx.node_link_data(GRAPH, edges="links"))
    return {
        "matrices": (texts([MATRIX]), _knock("ties.csv", graph)),
        "gexf": (texts(["\n".join(nx.generate_gexf(GRAPH))]), _knock("ties.gexf", graph)),
        "gml": (texts(["\n".join(nx.generate_gml(GRAPH))]), _knock("ties.gml", graph)),
        "pajek": (texts([PAJEK]), _knock("ties.net", graph)),
        "json": (texts([node_link]), _knock("ties.json", graph)),
        "workbooks": (workbooks(_workbook()), _knock("people.xlsx", people)),
        "stata": (damaged(_stata()), _knock("people.dta", people)),
        "spss": (damaged(_spss()), _sav),
        "parquet": (damaged(_parquet()), _knock("people.parquet", people)),
        "maps": (texts([MAP]), _map),
        "mapping files": (st.tuples(st.just(SURVEY.encode()), texts([MAPPING])), _mapping),
        "surveys": (st.tuples(texts([SURVEY]), st.just(MAPPING.encode())), _mapping),
    }
