"""Write the brief next to the report: as ``brief.json`` and, with the extra ``brief``, as PDF and Word documents.

Both documents have a title, a language, headings, and a text for readers who cannot see the chart. The same brief
gives identical files. The PDF is tagged and follows PDF/UA-1, the standard for accessible documents.
"""

import json
import zipfile
from importlib.resources import files
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from engagesim.files import write_whole
from engagesim.report.brief_words import Brief
from engagesim.report.style import Caption

JSON, PDF, DOCX = "brief.json", "brief.pdf", "brief.docx"
EXTRA = "brief"

_LARGER, _HIGH, _WIDE = 1.4, 88.0, 160.0
"""Maximum enlargement of a chart for print, and its maximum height and width in mm."""

_SETTLED = (1980, 1, 1, 0, 0, 0)
"""The fixed time given to every part of a document; the time of writing would make each copy a different file."""


def can_write() -> bool:
    """Return whether the libraries of both documents are installed."""
    return find_spec("typst") is not None and find_spec("docx") is not None


def write_brief(said: Brief, chart: Figure, caption: Caption, key: str, folder: Path) -> list[Path]:
    """Write the brief, including the PDF and the Word document if their libraries are installed.

    Parameters
    ----------
    said : Brief
    chart : Figure
        The one chart.
    caption : Caption
        What the chart shows.
    key : str
        How to read the marks of the chart.
    folder : Path

    Returns
    -------
    list of Path
        The files written.
    """
    words = {**said._asdict(), "chart_said": f"{caption.title}. {caption.description}", "key": key}
    written = {JSON: (json.dumps(words, indent=2, ensure_ascii=False) + "\n").encode()}
    if can_write():
        written |= {PDF: _pdf(words, chart), DOCX: _docx(words, chart)}
    for name, content in written.items():
        write_whole(folder / name, content)
    return [folder / name for name in written]


def _pdf(words: dict[str, Any], chart: Figure) -> bytes:
    import typst  # noqa: PLC0415 - an extra

    drawn = BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "path"}):
        chart.savefig(drawn, format="svg", metadata={"Date": None})
    template = files("engagesim.report") / "templates" / "brief.typ"
    compiled: Any = typst.compile  # its type hints omit that it returns the bytes of one file
    made: bytes = compiled(
        template.read_bytes(),
        font_paths=[str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={
            "said": json.dumps(words),
            "chart": drawn.getvalue().decode(),
            "width": f"{printed_width(chart):.1f}mm",
        },
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    return made


def _docx(words: dict[str, Any], chart: Figure) -> bytes:
    from docx import Document  # noqa: PLC0415 - an extra
    from docx.shared import Mm, Pt  # noqa: PLC0415

    document = Document()
    about = document.core_properties
    about.title, about.author, about.language, about.comments = words["question"], "engagesim", "en-GB", ""
    for section in document.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(18)
        section.top_margin = section.bottom_margin = Mm(13)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(9)
    normal.paragraph_format.space_after = Pt(2)
    for level, size in ((1, 15), (2, 10.5)):
        heading: Any = document.styles[f"Heading {level}"]
        heading.font.size, heading.paragraph_format.space_before = Pt(size), Pt(5)
        heading.paragraph_format.space_after = Pt(1)
    bullets: Any = document.styles["List Bullet"]
    bullets.paragraph_format.space_after = Pt(0)
    document.add_heading(words["question"], 1)
    first, *others = words["sentences"]
    document.add_paragraph().add_run(first).bold = True
    for sentence in others:
        document.add_paragraph(sentence)
    drawn = BytesIO()
    chart.savefig(drawn, format="png", dpi=200, metadata={"Software": "engagesim"})
    picture = document.add_picture(drawn, width=Mm(printed_width(chart)))
    picture._inline.docPr.set("descr", words["chart_said"])  # python-docx has no public way to set it
    for sentence in (words["key"], *words["about"]):
        document.add_paragraph(sentence)
    caveat = document.add_paragraph()
    caveat.add_run("Caveat. ").bold = True
    caveat.add_run(words["caveat"])
    people, costs, find_out = words["headings"]
    for title, name in ((people, "people"), (costs, "costs")):
        document.add_heading(title, 2)
        for sentence in words[name]:
            document.add_paragraph(sentence, style="List Bullet")
    document.add_heading(find_out, 2)
    document.add_paragraph(words["find_out"])
    for sentence in filter(None, (words["scale"], words["ask"])):
        document.add_paragraph(sentence)
    written = BytesIO()
    document.save(written)
    return _settled(written.getvalue())


def printed_width(chart: Figure) -> float:
    """Return the width of a chart on the page, in mm: wider than on a screen, but within the limits for print."""
    width, height = (25.4 * float(inches) for inches in chart.get_size_inches())
    return width * min(_LARGER, _HIGH / height, _WIDE / width)


def _settled(document: bytes) -> bytes:
    """Return a zipped document in which every part has the same time."""
    settled = BytesIO()
    with zipfile.ZipFile(BytesIO(document)) as given, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as made:
        for part in given.infolist():
            made.writestr(zipfile.ZipInfo(part.filename, _SETTLED), given.read(part), zipfile.ZIP_DEFLATED)
    return settled.getvalue()
