"""Errors come whole from another process, and what they show takes one line."""

import pickle  # noqa: TID251  # how an error comes from another process

import pandas as pd
import pytest

from engagesim.errors import EngagementError, ExtraError, InputError, ParameterError, StoreError, shown

ERRORS = [EngagementError("a"), ParameterError("b"), InputError("c"), StoreError("d"), ExtraError("search", "search")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_comes_whole_from_another_process(error):
    there = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert (type(there), str(there)) == (type(error), str(error))


def test_an_extra_that_lacks_is_named_with_how_to_install_it():
    assert str(ExtraError("algorithm=tpe", "search")) == (
        "algorithm=tpe: must have the extra 'search' installed; use: pip install 'engagesim[search]'"
    )


@pytest.mark.parametrize("value", [pd.Series([1, 2]), pd.DataFrame({"a": [1]}), "two\nlines", {"a": "two\nlines"}])
def test_what_is_shown_takes_one_line(value):
    assert len(shown(value).splitlines()) == 1
