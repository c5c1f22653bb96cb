"""The collector looks seldom while bulk work runs, and as usual afterwards, whoever else was at it."""

from __future__ import annotations

import gc

import pytest

from scim_portal.services.garbage import SELDOM, seldom_collected


def test_the_collector_is_as_usual_when_the_last_work_has_ended() -> None:
    usual = gc.get_threshold()
    with seldom_collected():
        with seldom_collected():
            assert gc.get_threshold()[0] == SELDOM
        assert gc.get_threshold()[0] == SELDOM
    assert gc.get_threshold() == usual


def test_a_failure_leaves_it_as_usual_too() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom_collected():
        _ = 1 // 0
    assert gc.get_threshold() == usual
