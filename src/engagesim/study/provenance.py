"""The provenance record of a run: everything needed to repeat it and to check that the results are identical."""

import hashlib
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NotRequired, TypedDict

from pydantic import Field

from engagesim.errors import MechanismError, StoreError, reason, shown
from engagesim.files import GRAPH_BYTES, TABLE_BYTES, content, write_whole
from engagesim.mechanisms.declarations import listed
from engagesim.mechanisms.design import extended, sources_of
from engagesim.parameters import Parameters
from engagesim.parameters.pydantic_errors import validated

INPUTS = "inputs"
"""Subfolder of a folder of results that holds copies of the input files."""

_KINDS = ("csv", "graphml", "xlsx", "dta", "sav", "parquet", "gexf", "gml", "net", "json", "geojson")
_KEPT = re.compile(rf"{INPUTS}/(network|population)-[0-9a-f]{{16}}\.({'|'.join(_KINDS)})\Z")
_LIBRARIES = ("mesa", "numpy", "networkx", "pandas", "pyarrow", "pydantic", "matplotlib", "hydra-core", "numba")


class Record(NamedTuple):
    """Contents of the input and result files of a run, by name."""

    parameters: Parameters
    model_version: str
    agents_every: int
    results: Mapping[str, bytes]


class Environment(TypedDict):
    """The software versions and the machine that produced the results."""

    engagesim: str
    commit: str | None
    python: str
    platform: str
    libraries: dict[str, str | None]


class Certificate(Environment):
    """Versions, machine, inputs and results of a run, with SHA-256 checksums of files and hashes of mechanisms."""

    model_version: str
    seed: int
    agents_every: Annotated[int, Field(ge=0, le=100_000)]
    inputs: dict[str, str]
    mechanisms: NotRequired[dict[str, str]]
    results: Annotated[dict[str, str], Field(min_length=1)]


def birth_certificate(record: Record) -> Certificate:
    """Return the provenance record of a run made now, on this machine."""
    return Certificate(
        **environment(),
        model_version=record.model_version,
        seed=record.parameters.seed,
        agents_every=record.agents_every,
        inputs=inputs_of(record.parameters),
        mechanisms=sources_of(type(record.parameters)),
        results={name: checksum(content) for name, content in record.results.items()},
    )


def environment() -> Environment:
    """Return the current versions of the package and its libraries, and the machine."""
    return Environment(
        engagesim=version("engagesim"),
        commit=_commit(),
        python=platform.python_version(),
        platform=platform.platform(),
        libraries={name: _version(name) for name in _LIBRARIES},
    )


def certificate_of(tree: Any, place: str) -> Certificate:
    """Check and return a certificate."""
    return validated(Certificate, tree, place)


def checksum(content: bytes) -> str:
    """Return the SHA-256 checksum of some content."""
    return hashlib.sha256(content).hexdigest()


def short_checksum(content: bytes) -> str:
    """Return the digits of a checksum that appear in the file's name."""
    return checksum(content)[:16]


def inputs_of(parameters: Parameters) -> dict[str, str]:
    """Return the checksum of every input file, by the setting that names it."""
    return {path: checksum(_content(file)) for path, file in _inputs(parameters).items()}


def named_in_full(parameters: Parameters) -> Parameters:
    """Return the parameters with full paths of input files, so that any working folder can find them."""
    return parameters.changed({path: str(Path(file).resolve()) for path, file in _inputs(parameters).items()})


def named_by_content(many: Iterable[Parameters]) -> Iterator[Parameters]:
    """Yield parameters in stored form, with input files placed in the folder of results and named by content.

    A file that has moved therefore counts as the same, and one that has changed as different.
    """
    names: dict[tuple[str, str], str] = {}
    for parameters in many:
        inputs = _inputs(parameters)
        for path, file in inputs.items():
            if (path, file) not in names:
                names[path, file] = _kept_name(path, file, _content(file))
        yield parameters.changed({each[0]: names[each] for each in inputs.items()}) if inputs else parameters


def keep_inputs(parameters: Parameters, folder: Path) -> None:
    """Copy input files and mechanisms into the folder of results, so that the run can be repeated anywhere.

    Raises
    ------
    StoreError
        If a file no longer exists, or the destination is a link.
    """
    kept = {}
    for path, file in _inputs(parameters).items():
        found = _content(file)
        kept[_kept_name(path, file, found)] = found
    kept |= {f"{INPUTS}/{mechanism.name}.py": mechanism.content for mechanism in parameters.mechanisms}
    for name, found in kept.items():
        place = folder / name
        if place.parent.is_symlink():
            raise StoreError(f"{place.parent}: must not be a link; take it out of the folder")
        place.parent.mkdir(exist_ok=True)
        if not place.exists():
            write_whole(place, found)


def located(parameters: Parameters, folder: Path) -> Parameters:
    """Return the parameters of stored results with the current paths to the copies of their input files."""
    inputs = _inputs(parameters)
    return parameters.changed(
        {path: str(folder.resolve() / file) for path, file in inputs.items() if _KEPT.match(file)}
    )


def with_code(parameters: Parameters, mechanisms: Iterable[Any], folder: Path) -> Parameters:
    """Return the parameters of stored results, with the mechanisms whose code the user names.

    Code in a folder never runs unless the user names it, because both the code and the hashes may come from a stranger.

    Raises
    ------
    MechanismError
        If a mechanism is missing, differs, or was not used in the run.
    """
    given = listed(mechanisms)
    before = sources_of(type(parameters))
    for mechanism in given:
        if mechanism.name not in before:
            raise MechanismError(
                f"{mechanism.file}: must be left out; the results in {folder} were made without {shown(mechanism.name)}"
            )
    missing = next((name for name in before if name not in {each.name for each in given}), None)
    if missing is not None:
        copies = ",".join(f"{folder / INPUTS / name}.py" for name in before)
        raise MechanismError(
            f"mechanisms: missing; must be the code of {shown(missing)}, which runs only if you name it: read the "
            f"copy in the folder and add mechanisms={f'[{copies}]' if len(before) > 1 else copies}"
        )
    return extended(parameters, given)


def check_inputs(parameters: Parameters) -> None:
    """Refuse to repeat stored results unless their input files are unchanged.

    Raises
    ------
    StoreError
        If an input file is missing or changed; the message names the file and says what to do.
    """
    for path, file in _inputs(parameters).items():
        kept = Path(file)
        if not _KEPT.match(f"{INPUTS}/{kept.name}"):
            raise StoreError(
                f"{path} = {file}: must be in the folder of the results; simulate again to store a copy there"
            )
        if not kept.is_file():
            raise StoreError(f"{path} = {kept}: missing; must be the file that was used, under this name")
        if _kept_name(path, file, _content(file)) != f"{INPUTS}/{kept.name}":
            raise StoreError(f"{path} = {kept}: must be the file that was used; its content has changed")


def is_kept_name(word: Any) -> bool:
    """Whether a word has the form of a stored name of an input file."""
    return isinstance(word, str) and _KEPT.match(word) is not None


def _kept_name(path: str, file: str, found: bytes) -> str:
    kind = Path(file).suffix.lower().removeprefix(".").replace("xml", "graphml")
    return f"{INPUTS}/{path.partition('.')[0]}-{short_checksum(found)}.{kind if kind in _KINDS else 'csv'}"


def _inputs(parameters: Parameters) -> dict[str, str]:
    network = parameters.network.file if parameters.network.kind == "file" else None
    people = parameters.population
    named = {"population.file": people.file, "population.boundaries": people.boundaries, "network.file": network}
    return {path: file for path, file in named.items() if file is not None}


def _content(path: str) -> bytes:
    try:
        return content(Path(path), max(TABLE_BYTES, GRAPH_BYTES))
    except OSError as error:
        raise StoreError(f"{path}: must stay until the run ends; {reason(error)}") from None
    except ValueError as error:
        raise StoreError(f"{path}: must be an ordinary file; {error}") from None


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Return the commit of a source checkout, with a plus if files differ, or None if there is no checkout."""
    root = Path(__file__).parents[3]
    if not (root / ".git").exists() or shutil.which("git") is None:
        return None
    described = subprocess.run(  # noqa: S603 - a fixed command in our own folder
        ["git", "-C", str(root), "--no-optional-locks", "describe", "--always", "--abbrev=40", "--dirty=+"],  # noqa: S607
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return described.stdout.strip() or None
