"""Reads the catalog's templates of tips, from which is served before a published leaderboard names better cells."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from contracts.benchmark.catalog_layers import Layer
from contracts.tips.catalog import CatalogCell, CatalogTip, TipCatalog
from core.benchmark.names import ENTRY, MODEL
from kit.regular_files import FileTooLarge, NotAFile, read_regular
from kit.tables.encoding import NotText, text_of
from kit.toml_lines import line_of_field
from kit.validation import in_words, path_of
from resources.catalog.problems import CatalogProblems

LARGEST = 1 << 20
FILE = "tips.toml"
PACKAGED = Path(__file__).resolve().parents[2] / "catalog"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cells: tuple[CatalogCell, ...]


def read_templates(layers: Sequence[Layer] = ()) -> TipCatalog:
    """Return the templates of the last layer that has any, else the packaged ones; raise CatalogError with all faults.

    A project's file takes the place of the packaged one as a whole, so that no text of it is served unseen.
    """
    folders = [layer.folder for layer in layers if (layer.folder / FILE).exists()]
    return read_file((folders or [PACKAGED])[-1] / FILE)


def read_file(path: Path) -> TipCatalog:
    """Return the templates of a file; raise CatalogError with all that is wrong, by file, line and field."""
    problems, text, cells = CatalogProblems(), "", tuple[CatalogCell, ...]()
    try:
        text = text_of(read_regular(path, LARGEST, ("catalog",)))
        cells = msgspec.convert(tomllib.loads(text), _File).cells
        _check(path, text, cells, problems)
    except FileNotFoundError:
        problems.add(path, None, "is not there: without it there is no tip to serve")
    except (NotAFile, FileTooLarge, tomllib.TOMLDecodeError) as error:
        problems.add(path, None, str(error))
    except NotText as error:
        problems.add(path, error.line, str(error))
    except msgspec.ValidationError as error:
        line = line_of_field(text, "".join(path_of(error)))
        problems.add(path, line, in_words(error, _File))
    problems.raise_any()
    return TipCatalog(cells, fallback=True)


def _check(path: Path, text: str, cells: tuple[CatalogCell, ...], problems: CatalogProblems) -> None:
    if not cells:
        problems.add(path, None, "no [[cells]]: there is no tip to serve")
    arms, ids = [cell.arm for cell in cells], [tip.id for cell in cells for tip in cell.tips]
    for number, cell in enumerate(cells):
        line = line_of_field(text, f"cells[{number}].model")
        if cell.arm in arms[:number]:
            problems.add(path, line, f"cell {cell.arm} stands there twice: put its tips under one")
        if not MODEL.fullmatch(cell.model) or not ENTRY.fullmatch(cell.prompt):
            problems.add(path, line, f"cell {cell.arm!r}: model and prompt are names as in the catalog")
        for tip in cell.tips:
            _check_tip(path, text, tip, problems)
    for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        problems.add(path, _line_of_tip(text, id_), f"tip {id_!r} stands there twice: give each an id of its own")


def _check_tip(path: Path, text: str, tip: CatalogTip, problems: CatalogProblems) -> None:
    if not tip.text.strip() or not all(character.isprintable() for character in tip.text):
        line = _line_of_tip(text, tip.id)
        problems.add(path, line, f"tip {tip.id!r}: field 'text' is empty or holds a control character")


def _line_of_tip(text: str, id_: str) -> int | None:
    """The last line that gives a tip this id, which of two is the second."""
    found = [match.start() for match in re.finditer(rf"\bid\s*=\s*[\"']{re.escape(id_)}[\"']", text)]
    return text.count("\n", 0, found[-1]) + 1 if found else None
