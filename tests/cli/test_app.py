"""``engagesim app`` refuses in one line what it cannot do, and names the extra where it is missing."""

import socket
import subprocess
import sys

import pytest

from engagesim.cli import main
from engagesim.cli.app import asked
from engagesim.dashboard.server import ServerOptions

pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")  # by Solara
WORLD = "0.0.0.0"  # noqa: S104 - asked for, not bound to


def test_the_dashboard_is_served_to_this_machine_alone_unless_told_otherwise():
    place, _ = asked([])
    assert place == ServerOptions("127.0.0.1", 8765)
    assert place.is_loopback
    assert not asked([f"host={WORLD}"])[0].is_loopback
    assert asked(["open=true", f"host={WORLD}", "port=0"]) == (ServerOptions(WORLD, 0), True)


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("prot=1", "prot: no such key; did you mean 'port'?"),
        ("--debug", "'--debug': must be KEY=VALUE"),
        ("port=70000", "port = 70000: must be a whole number from 0 (any free one) to 65535"),
        (f"port={'9' * 5000}", "port = 999"),
        ("port=x", "port = x: must be a whole number"),
        ("open=maybe", "open = 'maybe': must be auto, true or false"),
        ("host=", "host = '': must be a name"),
        ("studies=nowhere", "studies = nowhere: must be a folder"),
        ("boundaries=~/map.geojson", "the shell did not replace ~"),
        ("host=a..b", "host = a..b, port = 8765: must be a name or an address of this machine"),
        ("host=no.such.host.invalid", "host = no.such.host.invalid"),
    ],
)
def test_what_it_cannot_do_is_refused_in_one_line(argument, said, capsys):
    assert main(["app", argument]) == 2
    error = capsys.readouterr().err.strip().splitlines()
    assert len(error) == 1
    assert said in error[0]


def test_a_port_that_is_taken_is_named(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["app", f"port={taken.getsockname()[1]}", "open=false"]) == 2
    assert "in use" in capsys.readouterr().err


def test_without_the_extra_one_line_names_it_and_other_commands_do_not_load_it():
    code = (
        "import sys; sys.modules['solara'] = None\nfrom engagesim.cli import main\nraise SystemExit(main(sys.argv[1:]))"
    )
    missing = subprocess.run([sys.executable, "-c", code, "app"], capture_output=True, text=True, check=False)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.count("\n") == 1
    assert "engagesim[app]" in missing.stderr
    help_ = subprocess.run([sys.executable, "-c", code, "app", "--help"], capture_output=True, text=True, check=False)
    assert help_.returncode == 0
