"""Opens a file of the data set, whatever form it has, and gives its rows one by one with where they stand."""

import csv
import gzip
import itertools
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

COLUMNS = ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country")
# A cell may hold line breaks, but a quote that is never closed must not swallow the rest of the file.
MOST_LINES_OF_A_ROW = 5
DAMAGE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, InvalidFileException, ParseError)


class UnreadableFile(Exception):
    """The file cannot be read as the data set, with the reason in words."""


@dataclass(frozen=True)
class RawRow:
    """A row as the file has it. `cells` are in the order of COLUMNS, or None when `problem` says why not."""

    place: str
    cells: list[Any] | None
    problem: str = ""


def read_rows(path: Path, told: Callable[[int], None] = lambda position: None) -> Iterator[RawRow]:
    """Yield every row below the header; `told` learns how much of a comma-separated file is read, in bytes.

    Raises UnreadableFile when the file is missing, empty, damaged, or has other columns.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(4)
            file.seek(0)
            if not beginning:
                raise UnreadableFile(f"{path} is empty.")
            if beginning.startswith(b"PK"):
                yield from _rows_of_workbook(file)
            elif beginning.startswith(b"\x1f\x8b"):
                with gzip.open(file) as unpacked:
                    yield from _rows_of_csv(unpacked, file, told)
            else:
                yield from _rows_of_csv(file, file, told)
    except DAMAGE as error:
        raise UnreadableFile(f"{path} cannot be read: {error}") from error


# --- Comma-separated ------------------------------------------------------------------------------------------


def _rows_of_csv(lines: BinaryIO, file: BinaryIO, told: Callable[[int], None]) -> Iterator[RawRow]:
    numbered = enumerate(map(_text_of, lines), start=1)
    _, header = next(numbered, (1, ""))
    try:
        order = _order_of(next(csv.reader([header], strict=True), []))
    except csv.Error as error:
        raise UnreadableFile(f"The first line is not a header: {error}.") from error
    waiting: list[tuple[int, str]] = []
    while True:
        number, line = waiting.pop(0) if waiting else next(numbered, (0, ""))
        if not number:
            return
        if number % 5_000 == 0:
            told(file.tell())
        if line.strip():
            yield _csv_row(number, line, order, waiting, numbered)


def _csv_row(
    number: int,
    line: str,
    order: list[int],
    waiting: list[tuple[int, str]],
    numbered: Iterator[tuple[int, str]],
) -> RawRow:
    """Return the row that begins on a line; the further lines that it takes are taken from what follows."""
    place = f"line {number}"
    try:
        cells = next(csv.reader([line], strict=True))
    except csv.Error as error:
        if '"' not in line:
            return RawRow(place, None, f"not comma-separated: {error}")
        while len(waiting) < MOST_LINES_OF_A_ROW - 1 and (further := next(numbered, None)):
            waiting.append(further)
        for taken in range(1, len(waiting) + 1):
            text = [line, *(one for _, one in waiting[:taken])]
            try:
                cells = next(csv.reader(text, strict=True))
            except csv.Error:
                continue
            if len(cells) == len(order):
                del waiting[:taken]
                return _in_order(place, cells, order)
        return RawRow(place, None, "a quotation mark is not closed")
    return _in_order(place, cells, order)


def _text_of(line: bytes) -> str:
    """Decode a line: UTF-8, or what Windows' spreadsheets save."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


# --- Workbooks ------------------------------------------------------------------------------------------------


def _rows_of_workbook(file: BinaryIO) -> Iterator[RawRow]:
    with warnings.catch_warnings():
        # About styles and validations that we do not look at.
        warnings.filterwarnings("ignore", module="openpyxl")
        try:
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except (KeyError, ValueError, TypeError) as error:
            raise UnreadableFile(f"This is not a workbook: {error}") from error
    try:
        filled = False
        for sheet in workbook.worksheets:
            rows = _rows_of_sheet(sheet)
            first = next(rows, None)
            if first is not None:
                filled = True
                yield from itertools.chain([first], rows)
        if not filled:
            raise UnreadableFile("The workbook is empty.")
    finally:
        workbook.close()


def _rows_of_sheet(sheet: Any) -> Iterator[RawRow]:
    # Some programs write a wrong size into a sheet, and reading would end there.
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    _, header = next(rows, (1, ()))
    if not any(cell is not None for cell in header):
        return
    order = _order_of(["" if cell is None else str(cell) for cell in header], f"Sheet “{sheet.title}”: ")
    for number, cells in rows:
        if any(cell is not None for cell in cells):
            # Empty cells at the end are left out.
            padded = [*cells, *[None] * (len(order) - len(cells))]
            while len(padded) > len(order) and padded[-1] is None:
                padded.pop()
            yield _in_order(f"{sheet.title}, row {number}", padded, order)


# --- Columns --------------------------------------------------------------------------------------------------


def _order_of(header: list[str], where: str = "") -> list[int]:
    """Return where each of COLUMNS stands; raise UnreadableFile unless all of them do, and no others."""
    found = [heading.strip() for heading in header]
    while found and not found[-1]:
        found.pop()
    if sorted(found) != sorted(COLUMNS):
        raise UnreadableFile(
            f"{where}The columns must be {', '.join(COLUMNS)}; found: {', '.join(found)[:300] or 'nothing'}."
        )
    return [found.index(column) for column in COLUMNS]


def _in_order(place: str, cells: list[Any], order: list[int]) -> RawRow:
    if len(cells) != len(order):
        return RawRow(place, None, f"{len(cells)} columns instead of {len(order)}")
    return RawRow(place, [cells[index] for index in order])
