from pathlib import Path

import pytest

from handlers.search import Catalogue, CatalogueError, load

HEAD = (
    "code,guide,name,field,time_limit,fee,documents,channel,legal_basis,source,confidence,"
    "aliases,asks_back\n"
)  # the columns that may be left out are left out
BIRTH = "1.001193,KS01,Khai sinh,Hộ tịch,,,,,,,high,mới đẻ cháu|làm giấy cho bé,\n"
DEATH = "1.000656,KT01,Khai tử,Hộ tịch,,,,,,,medium,báo tử,1.001193\n"
REPEALED = "code,replaced_by,source\n2.001009,,Danh mục bãi bỏ\n"


def folder(path: Path, rows: str, repealed: str = REPEALED, head: str = HEAD) -> Path:
    (path / "procedures.csv").write_text(head + rows, encoding="utf-8")
    (path / "repealed.csv").write_text(repealed, encoding="utf-8")
    return path


def test_the_shipped_catalogue_is_whole(catalogue: Catalogue) -> None:
    assert len(catalogue.procedures) == 61
    assert [p.code for p in catalogue.procedures] == sorted(p.code for p in catalogue.procedures)
    for procedure in catalogue.procedures:
        assert len(procedure.aliases) >= 8, procedure.code
        assert any(alias.isascii() for alias in procedure.aliases), f"no English: {procedure.code}"


def test_a_twin_that_asks_back_exists(catalogue: Catalogue) -> None:
    for procedure in catalogue.procedures:
        for code in procedure.asks_back:
            assert catalogue.by_code(code) is not None


def test_repealed_codes_are_never_offered(catalogue: Catalogue) -> None:
    repealed = {"2.001009", "2.000986", "2.001023", "2.002621", "2.002622"}
    assert set(catalogue.repealed) == repealed
    for code in repealed:
        assert catalogue.by_code(code) is None
        found = catalogue.repealed_in(f"thủ tục {code} ạ")
        assert found is not None
        assert found.code == code


@pytest.mark.parametrize(
    "typed",
    ["1.001193", "KS01", "ks01", "#ks01", " #KS01 ", "1.001193.000.00.00.H24", "1.001193.01"],
)
def test_a_code_is_read_in_all_its_forms(catalogue: Catalogue, typed: str) -> None:
    found = catalogue.by_code(typed)
    assert found is not None
    assert found.code == "1.001193"


@pytest.mark.parametrize(
    "typed",
    ["", "#", "1.00119", "1.0011933", "11.001193", "KS99", "CT01", "PA2607-7K3M", "1001193"],
)
def test_what_is_no_code_finds_nothing(catalogue: Catalogue, typed: str) -> None:
    assert catalogue.by_code(typed) is None
    assert catalogue.in_text(typed) is None


def test_a_code_is_found_inside_a_sentence(catalogue: Catalogue) -> None:
    for text in ("thủ tục 2.000815.000.00.00.H55 cần gì", "cho hỏi ch01 nhé", "mã 2.000815?"):
        found = catalogue.in_text(text)
        assert found is not None
        assert found.code == "2.000815"


def test_forms_that_people_carry_are_no_guides(catalogue: Catalogue) -> None:
    # These stand on the forms themselves and would be typed with another meaning.
    for form in ("CT01", "CT07", "DC01", "DC02", "CC01", "TK01"):
        assert catalogue.by_code(form) is None


def test_marks_and_case_change_no_ranking(catalogue: Catalogue) -> None:
    with_marks = catalogue.find("Đăng ký tạm trú cho người thuê trọ")
    assert with_marks == catalogue.find("dang ky tam tru cho nguoi thue tro")
    assert with_marks[0][0].code == "1.004194"


def test_a_slip_of_one_letter_is_rescued(catalogue: Catalogue) -> None:
    assert catalogue.find("giay xac nhan tinh trang honn nhan")[0][0].code == "1.004873"
    assert catalogue.find("dnag ky tam tru")[0][0].code == "1.004194"


def test_neighbouring_sounds_are_heard_as_one(catalogue: Catalogue) -> None:
    assert catalogue.find("đăng kí tạm chú")[0][0].code == "1.004194"


def test_the_best_comes_first_and_equals_by_code(tmp_path: Path) -> None:
    rows = (
        "1.000003,CC03,Thủ tục cấp biển,X,,,,,,,low,,\n"
        "1.000001,AA01,Thủ tục cấp biển,X,,,,,,,low,,\n"
        "1.000002,BB02,Thủ tục khác hẳn,X,,,,,,,low,,\n"
    )
    found = load(folder(tmp_path, rows)).find("cấp biển số")
    assert [procedure.code for procedure, _ in found] == ["1.000001", "1.000003"]
    assert found[0][1] == found[1][1] > 0


def test_up_to_five_are_found_and_nothing_for_noise(catalogue: Catalogue) -> None:
    assert len(catalogue.find("đăng ký khai sinh kết hôn tạm trú")) == 5
    assert catalogue.find("qwrt zxcv 😀") == ()
    assert catalogue.find("") == ()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1.1193,KS01,Khai sinh,Hộ tịch,,,,,,,high,,\n", r":2: code: '1.1193'"),
        (BIRTH + BIRTH, r":3: code: 1.001193 stands in line 2"),
        (BIRTH + BIRTH.replace("1.001193", "1.001194"), r":3: guide: KS01 stands in line 2"),
        (BIRTH.replace("KS01", "khai sinh"), r":2: guide: 'khai sinh'"),
        (BIRTH.replace("high", "sure"), r":2: confidence: 'sure'"),
        (BIRTH.replace("Khai sinh", ""), r":2: name: is empty"),
        (BIRTH.replace("1.001193", "2.001009"), r":2: code: 2.001009 is repealed"),
        (BIRTH.replace("mới đẻ", "=HYPERLINK()"), r":2: aliases: begins like a spreadsheet"),
        (DEATH, r":2: asks_back: '1.001193' is no other procedure"),
        ("1.001193,KS01\n", r":2: the row has not as many cells"),
        ("", r":0: no procedure"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_reason(
    tmp_path: Path, rows: str, said: str
) -> None:
    with pytest.raises(CatalogueError, match=r"^procedures\.csv" + said):
        load(folder(tmp_path, rows))


def test_a_missing_file_or_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"^repealed\.csv:0: "):
        load(tmp_path)
    head = HEAD.replace("guide,", "")
    with pytest.raises(CatalogueError, match=r"^procedures\.csv:1: column missing: guide"):
        load(folder(tmp_path, "", head=head))


def test_a_replacement_must_be_offered(tmp_path: Path) -> None:
    repealed = REPEALED.replace("2.001009,,", "2.001009,9.999999,")
    with pytest.raises(CatalogueError, match=r"2.001009: replaced_by '9.999999' is not offered"):
        load(folder(tmp_path, BIRTH, repealed))
