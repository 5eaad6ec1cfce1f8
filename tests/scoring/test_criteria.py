import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.languages import say
from scoring.criteria import BadCriteria, parse, read
from scoring.measures import MEASURES, Count, Share
from scoring.scheme import Component
from scoring.toml_lines import line_at, lines_of
from tests.scoring.invented import FILE, SHIPPED, UNITS, changed, invented

TEXT = FILE.read_text(encoding="utf-8")

LAST = 'title = "Grounds"\nmax = 20\nmax_source = "decision"\n'
"""A piece of the invented file's last component."""

MANY = 'title = "Dossiers on time"\nmax = 15\nmax_source = "decision"\n'
"""A piece of the component that is measured in steps."""

STEPS = "{ at_least = 99.5, part = 60 }, { at_least = 95"


def refused(text: str, units: set[str] | None = None) -> list[str]:
    with pytest.raises(BadCriteria) as error:
        parse(text, "criteria.toml", units)
    return list(error.value.told("vi"))


def line(piece: str, text: str) -> int:
    """Give the line on which a piece of text stands, or that on which the arrow in it points."""
    before, _arrow, after = piece.rpartition("→")
    return text[: text.index(before + after) + len(before)].count("\n") + 1


CASES: dict[str, tuple[dict[str, str], str, str]] = {
    "a misspelt key": ({LAST: LAST + 'titel = "x"\n'}, "titel", "titel"),
    "a missing key": ({'title = "Grounds"\n': ""}, '→[[criteria.components]]\nid = "4.2"', "title"),
    "an empty title": ({'"Grounds"': '"  "'}, 'title = "  "', "title"),
    "a number for a title": ({'"Grounds"': "12"}, "title = 12", "title"),
    "a maximum below 0": ({"max = 20": "max = -0.25"}, "max = -0.25", "max"),
    "a maximum off the quarters": ({"max = 20": "max = 20.1"}, "max = 20.1", "max"),
    "a maximum that is text": ({"max = 20": 'max = "20"'}, 'max = "20"', "max"),
    "a maximum that is yes": ({"max = 20": "max = true"}, "max = true", "max"),
    "a maximum that is no number": ({"max = 20": "max = nan"}, "max = nan", "max"),
    "a maximum without end": ({"max = 20": "max = inf"}, "max = inf", "max"),
    "a maximum beyond reason": ({"max = 20": "max = 1e99999"}, "max = 1e99999", "max"),
    "a maximum without source": (
        {LAST: LAST.replace('max_source = "decision"\n', "")},
        '→[[criteria.components]]\nid = "4.2"',
        "max_source",
    ),
    "a source without maximum": (
        {LAST: LAST.replace("max = 20\n", "")},
        'title = "Grounds"\n→max_source',
        "max_source",
    ),
    "an unknown source": ({LAST: LAST.replace("decision", "hearsay")}, "hearsay", "max_source"),
    "components above the criterion": (
        {"max = 20": "max = 20.25"},
        'title = "Surroundings"\n→max = 26',
        "26,25",
    ),
    "components below the criterion": (
        {"max = 20": "max = 19.75"},
        'title = "Surroundings"\n→max = 26',
        "25,75",
    ),
    "criteria below the total": ({"total = 100": "total = 101"}, "total = 101", "101"),
    "a unit nobody knows": ({'"ttpvhcc"': '"ttpvhc"'}, 'lead_unit = "ttpvhc"', "ttpvhc"),
    "a helper nobody knows": (
        {LAST: LAST + 'support_units = [\n  "ttpvhcc",\n  "vpp",\n]\n'},
        "support_units",
        "vpp",
    ),
    "a lead without source": (
        {'lead_source = "decision"\n': ""},
        '→[[criteria.components]]\nid = "1.1"',
        "lead_source",
    ),
    "an unknown measure": (
        {'{ name = "average_rating"': '{ name = "mean_rating"'},
        'measure = { name = "mean_rating"',
        "average_rating",
    ),
    "a measure without name": ({'{ name = "presence", days = 100 }': "{}"}, "= {}", "name"),
    "an unknown count": (
        {'["survey.answered"]': '["survey.answers"]'},
        "survey.answers",
        "survey.answered",
    ),
    "an unknown parameter": ({"days = 100 }": "days = 100, weeks = 4 }"}, "weeks = 4", "weeks"),
    "steps upside down": (
        {STEPS: "{ at_least = 95, part = 60 }, { at_least = 99"},
        '"dossier.on_time"',
        "100",
    ),
    "steps without their scale": ({'scale = "steps", ': ""}, '"dossier.on_time"', "scale"),
    "a component twice": ({'id = "4.2"': 'id = "1.1"'}, '→id = "1.1"\ntitle = "Grounds"', "1.1"),
    "a criterion twice": ({'id = "4"\n': 'id = "3"\n'}, 'id = "3"\ntitle = "Surroundings"', "3"),
    "a level twice": ({"id = 2\n": "id = 1\n"}, "id = 1\nmin = 85", "1"),
    "levels that overlap": ({"below = 90": "below = 90.25"}, "[[levels]]\nid = 2", "2"),
    "a level of nothing": ({"below = 90": "below = 85"}, "[[levels]]\nid = 2", "2"),
    "a level beyond the total": ({"min = 90": "min = 101"}, "[[levels]]\nid = 1", "1"),
    "a level that ends beyond the total": (
        {"min = 90": "min = 90\nbelow = 100.25"},
        "below = 100.25",
        "1",
    ),
    "an end before the beginning": ({"2027-12-31": "2025-12-31"}, "valid_to", ""),
    "a day that is text": ({"2026-01-01": '"2026-01-01"'}, "valid_from", "valid_from"),
    "an id with a space": ({'id = "4.2"': 'id = "4 2"'}, 'id = "4 2"', "id"),
    "an odd kind of evidence": (
        {'evidence = ["letter.thanks"]': 'evidence = ["Letter thanks"]'},
        '["Letter thanks"]',
        "evidence",
    ),
    "no TOML": ({'title = "Grounds"': "title = Grounds"}, "title = Grounds", "TOML"),
    "a key twice": ({'title = "Grounds"': 'title = "Grounds"\ntitle = ""'}, 'title = ""', "TOML"),
}
"""What is wrong → how the file comes to it, where it stands, a word of the reason."""


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_told_with_file_line_and_reason(case: str) -> None:
    changes, place, word = CASES[case]
    text = changed(changes)
    told = refused(text, {"ttpvhcc"})
    assert all(re.fullmatch(r"criteria\.toml:[0-9]+: [^\n]+", each) for each in told)
    expected = f"criteria.toml:{line(place, text)}: "
    assert any(each.startswith(expected) and word in each for each in told), told


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = changed({'"Manners"': "1", '"Grounds"': "2", '"Openness"': "3"})
    assert [int(each.split(":")[1]) for each in refused(text)] == [
        line(piece, text) for piece in ("title = 3", "title = 1", "title = 2")
    ]


def test_an_unknown_maximum_is_allowed_and_the_known_ones_stay_below_the_criterion() -> None:
    unknown = {MANY: MANY.replace('max = 15\nmax_source = "decision"\n', "")}
    scheme = parse(changed(unknown), "criteria.toml")
    assert scheme.criteria[1].components[2].max is None
    assert scheme.criteria[1].unlisted == 15
    at_most = unknown | {'"Surveys"\nmax = 5\n': '"Surveys"\nmax = 20\n'}
    assert parse(changed(at_most), "criteria.toml").criteria[1].unlisted == 0
    above = unknown | {'"Surveys"\nmax = 5\n': '"Surveys"\nmax = 20.25\n'}
    assert "24,25" in refused(changed(above))[0]


def test_a_criterion_without_components_is_refused() -> None:
    top = TEXT[: TEXT.index("[[criteria]]")]
    text = (
        top + '[[criteria]]\nid = "1"\ntitle = "t"\nmax = 100\nsource = "report"\ncomponents = []\n'
    )
    assert refused(text) == [
        f"criteria.toml:{line('components', text)}: components không được để trống."
    ]
    assert "criteria" in refused(top)[0]


def test_a_number_longer_than_python_reads_is_refused() -> None:
    assert len(refused(changed({"max = 20": f"max = {'9' * 5000}"}))) == 1


def test_units_and_kinds_are_checked_only_where_they_are_known() -> None:
    assert parse(TEXT, "criteria.toml").criteria[0].components[0].lead_unit == "ttpvhcc"
    assert len(refused(TEXT, set())) == 1
    with pytest.raises(BadCriteria) as error:
        parse(TEXT, "criteria.toml", kinds={"feedback.received", "feedback.answered"})
    assert [line('evidence = ["letter', TEXT)] == [p.line for p in error.value.problems]


def test_every_number_is_read_exactly() -> None:
    scheme = invented()
    assert scheme.criteria[2].components[0].max == Decimal("12.5")
    share = scheme.criteria[1].components[2].measure
    assert isinstance(share, Share)
    assert [str(step.at_least) for step in share.steps] == ["100", "99.5", "95"]


def test_a_file_saved_by_windows_is_read_and_its_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "criteria.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert read(path) == invented()
    wrong = changed({'"Grounds"': "12"})
    path.write_bytes(b"\xef\xbb\xbf" + wrong.replace("\n", "\r\n").encode())
    with pytest.raises(BadCriteria) as error:
        read(path)
    assert error.value.problems[0].line == line("title = 12", wrong)


def test_a_file_that_is_not_there_or_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "criteria.toml"
    with pytest.raises(BadCriteria) as missing:
        read(path)
    assert str(missing.value).startswith(f"{path}:1: ")
    path.write_bytes(b'id = "x"\ntitle = "Ti\xeau ch\xed"\n')
    with pytest.raises(BadCriteria) as latin:
        read(path)
    assert str(latin.value).startswith(f"{path}:2: ")
    with pytest.raises(BadCriteria):
        read(tmp_path)


def test_titles_are_kept_composed() -> None:
    decomposed = changed({'"Grounds"': '"Ca\u0309nh quan"'})
    assert parse(decomposed, "").criteria[3].components[1].title == "Cảnh quan"


LINES = """
# a comment with [brackets] and id = "no"
id = "x"   # one
[a]
b.c = 1
text = '''
[not.a.table]
id = 3
'''
[[a.list]]
"quoted key" = [
  { id = 1 },  # ]
  { id = 2 },
]
[[a.list]]
[a.list.inner]
id = 1
[[other]]
id = 9
"""


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ((), 1),
        (("id",), 3),
        (("a",), 4),
        (("a", "b", "c"), 5),
        (("a", "text"), 6),
        (("a", "list", 0), 10),
        (("a", "list", 0, "quoted key"), 11),
        (("a", "list", 0, "quoted key", 1, "id"), 11),
        (("a", "list", 1), 15),
        (("a", "list", 1, "inner", "id"), 17),
        (("a", "list", 1, "missing"), 15),
        (("other", 0, "id"), 19),
        (("missing",), 1),
    ],
)
def test_the_line_of_a_place_is_where_it_begins(place: tuple[str | int, ...], number: int) -> None:
    assert line_at(lines_of(LINES), place) == number


@given(
    st.lists(
        st.sampled_from(
            [
                "\n",
                "# [[x]]\n",
                'k{} = "["\n',
                "[t{}]\n",
                "[[l]]\n",
                "m{} = '''\n[n]\n'''\n",
                "a{} = [\n1,\n# ]\n]\n",
            ]
        ),
        max_size=30,
    )
)
def test_every_place_of_a_file_has_the_line_of_its_statement(pieces: list[str]) -> None:
    text = "".join(piece.replace("{}", str(n)) for n, piece in enumerate(pieces))
    lines = text.split("\n")
    for place, number in lines_of(text).items():
        key = next((part for part in reversed(place) if isinstance(part, str)), None)
        if key is not None:
            assert key in lines[number - 1]
    assert tomllib.loads(text) is not None


# The file the product ships.


def test_the_shipped_criteria_are_those_of_the_commune_and_nothing_is_invented() -> None:
    scheme = read(SHIPPED, UNITS)
    assert {each.id: each.max for each in scheme.criteria} == {"1": 24, "2": 24, "3": 26, "4": 26}
    parts = [part for each in scheme.criteria for part in each.components]
    assert [len(each.components) for each in scheme.criteria] == [14, 12, 4, 9]
    # The only maxima that the commune's report gives.
    assert {part.id: part.max for part in parts if part.max is not None} == {
        "1.14": 2, "2.10": 1, "4.08": 2,
    }  # fmt: skip
    assert {part.id for part in parts if part.criterion_source == "inferred"} == {
        "1.14", "2.10", "2.11", "2.12", "4.06", "4.07", "4.08", "4.09",
    }  # fmt: skip
    assert all(part.lead_unit or part.lead_note for part in parts)
    assert {part.id for part in parts if part.lead_unit is None} == {"2.02", "2.11", "3.03", "4.09"}
    assert {level.id: (str(level.min), str(level.below)) for level in scheme.levels} == {
        1: ("90", "None"),
        2: ("85", "90"),
    }
    assert {level.id: level.source for level in scheme.levels} == {1: "inferred", 2: "report"}


def test_the_shipped_file_explains_itself_to_who_edits_it() -> None:
    top = SHIPPED.read_text(encoding="utf-8").split("\nid = ")[0]
    assert "python -m bot doctor" in top
    for word in {*Component.model_fields, *MEASURES}:
        assert word in top


def test_the_shipped_measures_read_counts_whose_evidence_is_named() -> None:
    parts = [part for each in read(SHIPPED).criteria for part in each.components]
    for part in parts:
        if isinstance(part.measure, Share | Count):
            assert part.evidence, part.id


def test_each_reason_is_said_in_vietnamese() -> None:
    with pytest.raises(BadCriteria) as error:
        parse(changed({'"Grounds"': "12"}), "f")
    reason = error.value.problems[0].reason
    assert say(reason, "vi") == "title phải là chữ đặt trong dấu ngoặc kép."
    assert str(error.value).endswith("title must be text in quotation marks.")
