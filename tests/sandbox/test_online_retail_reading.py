"""Files of every kind, good and bad."""

import datetime as dt
import gzip

import openpyxl
import pytest

from sandbox.shop.online_retail.reading import COLUMNS, UnreadableFile, read_rows


def places_and_problems(path):
    return [(raw.place, raw.problem) for raw in read_rows(path)]


def test_read_rows__columns_may_stand_in_any_order(data_file, row):
    path = data_file([row()[::-1]], header=COLUMNS[::-1])
    assert [raw.cells for raw in read_rows(path)] == [row()]


def test_read_rows__one_broken_row_leaves_the_others(data_file, row, tmp_path):
    path = data_file([row(invoice="500001"), row(invoice="500002"), row(invoice="500003")])
    lines = path.read_text().splitlines()
    lines.insert(2, '500009,21844,"THE QUOTE IS NEVER CLOSED,6,2010-03-01 10:30:00,2.95,12417,Belgium')
    lines.insert(4, "500009,21844")
    path.write_text("\n".join(lines))
    assert places_and_problems(path) == [
        ("line 2", ""),
        ("line 3", "a quotation mark is not closed"),
        ("line 4", ""),
        ("line 5", "2 columns instead of 8"),
        ("line 6", ""),
    ]
    assert [raw.cells[0] for raw in read_rows(path) if raw.cells] == ["500001", "500002", "500003"]


def test_read_rows__a_cell_may_hold_a_line_break(data_file, row):
    path = data_file([row(description="RED\nMUG"), row(invoice="500002")])
    assert [raw.cells[0] for raw in read_rows(path)] == ["500001", "500002"]
    assert next(read_rows(path)).cells[2] == "RED\nMUG"


def test_read_rows__decodes_what_windows_saves(data_file, row):
    path = data_file([row(description="CAFÉ £5")])
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    assert next(read_rows(path)).cells[2] == "CAFÉ £5"


def test_read_rows__ignores_a_byte_order_mark(data_file, row):
    path = data_file([row()])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(list(read_rows(path))) == 1


def test_read_rows__every_sheet_of_a_workbook(tmp_path):
    workbook = openpyxl.Workbook()
    first, second = workbook.active, workbook.create_sheet("Year 2010-2011")
    first.title = "Year 2009-2010"
    workbook.create_sheet("Sheet3")
    for sheet, invoice in ((first, 489434), (second, "C536379")):
        sheet.append(COLUMNS)
        sheet.append([invoice, 21844, "MUG", 6, dt.datetime(2010, 3, 1, 10, 30), 2.95, 12417.0, "Belgium"])
        # A guest in the last columns: nothing is stored for empty cells at the end.
        sheet.append([invoice, 21845, "CUP", 1, dt.datetime(2010, 3, 1, 10, 30), 1, None, None])
    path = tmp_path / "retail.xlsx"
    workbook.save(path)
    rows = list(read_rows(path))
    assert [raw.place for raw in rows] == [
        "Year 2009-2010, row 2",
        "Year 2009-2010, row 3",
        "Year 2010-2011, row 2",
        "Year 2010-2011, row 3",
    ]
    assert [raw.cells[0] for raw in rows] == [489434, 489434, "C536379", "C536379"]
    assert rows[1].cells[6:] == [None, None]


def write_bytes(tmp_path, content):
    path = tmp_path / "retail.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"Invoice,StockCode\n1,2\n", "The columns must be Invoice, StockCode, .* found: Invoice, StockCode"),
        (b"Invoice;StockCode;Description\n", "found: Invoice;StockCode;Description"),
        (b"\x00\x01\x02\x03\x04", "The columns must be"),
        (b"PK\x03\x04 this is no workbook", "cannot be read"),
        (gzip.compress(b"Invoice,StockCode\n" * 1000, mtime=0)[:40], "cannot be read"),
        (b"\x1f\x8bnot gzip", "cannot be read"),
    ],
)
def test_read_rows__refuses_other_files(tmp_path, content, words):
    with pytest.raises(UnreadableFile, match=words):
        list(read_rows(write_bytes(tmp_path, content)))


def test_read_rows__refuses_folders_and_what_is_missing(tmp_path):
    with pytest.raises(UnreadableFile, match="cannot be read"):
        list(read_rows(tmp_path))
    with pytest.raises(UnreadableFile, match="cannot be read"):
        list(read_rows(tmp_path / "nowhere.csv"))


def test_read_rows__refuses_a_workbook_with_other_columns(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["Date", "Amount"])
    path = tmp_path / "other.xlsx"
    workbook.save(path)
    with pytest.raises(UnreadableFile, match="Sheet “Sheet”: The columns must be"):
        list(read_rows(path))
    workbook = openpyxl.Workbook()
    workbook.save(path)
    with pytest.raises(UnreadableFile, match="The workbook is empty"):
        list(read_rows(path))
