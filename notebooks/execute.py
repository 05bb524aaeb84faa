"""Execute the notebooks of this folder in place, and keep of their outputs what a reader needs.

Usage: python notebooks/execute.py [NOTEBOOK …]

Timestamps, progress, versions and the state of widgets are left out, so that executing again on the same machine
changes nothing, and a change of the model changes what it should.
"""

import base64
import os
import sys
from io import BytesIO
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import nbformat
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

FOLDER = Path(__file__).parent
_WIDGET = "application/vnd.jupyter.widget-view+json"
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_COLOURS = 192
_TIMEOUT = 600  # seconds a cell; the first one that uses the engine may have to compile it


class Asking(AsyncZMQSocketChannel):
    """A channel that looks anew each second whether a message has come.

    While a cell runs, the client answers its widgets on the channel that it awaits the cell's reply on, and what is
    sent can take away the notice that something came (jupyter/nbclient#312): then it would wait for ever.
    """

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """Return the next message, or raise ``Empty`` when there is none for some seconds."""
        last = float("inf") if timeout is None else monotonic() + timeout
        while (left := last - monotonic()) > 0:
            try:
                return await super().get_msg(min(left, 1.0))
            except Empty:
                continue
        return await super().get_msg(0.0)


class Client(AsyncKernelClient):
    """What talks with a kernel."""

    shell_channel_class = Asking


def execute(notebook: NotebookNode) -> NotebookNode:
    """Run all cells from top to bottom in the folder of the notebooks; return the notebook with new outputs."""
    resources = {"metadata": {"path": str(FOLDER)}}
    client = NotebookClient(notebook, timeout=_TIMEOUT, kernel_name="python3", resources=resources, record_timing=False)
    client.startup_timeout = _TIMEOUT
    client.coalesce_streams = True  # otherwise a slow cell has as many outputs as it paused
    client.create_kernel_manager().client_factory = Client
    return _tidied(client.execute())


def _tidied(notebook: NotebookNode) -> NotebookNode:
    notebook.metadata = NotebookNode(kernelspec=NotebookNode(_KERNEL))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _is_kept(output)]
            for output in cell.outputs:
                _make_small(output)
    return notebook


def _is_kept(output: NotebookNode) -> bool:
    """Whether an output is for readers: no notice of progress, and no widget, which needs its kernel to live."""
    return output.get("name") != "stderr" and _WIDGET not in output.get("data", {})


def _make_small(output: NotebookNode) -> None:
    """Keep a picture in few colours, also those of a few dots, in a fifth of its bytes."""
    picture = output.get("data", {}).get("image/png")
    if picture:
        drawn, small = Image.open(BytesIO(base64.b64decode(picture))).convert("RGB"), BytesIO()
        drawn.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(small, "png", optimize=True)
        output.data["image/png"] = base64.b64encode(small.getvalue()).decode() + "\n"


def main(names: list[str]) -> None:
    """Execute some notebooks, or all."""
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # figures bear no date
    for path in map(Path, names) if names else sorted(FOLDER.glob("*.ipynb")):
        notebook = execute(nbformat.read(path, as_version=4))
        nbformat.write(notebook, path)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
