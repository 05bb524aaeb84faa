"""Whoever ends a command by a signal, be it Docker, Slurm or a closed terminal, finds what Ctrl-C leaves."""

import signal
import threading
from pathlib import Path

import pytest

from engagesim.cli import main, run
from engagesim.errors import EngagementError

SMALL = ["population.citizens=40", "population.districts=2", "months=2", "progress=false", "output=kept"]
ENDING = pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])


@pytest.fixture(autouse=True)
def _as_a_program_starts():
    """Leave signals to their defaults, and see that the command gives them back."""
    before = {each: signal.signal(each, signal.SIG_DFL) for each in (signal.SIGTERM, signal.SIGHUP)}
    yield
    after = {each: signal.signal(each, handler) for each, handler in before.items()}
    assert set(after.values()) <= {signal.SIG_DFL, signal.SIG_IGN}


@ENDING
@pytest.mark.parametrize("multirun", [[], ["-m", "seed=1,2"]])
def test_a_run_that_is_told_to_end_leaves_nothing_behind(number, code, multirun, monkeypatch, capsys):
    monkeypatch.setattr(run, "draw_run", lambda *_: signal.raise_signal(number))
    assert main(["run", *multirun, *SMALL]) == code
    assert list(Path().iterdir()) == []
    assert capsys.readouterr().err == "engagesim: interrupted; nothing half-written is left\n"


@ENDING
def test_a_signal_that_a_library_calls_by_another_name_still_ends_the_command(number, code, monkeypatch):
    def composing(*_):
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt:
            raise EngagementError("Unable to find or open it") from None

    monkeypatch.setattr(run, "run", composing)
    assert main(["run"]) == code


def test_a_signal_that_comes_twice_does_not_disturb_the_putting_away(monkeypatch):
    def putting_away(*_):
        try:
            signal.raise_signal(signal.SIGHUP)
        finally:
            signal.raise_signal(signal.SIGHUP)
            Path("put away").touch()

    monkeypatch.setattr(run, "run", putting_away)
    assert main(["run"]) == 129
    assert Path("put away").exists()


def test_a_signal_that_is_ignored_stays_ignored(monkeypatch):
    def going_on(*_):
        signal.raise_signal(signal.SIGHUP)
        return 0

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    monkeypatch.setattr(run, "run", going_on)
    assert main(["run"]) == 0
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_a_command_in_another_thread_leaves_signals_alone(monkeypatch):
    found = []
    monkeypatch.setattr(run, "run", lambda *_: found.append(signal.getsignal(signal.SIGTERM)) or 0)
    thread = threading.Thread(target=main, args=(["run"],))
    thread.start()
    thread.join()
    assert found == [signal.SIG_DFL]
