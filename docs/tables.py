"""Write the tables of the documents, and what ``--help`` says of settings, from the code: ``python docs/tables.py``.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end of table -->``; the text around it is written by hand.
Claims stand between ``<!-- claims: NAMES -->`` and ``<!-- end of claims -->``: those of the robustness panel that are
not withdrawn, each with how far it carries.
"""

import ast
import inspect
import json
import re
import runpy
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeAliasType, get_args, get_origin

import pandas as pd
import yaml

import engagesim.measures
from engagesim.alliances.levers import read_levers
from engagesim.cli import help as cli_help
from engagesim.cli.parameters import FORMATS, calibration_named, markdown
from engagesim.configs import config_folder, purpose
from engagesim.configs.command_options import (
    AlliesOptions,
    CalibrateOptions,
    CompareOptions,
    PlaceOptions,
    RobustnessOptions,
    RunOptions,
    SweepOptions,
    ValidateOptions,
)
from engagesim.configs.compose import GROUPS
from engagesim.configs.override_values import PLACES
from engagesim.configs.overrides import parser
from engagesim.dashboard.glossary import glossary as terms
from engagesim.measures import MEASURES
from engagesim.month import MONTH
from engagesim.month.steps import Each
from engagesim.parameters import FORM_DIMENSIONS, Engagement, Parameters, parameter_table
from engagesim.parameters.declare import JUDGEMENT, Group
from engagesim.parameters.engagement import OBSERVABLE
from engagesim.places.profile import QUANTITIES
from engagesim.society.events import CAUSES, EVENT_COLUMNS, KINDS
from engagesim.society.state import COLUMNS
from engagesim.study.description import Study
from engagesim.study.executors import Place
from engagesim.study.intervention_packages import read_catalogue
from engagesim.validation.claims import conclusions
from engagesim.validation.parameter_sets import Standing
from engagesim.validation.parameter_sets import standing as standing_of
from engagesim.web.lessons import lesson_named, lesson_names

DOCS = Path(__file__).parent
LAYERS = runpy.run_path(str(DOCS / "layers.py"))
MEETINGS = runpy.run_path(str(DOCS / "meetings.py"))
REASON = re.compile(r"^(?P<name>\w+): (?P<value>\S+) +# (?P<reason>.+)$", re.MULTILINE)
CLAIMS = re.compile(r"(<!-- claims: (?P<names>[a-z0-9_. ]+) -->\n).*?(<!-- end of claims -->)", re.DOTALL)
PANEL = DOCS / "robustness.csv"
PLACE = re.compile(r"(<!-- table: (?P<name>[a-z]+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def parameters() -> str:
    """Every parameter."""
    return markdown()


def standing() -> str:
    """How many numbers were found in which way, and how many of their mechanisms, values and widths come from facts."""
    rested: dict[str, list[Standing]] = {}
    calibration = calibration_named()
    for row in parameter_table():
        found = standing_of(row, calibration)
        if found.found:
            rested.setdefault(found.found.partition(",")[0], []).append(found)
    return _table(
        ("calibrated or judged", "numbers", "mechanism from evidence", "value from evidence", "pinned down"),
        (
            (name, *map(str, (
                len(some), sum(not each.mechanism.startswith(JUDGEMENT) for each in some),
                sum(not each.value.startswith(JUDGEMENT) for each in some),
                sum(each.pinned.startswith("yes") for each in some),
            )))
            for name, some in rested.items()
        ),
    )  # fmt: skip


def quantities() -> str:
    """Everything that a user can state about a place."""
    units = {"share": "%", "months": "months or years", "0 to 1": "0 to 1"}
    return _table(("name", "unit", "what it is"), ((f"`{q.name}`", units[q.unit], q.words) for q in QUANTITIES))


def levers() -> str:
    """Every lever of a search for allies, with what it speaks to and what it costs."""
    found = read_levers(read_catalogue(config_folder()))
    whom = {"manager": "officials", "provider": "officials", "users": "users", "brokers": "users"}
    rows = (
        (f"`{each.name}`", each.words, ", ".join(dict.fromkeys(whom.get(kind, kind) for kind in each.changes)),
         each.why, f"{each.cost:,.0f}", each.cost_source)
        for each in found
    )  # fmt: skip
    return _table(("lever", "what you do", "whom it can move", "where", "dollars", "source of the cost"), rows)


def observable() -> str:
    """Everything in a district for which an intervention can wait."""
    return _table(("name", "what it is"), ((f"`{name}`", words) for name, words in OBSERVABLE.items()))


def state() -> str:
    """Every state variable, by the entity that has it."""
    return _table(
        ("entity", "variable", "unit", "meaning", "changes"),
        ((c.entity, f"`{c.name}`", c.unit, c.description, "no" if c.fixed else "yes") for c in COLUMNS),
    )


def measures() -> str:
    """Every measure of a month, with how it is computed from the sums of the month."""
    source = ast.parse(inspect.getsource(engagesim.measures))
    calls = [node for node in ast.walk(source) if isinstance(node, ast.Call) and _name(node.func) == "Measure"]
    computed = {ast.literal_eval(call.args[0]): _plain(call.args[4]) for call in calls}
    return _table(
        ("measure", "unit", "meaning", "over", "computed as"),
        ((f"`{m.name}`", m.unit, m.description, m.level, f"`{computed[m.name]}`") for m in MEASURES),
    )


def tallies() -> str:
    """Every sum of a month, with whom it runs over and what is summed."""
    rows = []
    for each in (entry for entry in MONTH["observe"] if isinstance(entry, Each)):
        for step in each.steps:
            tree = ast.parse(textwrap.dedent(inspect.getsource(step.act)))
            *given, result = (node for node in tree.body[0].body if isinstance(node, ast.Assign | ast.Return))  # type: ignore[attr-defined]
            meant: dict[str, ast.expr] = {}
            for assign in given:
                meant |= {
                    name.id: _Plainly(meant).visit(value)
                    for name, value in zip(_parts(assign.targets[0]), _parts(assign.value), strict=True)
                }
            rows += [
                (f"`{name}`", each.kind, f"`{_plain(value, meant)}`")
                for name, value in zip(step.adds, _parts(result.value), strict=True)
            ]
    return _table(("sum", "over each", "of"), rows)


_MEASURED: dict[str, ast.expr] = {}
"""What names of a measure's formula stand for: they are sums already."""


class _Plainly(ast.NodeTransformer):
    """Say an expression of the code as the documents do: without whose it is, and with what a name stands for."""

    def __init__(self, meant: Mapping[str, ast.expr]) -> None:
        self.meant = meant

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.meant.get(node.id, node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        whole = ast.unparse(node)
        if self.meant is not _MEASURED and whole.startswith("t."):  # among the sums themselves: one that is complete
            whole = f"sum({whole.removeprefix('t.')})"
        return ast.parse(re.sub(r"^(me|home|post|s|t|rules)\.", "", whole), mode="eval").body

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        return self.visit(node.body)  # type: ignore[no-any-return]

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        pair = node.left, node.right
        ones = [isinstance(each, ast.Constant) and each.value == 1.0 for each in pair]
        if isinstance(node.op, ast.Mult) and any(ones):
            return pair[ones.index(True) - 1]
        is_nothing = isinstance(node.right, ast.Constant) and node.right.value == 0.0
        return node.left if isinstance(node.op, ast.Add) and is_nothing else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = _name(node.func)
        args = [each.value if isinstance(each, ast.Constant) else each for each in node.args]
        if name in _PARTS:
            part = ast.parse(args[0], mode="eval").body
            return ast.BinOp(part, ast.Div(), ast.Name(_PARTS[name]))
        if name == "_group":
            return ast.parse(f"share({args[0]}, {args[1]})", mode="eval").body
        if name in {"_engaged", "_share", "sqrt"}:
            called = [] if name == "_engaged" else [self.visit(each) for each in node.args]
            return ast.Call(ast.Name(name.strip("_")), called, []) if called else _ENGAGED
        return ast.Name(name)  # a rule's answer


_PARTS = {"_per_citizen": "citizens", "_per_official": "officials", "_per_provider": "providers",
          "_per_district": "districts"}  # fmt: skip
"""What a sum is divided by, by the word of ``engagesim.measures`` for it."""

_ENGAGED = ast.parse("collaborate + confront", mode="eval").body


def _parts(node: Any) -> list[Any]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _plain(node: ast.expr, meant: Mapping[str, ast.expr] = _MEASURED) -> str:
    if _name(node) == "_gap":
        return "quality_least_vulnerable - quality_most_vulnerable"
    return ast.unparse(_Plainly(meant).visit(node))


def forms() -> str:
    """The profile of every form of engagement that can be asked for."""
    profiles = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((config_folder() / "engagement").iterdir())]
    names = [name for name in FORM_DIMENSIONS if name != "opened"]
    rows = ([f"`{form['form']}`", *(f"{form.get(name, 0):g}" for name in names)] for form in profiles)
    return _table(("form", *names), rows)


def glossary() -> str:
    """Ideas of the model, what people in it do, and the measures and the setting that the pages speak of most."""
    most = {("Measure", name) for name in ("Engaged", "Morale", "Quality", "Trust")}
    most |= {("Parameter incentives.merit_protection", "Merit protection")}
    rows = (
        (entry.term, entry.kind.partition(" incentives")[0].lower(), entry.text)
        for entry in terms()
        if entry.kind.startswith(("Idea", "What")) or (entry.kind, entry.term) in most
    )
    return _table(("term", "kind", "meaning"), rows)


def dimensions() -> str:
    """What each dimension of a form's profile is."""
    fields = ((name, Engagement.model_fields[name].description or "") for name in FORM_DIMENSIONS if name != "opened")
    return _table(("dimension", "meaning"), ((f"`{name}`", meaning) for name, meaning in fields))


def profiles() -> str:
    """Every number of every form's profile, with the reason that stands beside it in its file."""
    return "\n\n".join(
        f"### {purpose(text)}\n\n`{path.stem}`: {yaml.safe_load(text)['note']}\n\n"
        + _table(
            ("dimension", "value", "why"), ((f"`{name}`", value, why) for name, value, why in REASON.findall(text))
        )
        for path, text in _configs("engagement")
        if path.stem != "none"
    )


def interventions() -> str:
    """Every intervention: what is done, what it moves, what it costs and who says so."""
    rows = (
        (f"`{path.stem}`", _done(made), _moves(made), f"{made.get('cost', 0):g} ({made['cost_source'].strip('.')})")
        for path, text in _configs("intervention")
        for made in [yaml.safe_load(text)]
    )
    return _table(("intervention", "what is done", "what it moves", "cost, and its source"), rows)


def scenarios() -> str:
    """Every scenario, by what its file says of it."""
    return _table(
        ("scenario", "what it is"), ((f"`{path.stem}`", purpose(text)) for path, text in _configs("scenario"))
    )


def commands() -> str:
    """What the command line says of itself."""
    said = {"engagesim": cli_help.overview()}
    said |= {f"engagesim {name}": cli_help.usage(name) for name in cli_help.COMMANDS}
    return "\n\n".join(f"## {name}\n\n```text\n{usage}```" for name, usage in said.items())


def layers() -> str:
    """Every layer, and what it says it is; layers beside each other do not know each other."""
    return _table(
        ("layer", "what is in it"),
        (
            (
                " \\| ".join(f"`{layer}`" for layer in level),
                " ".join(_code(LAYERS["sentence"](layer)) for layer in level),
            )
            for level in LAYERS["levels"]()
        ),
    )


def modules() -> str:
    """Every module by its layer, and what it says it is."""
    return _table(
        ("module", "what is in it"),
        (
            (f"`{layer}/{name}`" if name != layer else f"`{layer}`", _code(LAYERS["said"](path)))
            for level in LAYERS["levels"]()
            for layer in level
            for name, path in LAYERS["modules"](layer).items()
        ),
    )


def _code(sentence: str) -> str:
    return sentence.replace("``", "`").replace("|", "\\|")


def speed() -> str:
    """What the last benchmark measured against others, and how it scales."""
    found = _results()
    rows = (
        ("sweep, one core, against plain Mesa", f"{found['sweep_vs_plain_mesa']:.0f} times as fast"),
        ("the same grid against `mesa.batch_run`, two processes", f"{found['sweep_vs_mesa_batch_run']:.0f} times"),
        (
            "sweep against scalar C++ (`-O3 -march=native`), the same lines of the month",
            f"{found['sweep_vs_cpp']:.1f} times",
        ),
        ("one society alone against scalar C++, the same lines", f"{found['single_vs_cpp']:.2f} times"),
        ("sweep against NumPy arrays, one society at a time", f"{found['sweep_vs_numpy']:.1f} times"),
        ("two threads against one", f"{found['threads_2']:.2f} times"),
        (
            "a citizen in a society of a million, against one in a society of a thousand",
            f"{found['large_vs_small']:.2f} times the time",
        ),
        ("memory per citizen", f"{found['bytes_per_citizen']:.0f} bytes"),
        ("10,000 societies, 1,000 citizens, 144 months, stored", f"{found['ten_thousand_runs_s']:.0f} s"),
        ("of which inside compiled code", f"{found['kernel_share']:.0%}"),
        ("a million citizens: building the graph", f"{found['million_citizens']['graph_s']:.1f} s"),
        ("a million citizens: 144 months", f"{found['million_citizens']['months_s']:.0f} s"),
        ("a million citizens: peak memory", f"{found['million_citizens']['peak_gigabytes']:.2f} GB"),
    )
    return _table(("what", "measured"), rows)


def phases() -> str:
    """What each line of the month takes, and at least would take, per citizen and month; the longest first."""
    found = _results()
    times, work, can = found["nanoseconds_per_citizen_month"], found["work_by_phase"], found["machine_can_do"]
    rows = []
    for name, time in times["sweep_by_phase"].items():
        done = ["", "", ""]
        if name in work:
            operations, moved = work[name]
            least = max(operations / can["operations_per_nanosecond"], moved / can["bytes_per_nanosecond"])
            done = [str(operations), str(moved), f"{least:.2f}"]
        rows.append((f"`{name}`", f"{time:.2f}", *done, f"{times['single_by_phase'][name]:.2f}"))
    return _table(("pass", "ns in a sweep", "operations", "bytes", "ns at least", "ns in one society alone"), rows)


def shares() -> str:
    """Where the time of a batch of a sweep goes."""
    return _table(("part", "share"), ((part, f"{share:.1%}") for part, share in _results()["where_time_goes"].items()))


def _configs(group: str) -> list[tuple[Path, str]]:
    return [(path, path.read_text("utf-8")) for path in sorted((config_folder() / group).iterdir())]


def _done(made: Mapping[str, Any]) -> str:
    return made.get("note") or (f"The form `{made['form']}` opens" if made["form"] != "none" else "No form is open")


def _moves(made: Mapping[str, Any]) -> str:
    """Return what an intervention sets and adds, and how long it takes to come into force."""
    changes = [f"`{path}` = {value:g}" for path, value in made.get("set", {}).items()]
    changes += [f"`{path}` {value:+g}" for path, value in made.get("add", {}).items()]
    changes += [f"within {made['ramp']} months"] if "ramp" in made else []
    return ", ".join(changes) or "the whole profile of the form"


def _results() -> Any:
    return json.loads((DOCS.parent / "benchmarks" / "results" / "latest.json").read_text("utf-8"))


def eventcolumns() -> str:
    """The columns of the log of events."""
    rows = ((f"`{name}`", unit, description) for name, (unit, description) in EVENT_COLUMNS.items())
    return _table(("column", "unit", "meaning"), rows)


def eventkinds() -> str:
    """The kinds of events."""
    return _table(("kind", "who acts", "what happened"), ((f"`{k.name}`", k.actor, k.description) for k in KINDS))


def eventcauses() -> str:
    """The causes of events."""
    return _table(("cause", "because …"), ((f"`{name}`", words) for name, words in CAUSES.items() if name))


def lessons() -> str:
    """Return every lesson, with its page on this site and the command that writes it."""
    rows = [
        (
            f'<a href="../pages/{name}.html">{told["title"]}</a>', told["question"], f"{told['minutes']} minutes",
            f"`engagesim page lesson={name}`",
        )
        for name in lesson_names()
        for told in [lesson_named(name)]
    ]  # fmt: skip
    return _table(("lesson", "question", "time", "command"), rows)


TABLES: dict[str, Callable[[], str]] = {
    table.__name__: table
    for table in (
        parameters, quantities, levers, observable, standing, state, measures, tallies,
        eventcolumns, eventkinds, eventcauses, forms, glossary,
        dimensions, profiles, interventions, scenarios, lessons,
        commands, layers, modules, speed, phases, shares,
    )
}  # fmt: skip


def claimed(names: str) -> str:
    """Return claims, by their own names or that of their file, as a list; without those that are withdrawn."""
    table = pd.read_csv(PANEL)
    says, found = dict(zip(table["claim"], table["says"], strict=True)), conclusions(table)
    wanted = [each for name in names.split() for each in found if name in {each, each.partition(".")[0]}]
    return "\n".join(f"- **{says[each]}**: {found[each].words}." for each in wanted if found[each].kind != "withdrawn")


def with_claims(page: str) -> str:
    """Return a page with every list of claims as the panel has it now."""
    return CLAIMS.sub(lambda found: f"{found[1]}\n{claimed(found['names'])}\n\n{found[3]}", page)


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(headings)
    lines = [head, ["---"] * len(head), *map(list, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def renewed(page: str) -> str:
    """Return a page with every table as the code has it now."""
    return PLACE.sub(lambda found: f"{found[1]}\n{TABLES[found['name']]()}\n\n{found[3]}", page)


OPTIONS: dict[str, tuple[tuple[str, type[Group]], ...]] = {
    "run": (("", RunOptions),),
    "page": (),
    "sweep": (("", Study), ("executor.", Place), ("", SweepOptions)),
    "compare": (("", CompareOptions),),
    "place": (("", PlaceOptions),),
    "allies": (("", AlliesOptions),),
    "validate": (("", ValidateOptions),),
    "calibrate": (("", CalibrateOptions),),
    "robustness": (("", RobustnessOptions),),
}
"""What each command can be asked for beside parameters; the words before it are how its keys begin."""


def settings() -> str:
    """Return what ``--help`` and the completion of a shell know of settings, as JSON."""
    commands = {
        name: {"groups": GROUPS[name], "settings": {k: v for prefix, kind in kinds for k, v in _of(kind, prefix)}}
        for name, kinds in OPTIONS.items()
    }
    actions = [action for action in parser()._actions if action.option_strings]
    commands["run"]["flags"] = {
        ", ".join(action.option_strings): {"says": action.help, "choices": action.choices or ()} for action in actions
    }
    formats = {"--format": {"says": f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}", "choices": FORMATS}}
    commands["parameters"] = {"flags": formats}
    known = {"commands": commands, "parameters": dict(_of(Parameters))}
    return json.dumps(known, indent=1, ensure_ascii=False) + "\n"


def _of(kind: type[Group], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each setting of a group with what is said of it, its default, and its choices where they are few."""
    for name, field in kind.model_fields.items():
        declared: Any = field.annotation
        if isinstance(declared, type) and issubclass(declared, Group):
            yield from _of(declared, f"{prefix}{name}.")
            continue
        default = _typed(field.default)
        if field.default_factory is not None or field.default in (None, ()):
            default = None
        elif "${now" in str(field.default):
            default = str(field.default).partition("$")[0] + "DATE-TIME"
        entry = {"says": field.description, "default": default, "choices": list(map(_typed, _choices(declared)))}
        entry["is_place"] = f"{prefix}{name}" in PLACES
        entry["is_mapping"] = get_origin(declared) is dict
        yield (
            f"{prefix}{name}",
            {key: value for key, value in entry.items() if value or (value == 0 and key == "default")},
        )


def _choices(declared: Any) -> Iterator[Any]:
    if isinstance(declared, TypeAliasType):
        declared = declared.__value__
    if declared is bool:
        yield from (True, False)
    elif get_origin(declared) is Literal:
        yield from get_args(declared)
    elif isinstance(declared, UnionType):
        for each in get_args(declared):
            yield from _choices(each)


def _typed(value: Any) -> str:
    """Return a value as it is typed."""
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def claiming() -> list[Path]:
    """Return the pages that may make claims."""
    top = DOCS.parent
    return [top / "README.md", *sorted(DOCS.rglob("*.md")), *sorted(top.glob("experiments/*/README.md"))]


def main() -> None:
    """Renew what is said of settings, the tables of every page, and the pictures that are drawn from the code."""
    cli_help.SETTINGS.write_text(settings(), "utf-8")
    for path in sorted(DOCS.rglob("*.md")):
        path.write_text(renewed(path.read_text("utf-8")), "utf-8")
    for path in claiming():
        path.write_text(with_claims(path.read_text("utf-8")), "utf-8")
    LAYERS["main"]()
    MEETINGS["main"]()


if __name__ == "__main__":
    main()
