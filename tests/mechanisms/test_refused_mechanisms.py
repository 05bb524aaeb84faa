"""What no engine could follow is refused in one line, with the file, the line and what it must be, at both doors."""

from __future__ import annotations

import re
from collections import namedtuple

import numba
import pytest

from engagesim import RULES, EngagementModel, MechanismError, Options, Parameters, simulate, sweep
from engagesim.engines.mesa.agents import Citizen, District, Official, Politician, Society
from engagesim.mechanisms import extended
from engagesim.mechanisms.checks import compiling
from engagesim.mechanisms.declarations import TAKEN
from engagesim.mechanisms.design import Design
from engagesim.society.state import COLUMNS, MONTHLY, WIRED

HAMLET = Parameters().changed({"population.citizens": 40, "population.districts": 2, "months": 1})
HEAD = """\
from engagesim.mechanisms import follows, measure, replaces, setting, step, total, variable
from engagesim.month import citizen, coalition, district, official
from engagesim.rules import RULES
from engagesim.rules import citizen as rules_of_citizens
from engagesim.rules.choice import toward
from engagesim.rules.citizen import asked_chance as usual
pace = setting(0.1, 0, 1, "rate per month", "How fast it goes")
mood = variable("citizen", "0 to 1", "How it feels", start=0.0)
"""
AGENTS = (Citizen, Official, Politician, District, Society)
FIRST = HEAD.count("\n") + 1
"""Line on which what follows begins."""

NEW_LINE = "\n"
STEP = """
@follows(citizen.succeed)
@step("mood")
def feel(me, s):
"""
RULE = """
@replaces(usual)
def asked_chance(me, s):
"""


@pytest.fixture
def written(tmp_path):
    """Write a mechanism, and return its file."""

    def write(text: str, name: str = "odd.py") -> str:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return str(path)

    return write


def refused(file: object) -> str:
    """Return the line in which a mechanism is refused, by both engines alike."""
    with pytest.raises(MechanismError) as by_agents:
        EngagementModel(HAMLET, mechanisms=[file])
    with pytest.raises(MechanismError) as compiled:
        simulate([extended(HAMLET, [file])], [1])
    assert str(by_agents.value) == str(compiled.value)
    assert "\n" not in str(compiled.value)
    return str(compiled.value)


def in_step(body: str) -> str:
    return STEP + "    " + body + "\n"


def in_rule(body: str) -> str:
    return RULE + "    " + body + "\n"


CODE = {
    "a call of print": ("print(me.mood)", "print(…): must be"),
    "an f-string": ("x = f'{me.mood}'", "an f-string: must be"),
    "a text": ("x = 'tired'", "'tired': must be"),
    "a dictionary": ("x = {}", "a dictionary: must be"),
    "a list": ("x = [me.mood]", "a list: must be"),
    "an index": ("x = (1, 2)[0]", "[…]: must be"),
    "NumPy": ("import numpy as np", "import: must be"),
    "a function of a library": ("x = math.exp(1)", "math.exp(…): must be"),
    "a power": ("x = me.mood ** 2", "** (write x * x): must be"),
    "try": ("try: pass\n    finally: pass", "try: must be"),
    "while": ("while me.mood > 0: pass", "while: must be"),
    "a loop over people": ("for x in me.kin: pass", "for … in me.kin: must be range(…)"),
    "a function within": ("x = lambda: 1", "a function within a function: must be"),
    "a variable that is set": ("me.mood = 0.1", "me.mood = …: must be returned"),
    "an unknown name": ("x = towards(0, 1, 2)", "towards: no such name; did you mean 'toward'?"),
    "a name of something else": ("x = table", "table: must be a number or a plain function, not a dict"),
    "a rule by its module": ("x = rules_of_citizens.engages(me)", "rules_of_citizens.engages(…): must be"),
    "None": ("x = None", "None: must be"),
    "a setting by its bare name": ("x = 2 * pace", "pace: must be written as s.odd.pace; it is a setting"),
    "a variable by its bare name": ("x = 2 * mood", "mood: must be written as me.mood"),
    "a function of NumPy": ("x = np.exp(1.0)", "np.exp(…): must be"),
    "a draw of Python": ("x = random.random()", "random.random(…): must be"),
    "a step": ("x = citizen.succeed(me)", "citizen.succeed(…): must be"),
}  # fmt: skip


@pytest.mark.parametrize("part", CODE)
@pytest.mark.parametrize("kind", [STEP, RULE], ids=["step", "rule"])
def test_what_cannot_be_compiled(written, kind, part):
    said, wanted = CODE[part]
    file = written(
        HEAD + "import math, random\nimport numpy as np\ntable = {}\n" + kind + f"    {said}\n    return me.mood\n"
    )
    name = re.search(r"def (\w+)", kind)[1]
    assert refused(file).startswith(f"{file}, line {FIRST + 3 + kind.count(NEW_LINE)}: {name}: {wanted}")


def test_what_is_called_by_a_step_cannot_be_compiled_either(written):
    file = written(HEAD + "def helper(x):\n    print(x)\n    return x\n" + in_step("return helper(me.mood)"))
    assert refused(file).startswith(f"{file}, line {FIRST + 1}: helper: print(…): must be")


DECLARED = {
    "a variable without a start": (
        'dread = variable("citizen", "0 to 1", "How afraid")',
        "variable('citizen', …): start = None: must be a number, its value before the first month",
    ),
    "a whole variable that starts between": (
        'dread = variable("citizen", "times", "How often", start=0.5, whole=True)',
        "variable('citizen', …): start = 0.5: must be a whole number, its value before the first month",
    ),
    "a variable of an unknown entity": (
        'dread = variable("citizens", "0 to 1", "How afraid", start=0.0)',
        "variable(… 'citizens' …): must be citizen, official, politician, district or society; "
        "did you mean 'citizen'?",
    ),
    "a sum of citizens": (
        'dread = total("citizen", "people", "How many")',
        "total(… 'citizen' …): must be district or society",
    ),
    "a default out of its range": (
        'fast = setting(2, 0, 1, "rate", "How fast")',
        "setting(2, 0, 1, …): must be numbers, the default from the lowest to the highest",
    ),
    "a default without end": (
        'fast = setting(1, 0, float("inf"), "rate", "How fast")',
        "setting(1, 0, inf, …): must be numbers, the default from the lowest to the highest",
    ),
    "a setting without a unit": (
        'fast = setting(1, 0, 1, "", "How fast")',
        "setting(… '' …): must be words for the tables, up to 2000 characters",
    ),
    "a variable with a number for a unit": (
        'dread = variable("citizen", 1, "How afraid", start=0.0)',
        "variable(… 1 …): must be words for the tables, up to 2000 characters",
    ),
    "a variable that starts out of its range": (
        'dread = variable("citizen", "0 to 1", "How afraid", start=1.5)',
        "variable('citizen', …): start = 1.5: must be 0 to 1, its unit",
    ),
    "a variable that starts nowhere": (
        'dread = variable("citizen", "0 to 1", "How afraid", start=float("nan"))',
        "variable('citizen', …): start = nan: must be a number, its value before the first month",
    ),
    "a name that no folder could be read with": (
        'größe = setting(0.1, 0, 1, "rate", "How fast")',
        "'größe': must be a name of up to 80 characters: letters (a to z), digits and _, a letter first",
    ),
    "a name of pydantic's": (
        'model_config = setting(0.1, 0, 1, "rate", "How fast")',
        "setting 'model_config': must have another name; this one is taken",
    ),
    "a measure called like a parameter": (
        '@measure("citizen", "0 to 1")\ndef months(me):\n    """Months."""\n    return me.mood',
        "measure 'months': must have another name; this one is taken",
    ),
    "one thing under two names": ("haste = pace", "haste: must have only one name; it is also called pace"),
    "a word without its step": (
        "@follows\n@step('mood')\ndef feel(me):\n    return 0.0",
        "feel: must have @follows(…) or @replaces(…) above it, with a step or rule in parentheses",
    ),
    "a word above nothing": (
        "feel = measure('citizen', '0 to 1')",
        "feel: must have @follows(…) or @replaces(…) above it, with a step or rule in parentheses",
    ),
    "a class as a step": (
        "@follows(citizen.succeed)\n@step('mood')\nclass feel:\n    pass",
        "must have @step(…) below @follows, with the names of what the function's results set",
    ),
    "a coroutine as a step": (
        "@follows(citizen.succeed)\n@step('mood')\nasync def feel(me):\n    return 0.0",
        "must have @step(…) below @follows, with the names of what the function's results set",
    ),
    "following a rule": (
        "@follows(usual)\n@step('mood')\ndef feel(me):\n    return 0.0",
        "follows(asked_chance): must be a step, such as citizen.succeed of engagesim.month",
    ),
    "steps of an unknown kind": (
        "@follows(citizen.succeed, 'manger')\n@step('mood')\ndef feel(me):\n    return 0.0",
        "follows(… 'manger' …): must be citizen, official, provider, politician, district or society",
    ),
    "a function that is no step": (
        "@follows(citizen.succeed)\ndef feel(me):\n    return 0.0",
        "must have @step(…) below @follows, with the names of what the function's results set",
    ),
    "a step without a word on what it sets": (
        "@follows(citizen.succeed)\n@step\ndef feel(me):\n    return 0.0",
        "must have @step(…) below @follows, with the names of what the function's results set",
    ),
    "a rule in place of a step": (
        "@replaces(citizen.choose)\ndef choose(me):\n    return 0",
        "must have @step(…) below @replaces, with the names of what the function's results set",
    ),
    "a step in place of a rule": (
        "@replaces(usual)\n@step('asked')\ndef asked_chance(me, s):\n    return 0",
        "asked_chance: must be a plain function, without @step, because asked_chance is a rule",
    ),
    "a replacement of what is no rule": (
        "@replaces(abs)\ndef absolute(x):\n    return x",
        "replaces(abs): must be a rule of engagesim.rules, or a step of engagesim.month",
    ),
    "a step that nobody takes": (
        "@step('mood')\ndef feel(me):\n    return 0.0",
        "feel: must have @follows(…) or @replaces(…) above its @step, or nobody takes it",
    ),
    "a measure without words": (
        '@measure("citizen", "0 to 1")\ndef mean_mood(me):\n    return me.mood',
        "mean_mood: must be a plain function with a docstring, which says in the tables what is measured",
    ),
    "a measure that there is": (
        '@measure("citizen", "0 to 1")\ndef quality(me):\n    """Quality."""\n    return me.mood',
        "quality: must have another name; a measure has this one",
    ),
    "a variable that there is": (
        'trust = variable("citizen", "0 to 1", "Trust", start=0.0)',
        "trust: must have another name; a variable of a citizen has this one",
    ),
    "a variable called like what agents have": (
        'home = variable("citizen", "0 to 1", "Home", start=0.0)',
        "variable 'home': must have another name; this one is taken",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", DECLARED)
def test_what_is_declared_wrongly(written, mistake):
    text, wanted = DECLARED[mistake]
    file = written(f"{HEAD}{text}\n")
    said = refused(file)
    assert re.fullmatch(
        rf"{re.escape(file)}, line ({FIRST}|{FIRST + 1}|{FIRST + 2})(: \w+)?: {re.escape(wanted)}.*", said
    ), said


ASKED = {
    "an unknown thing": (
        "@follows(citizen.succeed)\n@step('mood')\ndef feel(me, hom):\n    return 0.0",
        "feel: hom: no such argument of a step; did you mean 'home'?",
    ),
    "an unknown draw": (
        "@follows(citizen.succeed)\n@step('mood')\ndef feel(me, xyz):\n    return 0.0",
        "feel: xyz: no such argument of a step; must be me, home, post",
    ),
    "a draw before a thing": (
        "@follows(citizen.succeed)\n@step('mood')\ndef feel(asked_noise, me):\n    return 0.0",
        "feel: must have draws as its last arguments",
    ),
    "somebody whom one is not tied to": (
        "@follows(official.respond)\n@step('morale')\ndef feel(me, post):\n    return 0.0",
        "feel: post: no such tie of an official; must be taken by citizen",
    ),
    "a variable that it cannot set": (
        "@follows(citizen.succeed)\n@step('moods')\ndef feel(me):\n    return 0.0",
        "feel: moods: no such variable of a citizen; did you mean 'mood'?",
    ),
    "a sum that is none": (
        "@follows(citizen.succeed)\n@step(mood=('home',))\ndef feel(me):\n    return 0.0",
        "feel: mood: no such sum of home",
    ),
    "a sum of nobody": (
        "@follows(citizen.succeed)\n@step(mood=('hom',))\ndef feel(me):\n    return 0.0",
        "feel: mood = 'hom': must be home, post, manager, society or t",
    ),
    "a column that is no text": (
        "@follows(citizen.succeed)\n@step(mood)\ndef feel(me):\n    return 0.0",
        "feel: @step(Variable(entity='citizen', u...",
    ),
    "somebody whose sum it is that is no tuple": (
        "@follows(citizen.succeed)\n@step(wins='home')\ndef feel(me):\n    return 0.0",
        "feel: @step(wins='home'): must be whose it is, in parentheses with a comma, as wins=('home',)",
    ),
    "a step of no consequence": (
        "@follows(citizen.succeed)\n@step()\ndef feel(me):\n    pass",
        "feel: must have @step with the names of what its results set",
    ),
    "a step in place of another that sets other things": (
        "@replaces(citizen.choose)\n@step('mood')\ndef choose(me):\n    return 0.0",
        "choose: must set strategy, as choose does; use @step('strategy'), with its other names",
    ),
    "a part of a whole number": (
        "@replaces(citizen.choose)\n@step('strategy')\ndef choose(me):\n    return 0.5",
        "choose: strategy = 0.5: must be a whole number from 0 to 3",
    ),
    "a choice that there is not": (
        "@replaces(official.respond)\n@step('response')\ndef respond(me):\n    return 4",
        "respond: response = 4: must be a whole number from 0 to 3",
    ),
    "two results of a measure": (
        '@measure("citizen", "0 to 1")\ndef mean_mood(me):\n    """Mood."""\n    return me.mood, 1.0',
        "mean_mood: must return one number, not 2 numbers",
    ),
    "a setting as an argument": (
        "@follows(citizen.succeed)\n@step('mood')\ndef feel(me, pace=0.1):\n    return pace",
        "feel: pace: no such argument of a step",
    ),
    "one result too many": (
        "@follows(citizen.succeed)\n@step('mood')\ndef feel(me):\n    return 0.0, 1.0",
        "feel: must return mood, not 2 numbers",
    ),
    "no result": (
        "@follows(citizen.succeed)\n@step('mood')\ndef feel(me):\n    pass",
        "feel: must return mood, not nothing",
    ),
    "a rule with another number of arguments": (
        "@replaces(usual)\ndef asked_chance(me):\n    return 0.0",
        "asked_chance(me): must be asked_chance(me, s)",
    ),
    "a rule with another number of results": (
        "@replaces(usual)\ndef asked_chance(me, s):\n    return 0.0, 1.0",
        "asked_chance: must return one number, not 2 numbers",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", ASKED)
def test_what_does_not_fit(written, mistake):
    text, wanted = ASKED[mistake]
    file = written(f"{HEAD}{text}\n")
    assert refused(file).startswith(f"{file}, line {FIRST}: {wanted}")


READ = {
    "an unknown variable": ("me.mod", "feel: me.mod: no such variable; did you mean 'mood'?"),
    "a variable of another": ("me.quality", "feel: quality: no such variable of a citizen"),
    "an unknown setting": ("s.odd.pac", "feel: s.odd.pac: no such parameter; did you mean 'odd.pace'?"),
    "an unknown group": ("s.citizen.stake", "feel: s.citizen: no such group of parameters; did you mean 'citizens'?"),
    "a group of settings as a number": ("1.0 * s.odd", "feel: TypeError: "),
    "a division by nothing": ("me.mood / (me.mood - me.mood)", "feel: ZeroDivisionError: "),
}  # fmt: skip


RETURNED = {
    "a pair in one case": ("if me.mood > 5:\n        return 0.1, 0.2\n    return 0.1", 6, "must return the same"),
    "nothing in one case": ("if me.mood < 5:\n        return 0.1", 5, "must return a result in every case"),
    "nothing after a loop": (
        "for x in range(3):\n        if x > me.mood:\n            return 0.1", 6, "must return a result in every case"
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", RETURNED)
def test_what_is_returned_in_some_cases_alone(written, mistake):
    said, line, wanted = RETURNED[mistake]
    file = written(HEAD + in_step(said))
    assert refused(file).startswith(f"{file}, line {FIRST + line}: feel: {wanted}")


def test_every_case_may_have_a_return_of_its_own(written):
    body = (
        "if me.mood < 5:\n        return 0.1\n    elif me.mood < 6:\n        return 0.2\n    else:\n        return 0.3"
    )
    assert EngagementModel(HAMLET, mechanisms=[written(HEAD + in_step(body))])


@pytest.mark.parametrize("mistake", READ)
def test_what_is_not_there_to_be_read(written, mistake):
    said, wanted = READ[mistake]
    file = written(HEAD + in_step(f"return {said}"))
    assert refused(file).startswith(f"{file}, line {FIRST + 4}: {wanted}")


def test_a_rule_that_calls_itself(written):
    file = written(HEAD + in_rule("return RULES.asked_chance(me, s)"))
    assert refused(file).startswith(f"{file}, line {FIRST + 3}: asked_chance: RULES.asked_chance(…): must be")


def test_rules_that_call_one_another_in_a_circle(written):
    text = "from engagesim.rules.service import favour_chance\n" + in_rule("return favour_chance(me, s)")
    text += "@replaces(favour_chance)\ndef favoured(home, s):\n    return usual(home, s)\n"
    assert refused(written(HEAD + text)).startswith(
        f"{written(HEAD + text)}, line {FIRST + 2}: asked_chance: must not call itself"
    )


def test_a_step_that_is_written_twice(written):
    file = written(HEAD + in_step("return 0.1") + in_step("return 0.2"))
    assert refused(file).startswith(f"{file}, line {FIRST + 8}: feel: must be declared once")


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "odd.py"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + in_step("return 0.1")).encode())
    EngagementModel(HAMLET, mechanisms=[path]).step()
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + in_step("return print()")).encode())
    assert refused(str(path)).startswith(f"{path}, line {FIRST + 4}: feel: print(…): must be")


FILES = {
    "none": ("nowhere.py", None, "mechanisms = [{file!r}]: must be a Python file; there is no such file"),
    "not Python": ("odd.txt", HEAD, "mechanisms = [{file!r}]: must be a Python file named with letters, digits and _"),
    "a folder": ("", None, "mechanisms = [{file!r}]: must be a Python file; there is no such file"),
    "a word of Python's": ("class.py", HEAD, "mechanisms = [{file!r}]: must be a Python file named with letters"),
    "a name that no folder could be read with": (
        "müde.py", HEAD, "mechanisms = [{file!r}]: must be a Python file named with letters, digits and _",
    ),
    "what ends Python": ("odd.py", "x = 1\nraise SystemExit('bye')\n", "{file}, line 2: must be Python"),
    "a mistake of many lines": ("odd.py", "raise ValueError('a\\n' * 900)\n", "{file}, line 1: must be Python"),
    "no text": ("odd.py", "x = '\0'\n", "{file}: must be Python"),
    "a word that there is not": (
        "odd.py", "from engagesim.mechanisms import variables\n", "{file}, line 1: must be Python",
    ),
    "no name": ("my-odd.py", HEAD, "mechanisms = [{file!r}]: must be a Python file named with letters, digits and _"),
    "a mistake of syntax": ("odd.py", "x = 1\ndef f(:\n", "{file}, line 2: must be Python"),
    "a mistake when it is read": ("odd.py", "x = 1\ny = 1 / 0\n", "{file}, line 2: must be Python"),
    "an import of what is not there": ("odd.py", "import nowhere_at_all\n", "{file}, line 1: must be Python"),
    "too much": (
        "odd.py", HEAD + "".join(f"x{n} = setting(0, 0, 1, 'x', 'x')\n" for n in range(200)),
        "{file}: must declare up to 200 things, not 202",
    ),
    "nothing": ("odd.py", "x = 1\n", "{file}: must declare something with the functions of engagesim.mechanisms"),
    "a name of ours": ("citizens.py", HEAD, "{file}: must have another name; engagesim uses 'citizens' itself"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", FILES)
def test_files_that_are_no_mechanism(tmp_path, mistake):
    name, text, wanted = FILES[mistake]
    path = tmp_path / name
    if text is not None:
        path.write_text(text, "utf-8")
    shown = str(path) if len(str(path)) <= 60 else f"{str(path)[:57]}..."
    said = refused(str(path))
    assert len(said) < 500
    assert said.startswith(wanted.format(file=shown if wanted.startswith("mech") else str(path)))


@pytest.mark.parametrize("odd", [3, None, object])
def test_what_is_no_module(odd):
    assert refused(odd).endswith("must be files of modules, or modules with a file")


def test_two_mechanisms_of_one_name(written, tmp_path):
    (tmp_path / "other").mkdir()
    first, second = written(HEAD + in_rule("return 0.1")), written(HEAD + in_rule("return 0.2"), "other/odd.py")
    with pytest.raises(MechanismError, match="must have each name once; 'odd' appears twice"):
        extended(HAMLET, [first, second])


def test_two_mechanisms_that_have_the_same_variable_or_measure(written):
    text = '@measure("citizen", "0 to 1")\ndef mean_mood(me):\n    """Mood."""\n    return me.mood\n'
    first, second = written(HEAD), written(HEAD + "# another\n", "even.py")
    with pytest.raises(
        MechanismError,
        match=r"even\.py, line 8: mood: must have another name; a variable of a citizen of odd",
    ):
        EngagementModel(HAMLET, mechanisms=[first, second])
    first, second = (
        written(HEAD.replace("mood =", f"{n} =") + text.replace("me.mood", f"me.{n}"), f"{n}_m.py") for n in "ab"
    )
    with pytest.raises(
        MechanismError, match=r"b_m\.py, line 9: mean_mood: must have another name; a measure of a_m has this one"
    ):
        EngagementModel(HAMLET, mechanisms=[first, second])


def test_two_mechanisms_that_replace_the_same_rule(written):
    first, second = written(HEAD + in_rule("return 0.1")), written(HEAD + in_rule("return 0.2"), "even.py")
    said = r"even\.py, line 10: asked_chance: must be replaced once, but odd and even both replace it"
    with pytest.raises(MechanismError, match=said):
        EngagementModel(HAMLET, mechanisms=[first, second])


def fair(me, s):
    return 0.5


DOORS_OF_RULES = {
    "EngagementModel": lambda point, rules, _: EngagementModel(point, rules=rules),
    "simulate": lambda point, rules, _: simulate([point], [1], Options(rules=rules)),
    "sweep": lambda point, rules, folder: sweep({"replicates": 2}, point, folder / "study", rules=rules),
}


@pytest.mark.parametrize("door", DOORS_OF_RULES)
def test_a_rule_that_is_handed_over_and_replaced_by_a_mechanism_is_refused_and_both_are_named(written, tmp_path, door):
    file = written(HEAD + in_rule(f"return 0.1  # {tmp_path}"))
    rules = RULES._replace(asked_chance=fair)
    with pytest.raises(MechanismError) as refusal:
        DOORS_OF_RULES[door](extended(HAMLET, [file]), rules, tmp_path)
    said = f"{file}, line {FIRST + 1}: asked_chance: must be replaced once"
    assert str(refusal.value) == f"{said}, but fair of rules= and odd both replace it"
    assert not (tmp_path / "study").exists()


def test_a_rule_that_is_handed_over_stands_beside_a_mechanism_that_replaces_another(written):
    rules = RULES._replace(favour_chance=fair_chance)
    model = EngagementModel(HAMLET, rules=rules, mechanisms=[written(HEAD + in_rule("return 0.1"))])
    assert model.design.replaced.keys() == {RULES.favour_chance, RULES.asked_chance}


def fair_chance(home, s):
    return 0.5


def test_names_that_agents_have_are_not_those_of_variables():
    model = EngagementModel(HAMLET)
    columns = {column.name for column in (*COLUMNS, *MONTHLY, *WIRED)}
    agents = [model.citizens[0], model.officials[0], model.politicians[0], model.districts[0], model.society]
    have = {name for agent in agents for name in dir(agent) if not name.startswith("_")} - columns
    steps = {name for name in have for kind in AGENTS if hasattr(getattr(kind, name, None), "step")}
    assert have <= TAKEN | steps


# Rules that are handed over as a set.

RULES_REFUSED = {
    "another number of arguments": (lambda me: 0.1, "asked_chance(me): must be asked_chance(me, s)"),
    "another number of results": (lambda me, s: (0.1, 0.2), "asked_chance: must return one number, not 2 numbers"),
    "an unknown parameter": (lambda me, s: s.citizens.stakes, "s.citizens.stakes: no such parameter; did you mean"),
    "an unknown variable": (lambda me, s: me.habits, "me.habits: no such variable; did you mean 'habit'?"),
}


@pytest.mark.parametrize("mistake", RULES_REFUSED)
def test_a_rule_that_does_not_fit_is_refused_by_both_engines(mistake):
    rule, wanted = RULES_REFUSED[mistake]
    rules = RULES._replace(asked_chance=rule)
    line = rule.__code__.co_firstlineno
    for door in (lambda: EngagementModel(HAMLET, rules=rules), lambda: simulate([HAMLET], [1], Options(rules=rules))):
        with pytest.raises(MechanismError) as refusal:
            door()
        assert str(refusal.value).startswith(f"{__file__}, line {line}: ")
        assert wanted in str(refusal.value)
        assert "\n" not in str(refusal.value)


def test_a_rule_that_cannot_be_compiled_is_refused_where_it_would_be():
    seen = []

    def watched(me, s):
        seen.append(me)
        return 0.5

    rules = RULES._replace(asked_chance=watched)
    EngagementModel(HAMLET, rules=rules).step()  # agent by agent, anything goes
    assert seen
    line = watched.__code__.co_firstlineno + 1
    with pytest.raises(MechanismError, match=rf"line {line}: watched: seen.append\(…\): must be"):
        simulate([HAMLET], [1], Options(rules=rules))


def test_what_only_the_compiler_finds_is_one_line_with_the_place():
    def odd(me, s):
        found = (0.5, 0.5) if me.habit > 2 else 0.5
        return found

    taken_in = numba.extending.register_jitable(odd)

    @numba.njit
    def month(me, s):
        return taken_in(me, s)

    with (
        pytest.raises(MechanismError) as refusal,
        compiling(Design(Parameters, RULES._replace(asked_chance=odd))),
    ):
        month(namedtuple("Citizen", "habit")(0.0), 0)
    line = odd.__code__.co_firstlineno
    place = re.match(rf"{re.escape(__file__)}, line (\d+): odd: Can't unify ", str(refusal.value))
    assert line < int(place[1]) <= line + 3
    assert "\n" not in str(refusal.value)
