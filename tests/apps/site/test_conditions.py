from __future__ import annotations

import pytest

from whywire.apps.site.conditions import Conditions, Validators, outcome, range_applies

HAVE = Validators('"v2"', 784_111_777)
SAME, BEFORE, AFTER = (f"Sun, 06 Nov 1994 08:49:{second} GMT" for second in (37, 36, 38))
NOW = 1_800_000_000


@pytest.mark.parametrize(("asked", "status"), [
    (Conditions(), 200),
    # 13.1.1: strong comparison
    (Conditions(if_match='"v2"'), 200),
    (Conditions(if_match="*"), 200),
    (Conditions(if_match='"v1", "v2"'), 200),
    (Conditions(if_match='W/"v2"'), 412),
    (Conditions(if_match='"v1"'), 412),
    (Conditions(if_match=""), 412),
    (Conditions(if_match="v2"), 412),
    # 13.1.2: weak comparison
    (Conditions(if_none_match='"v2"'), 304),
    (Conditions(if_none_match='W/"v2"'), 304),
    (Conditions(if_none_match="*"), 304),
    (Conditions(if_none_match=',, "v1" ,W/"v2",'), 304),
    (Conditions(if_none_match='"a,b", "v2"'), 304),
    (Conditions(if_none_match='"v1"'), 200),
    (Conditions(if_none_match='w/"v2"'), 200),
    (Conditions(if_none_match='"v2'), 200),
    (Conditions(if_none_match='v2'), 200),
    (Conditions(if_none_match='"x" "v2"'), 200),
    # 13.1.3
    (Conditions(if_modified_since=SAME), 304),
    (Conditions(if_modified_since=AFTER), 304),
    (Conditions(if_modified_since=BEFORE), 200),
    (Conditions(if_modified_since="yesterday"), 200),
    (Conditions(if_modified_since=f"{SAME}, {SAME}"), 200),
    # 13.1.4
    (Conditions(if_unmodified_since=SAME), 200),
    (Conditions(if_unmodified_since=AFTER), 200),
    (Conditions(if_unmodified_since=BEFORE), 412),
    (Conditions(if_unmodified_since="never"), 200),
    # 13.2.2: the order, and what makes what be ignored
    (Conditions(if_match='"v2"', if_unmodified_since=BEFORE), 200),
    (Conditions(if_match='"v1"', if_none_match='"v2"'), 412),
    (Conditions(if_none_match='"v1"', if_modified_since=SAME), 200),
    (Conditions(if_none_match='"v2"', if_modified_since=BEFORE), 304),
    (Conditions(if_match='"v2"', if_none_match='"v2"'), 304),
    (Conditions(if_unmodified_since=SAME, if_modified_since=SAME), 304),
])
def test_outcome(asked: Conditions, status: int) -> None:
    assert outcome(asked, HAVE, NOW) == status


@pytest.mark.parametrize(("field", "applies"), [
    (None, True), ('"v2"', True), ('"v1"', False), ('W/"v2"', False), ('"v2", "v1"', False),
    (SAME, True), (BEFORE, False), (AFTER, False), ("v2", False), ("", False)])
def test_if_range(field: str | None, applies: bool) -> None:
    assert range_applies(field, HAVE, NOW) == applies


def test_a_date_is_no_strong_validator_in_the_second_it_names() -> None:
    assert HAVE.modified is not None
    assert not range_applies(SAME, HAVE, HAVE.modified)
    assert range_applies(SAME, HAVE, HAVE.modified + 1)


def test_without_a_date_of_change_dates_decide_nothing() -> None:
    have = Validators('"v2"', None)
    assert outcome(Conditions(if_modified_since=AFTER), have, NOW) == 200
    assert outcome(Conditions(if_unmodified_since=BEFORE), have, NOW) == 200
    assert not range_applies(SAME, have, NOW)
