"""The validation report: one text, as Markdown for the documentation and as a separate page."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from engagesim.report.markdown import as_page, frame_table, pipe_table, safe
from engagesim.report.pages import template, written
from engagesim.report.style import BLUE, PALE, VERMILION, Caption, drawing, new_figure, save
from engagesim.report.text import mechanisms_said, several
from engagesim.validation.left_out import COLUMNS, difference, predicted
from engagesim.validation.null_models import NULL_MODELS
from engagesim.validation.parameter_sets import PRIOR, SHORT, Calibration
from engagesim.validation.scoring import ENOUGH, Validation, Verdict, jointly

REPORT, FIGURE = "report.md", "ensemble"


def write_report(
    found: Validation, calibration: Calibration, command: str, folder: Path, sources: Mapping[str, str] | None = None
) -> None:
    """Write ``report.md`` and ``report.html``, and the figure of the ensemble if it has more than one set.

    Parameters
    ----------
    found : Validation
    calibration : Calibration
        The calibration whose sets were validated.
    command : str
        The command that writes the same report again.
    folder : Path
    sources : mapping of str to str, optional
        Hash of the source of each mechanism in use, by name.
    """
    ranges, told = _ranges(calibration), calibration.provenance
    text = template("validation.md").render(
        command=command.replace("`", "'"),
        short=[*_out_of_sample(calibration), *_short(found, calibration)],
        mechanisms=mechanisms_said(sources or {}),
        facts_table=_facts_table(found),
        failed=list(_failed(found)),
        checks_table=_checks_table(found),
        rivals_table=_rivals_table(found, calibration),
        rivals_calibrated=bool(calibration.rivals),
        rivals_borrowing=bool({*found.rivals} - {*calibration.rivals}),
        predictions_table=_predictions_table(told),
        knockouts_table=frame_table(found.knocked_out()) if found.knockouts else "",
        description=safe(calibration.description) or "No description.",
        drawn=calibration.drawn is not None,
        provenance_table=pipe_table(("provenance", ""), _flat(calibration.provenance)),
        sets_table=frame_table(found.sets()),
        ranges_table=frame_table(ranges) if len(ranges) else "",
        pinned_table=frame_table(pd.DataFrame(told.get("pinned", []))),
        dimension=told.get("effective_dimension"),
        correlated_table=frame_table(pd.DataFrame(told.get("correlated", []))),
        screening_table=frame_table(pd.DataFrame(told.get("screening", []))),
        indices_table=frame_table(pd.DataFrame(told.get("indices", []))),
        limits_table=_limits_table(found),
        docking=found.verified.docking if found.verified else None,
        held_out=_tally(found, "held_out") if found.card.of("held_out") else "",
        figure=f"figures/{FIGURE}.svg",
    )
    (folder / REPORT).write_text(text, "utf-8", newline="\n")
    words = "Ranges drawn around the defaults" if calibration.drawn else "Ranges that calibration leaves open"
    drawn = _draw(ranges, folder / "figures", words) if len(ranges) else ""
    page = template("validation.html").render(
        title="How well the model matches documented findings",
        body=Markup(as_page(text, drawn)),  # noqa: S704 - Markdown is rendered with tags escaped
    )
    written(page, folder)


def _short(found: Validation, calibration: Calibration) -> Iterable[str]:
    for role in dict.fromkeys(fact.role for fact in found.card.facts):
        others = _beside({name: len(card.met(role)) for name, card in found.rivals.items()})
        yield f"**{_tally(found, role)}** *{role}* facts are met over the whole ensemble{others}."
    sets = len(found.each)
    if sets > 1 and found.card.of("calibration"):
        others = _beside({name: f"{jointly(cards)} of {len(cards)}" for name, cards in found.rivals_each.items()})
        yield (
            f"{jointly(found.each)} of the ensemble's {sets} parameter sets meet {ENOUGH:.0%} or more of the "
            f"calibration facts and all patterns{others}."
        )
    needed = [f"{NULL_MODELS[name].says} ({', '.join(facts)})" for name, facts in _needed(found, calibration) if facts]
    if needed:
        yield (
            "**Facts that no parameter set of a null model meets, although most of the model's sets do** (null models "
            f"with sets of their own): {'; '.join(needed)}. These facts require what the null model lacks."
        )
    prior = calibration.provenance.get("prior")
    if isinstance(prior, Mapping):
        yield (
            f"Of {prior['sets']} sets spread evenly over the prior, {prior['belonging'] or 'none'} meet the facts that "
            f"well (95 % interval of the share: {prior['low']:.2%} to {prior['high']:.2%})."
        )


def _needed(found: Validation, calibration: Calibration) -> Iterable[tuple[str, list[str]]]:
    """Yield each calibrated null model, with the facts that most sets of the model meet and none of its own."""
    counts = Counter(fact for card in found.each for fact in card.met())
    usual = [fact.id for fact in found.card.facts if counts[fact.id] > len(found.each) / 2]
    for name, cards in found.rivals_each.items():
        if name in calibration.rivals:
            ever = {fact for card in cards for fact in card.met()}
            yield name, [fact for fact in usual if fact not in ever]


def _out_of_sample(calibration: Calibration) -> Iterable[str]:
    """State how well the model and its rivals predict facts that were left out of the calibration."""
    mine = pd.DataFrame(calibration.provenance.get("left_out", []), columns=list(COLUMNS))
    if not len(mine):
        return
    yield (
        f"**{predicted(mine)} of {len(mine)}** calibration facts are predicted when the calibration leaves them out: "
        "more than half of the parameter sets that are calibrated without the fact meet it. The mean score is "
        f"{mine['score'].mean():.2f} (0 is best, 1 is worst)."
    )
    told = calibration.provenance.get("rivals", {})
    rivals = {name: pd.DataFrame(each["left_out"], columns=list(COLUMNS)) for name, each in told.items()}
    alike = []
    for name, theirs in rivals.items():
        worse, low, high = difference(mine, theirs)
        yield (
            f"The null model in which {NULL_MODELS[name].says}, calibrated with the same effort, predicts "
            f"{predicted(theirs)} of {len(theirs)}. Compared with the model's, its mean score is {abs(worse):.2f} "
            f"{'worse' if worse > 0 else 'better'} (90 % interval of the difference, where positive values are worse: "
            f"{low:.2f} to {high:.2f})."
        )
        if low <= 0:
            alike.append(NULL_MODELS[name].says)
    if "judged" in calibration.provenance:
        short = {name: each["judged"][SHORT] for name, each in told.items() if "judged" in each}
        ours = calibration.provenance["judged"][SHORT]
        yield (
            f"Each parameter set that the calibration accepts is at most {several(ours, 'fact')} "
            f"short of {ENOUGH:.0%} of the calibration facts and all patterns"
            f"{_beside(short, ', calibrated with the same effort')}."
        )
        level = [NULL_MODELS[name].says for name, theirs in short.items() if theirs <= ours]
        if level:
            yield (
                "**Null models that come as near to all facts at once as the model: those in which "
                f"{'; '.join(level)}.** "
                "Taken together, the facts do not show that the model must differ from these null models."
            )
    if alike:
        yield (
            "**Null models that are not clearly worse than the model out of sample: those in which "
            f"{'; '.join(alike)}.** "
            "Left out one by one, the facts do not show that the model must differ from these null models."
        )


def _beside(told: Mapping[str, object], which: str = "") -> str:
    """Return a note, in parentheses, on what holds for each null model; empty if there are no null models."""
    others = "; ".join(f"{NULL_MODELS[name].says}: {each}" for name, each in told.items())
    return f" (null models{which}: {others})" if others else ""


def _predictions_table(told: Mapping[str, Any]) -> str:
    """Return each fact's probability before and after a calibration without it, for the model and its rivals."""
    rows = [dict(row) for row in told.get("left_out", [])]
    for name, rival in told.get("rivals", {}).items():
        theirs = {row["fact"]: row["predicted"] for row in rival["left_out"]}
        for row in rows:
            row[name.replace("_", " ")] = theirs.get(row["fact"], "")
    return frame_table(pd.DataFrame(rows))


def _tally(found: Validation, role: Any) -> str:
    met, every = found.card.met(role), found.card.of(role)
    return f"{len(met)} of {len(every)} ({len(met) / len(every):.0%})"


def _facts_table(found: Validation) -> str:
    verdicts = found.card.verdicts
    met = set(found.card.met())
    rows = []
    for fact in found.card.facts:
        mine = [verdict for verdict in verdicts if verdict.fact == fact.id]
        rows.append(
            (
                fact.id, safe(fact.title), fact.role, f"{sum(v.passed for v in mine)} of {len(mine)}",
                "**met**" if fact.id in met else "not met",
                *("met" if fact.id in card.met() else "–" for card in found.rivals.values()),
            )
        )  # fmt: skip
    rivals = [name.replace("_", " ") for name in found.rivals]
    return pipe_table(("fact", "finding", "role", "checks", "model", *rivals), rows)


def _failed(found: Validation) -> Iterable[dict[str, str]]:
    met = set(found.card.met())
    for fact in found.card.facts:
        if fact.id not in met:
            reasons = [
                f"{safe(v.claim)}: {v.reason}" for v in found.card.verdicts if v.fact == fact.id and not v.passed
            ]
            said = "; ".join(reasons) + "."
            yield {"id": fact.id, "title": safe(fact.title), "said": said, "why": safe(fact.fails)}


def _checks_table(found: Validation) -> str:
    rows = (
        (v.fact, safe(v.claim), f"`{v.tolerance}`", v.target, model_says(v), "yes" if v.passed else "**no**")
        for v in found.card.verdicts
    )
    return pipe_table(("fact", "claim", "", "target", "model", "passes"), rows)


def model_says(verdict: Verdict) -> str:
    """Return the model's result for a table."""
    if not np.isfinite(verdict.value):
        return "not defined"
    if np.isfinite(verdict.agreement):
        return f"{verdict.value + 0.0:+.3g} (in {verdict.agreement:.0%} of trials)"  # + 0.0: no negative zero
    if not np.isfinite([verdict.low, verdict.high]).all():
        return f"{verdict.value:.3g} (in some trials not defined)"
    return f"{verdict.value:.3g} ({verdict.low:.3g} to {verdict.high:.3g})"


def _rivals_table(found: Validation, calibration: Calibration) -> str:
    if not found.rivals:
        return "Not tested; add `rivals=true`."
    roles = list(dict.fromkeys(fact.role for fact in found.card.facts))
    rows = [("the model", "its own", *(f"{found.card.share_met(role):.0%}" for role in roles), "")]
    whole = set(found.card.met())
    for name, card in found.rivals.items():
        lost = " ".join(sorted(whole - set(card.met()))) or "nothing"
        sets = "its own" if name in calibration.rivals else "the model's"
        rows.append((NULL_MODELS[name].says, sets, *(f"{card.share_met(role):.0%}" for role in roles), lost))
    return pipe_table(("model", "sets", *roles, "facts lost"), rows)


def _limits_table(found: Validation) -> str:
    if found.verified is None:
        return ""
    rows = (
        (limit.theory, limit.case, limit.answer, limit.model, limit.within, "yes" if limit.holds else "**no**")
        for limit in found.verified.limits
    )
    return pipe_table(("theory", "case", "known answer", "model", "within", "holds"), rows)


def _ranges(calibration: Calibration) -> pd.DataFrame:
    """Return one row per parameter: prior, value in the first set, range, and its share of the prior's width."""
    rows = []
    for path, (low, high) in PRIOR.items():
        values = [some[path] for some in calibration.sets if path in some]
        if len(values) > 1:
            width = (max(values) - min(values)) / (high - low)
            rows.append(
                {"parameter": path, "prior from": low, "to": high, "first": values[0], "ensemble from": min(values),
                 "up to": max(values), "width": width}
            )  # fmt: skip
    table = pd.DataFrame(rows)
    return table.sort_values("width", ignore_index=True) if len(table) else table  # sets of one's own may vary others


def _draw(ranges: pd.DataFrame, folder: Path, title: str) -> str:
    with drawing():
        figure = new_figure(0.6 + 0.155 * len(ranges))
        axes = figure.subplots()
        places = np.arange(len(ranges))[::-1]
        width = ranges["to"] - ranges["prior from"]
        low = (ranges["ensemble from"] - ranges["prior from"]) / width
        high = (ranges["up to"] - ranges["prior from"]) / width
        axes.hlines(places, 0, 1, color=PALE, linewidth=4, label="prior")
        axes.hlines(places, low, high, color=BLUE, linewidth=4, label="ensemble")
        first = (ranges["first"] - ranges["prior from"]) / width
        axes.plot(first, places, "D", color=VERMILION, markersize=3, label="first set")
        axes.set_yticks(places, ranges["parameter"], fontsize=6.5)
        axes.set(
            xlabel="position within the prior, from its lowest to its highest value",
            xlim=(-0.02, 1.02),
            ylim=(-1, len(ranges)),
        )
        figure.legend(loc="outside upper right", ncols=3)
        figure.set_layout_engine("constrained")
        narrow = ", ".join(ranges["parameter"].head(5))
        caption = Caption(
            title,
            f"Range of {len(ranges)} parameters in the ensemble beside their prior. Narrowest: {narrow}.",
        )
        drawn, _ = save(figure, folder, FIGURE, caption)
    text = drawn.read_text("utf-8")
    return text[text.index("<svg") :]


_TABLES = {"screening", "indices", "left_out", "pinned", "correlated", "effective_dimension", "rivals"}
"""Parts of the provenance that have their own tables."""


def _flat(tree: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for key, value in tree.items():
        if key in _TABLES:
            continue
        said = ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, Mapping) else value
        yield safe(key.replace("_", " ")), safe(str(said))
