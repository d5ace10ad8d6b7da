"""Reads the catalog's templates of tips, from which is served before a published leaderboard names better cells."""

import tomllib
from pathlib import Path

import msgspec

from contracts.tips.catalog import CatalogCell, CatalogTip, TipCatalog
from core.benchmark.names import ENTRY, MODEL
from kit.regular_files import FileTooLarge, NotAFile, read_regular
from kit.tables.encoding import NotText, text_of
from kit.validation import in_words
from resources.catalog.problems import CatalogProblems, line_of_key

LARGEST = 1 << 20
FILE = "tips.toml"
PACKAGED = Path(__file__).resolve().parents[2] / "catalog"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cells: tuple[CatalogCell, ...]


def read_templates(folder: Path = PACKAGED) -> TipCatalog:
    """Return the templates of a catalog's folder, by default the packaged ones; raise CatalogError with all faults."""
    path, problems = folder / FILE, CatalogProblems()
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
        problems.add(path, None, in_words(error, _File))
    problems.raise_any()
    return TipCatalog(cells, fallback=True)


def _check(path: Path, text: str, cells: tuple[CatalogCell, ...], problems: CatalogProblems) -> None:
    if not cells:
        problems.add(path, None, "no [[cells]]: there is no tip to serve")
    arms, ids = [cell.arm for cell in cells], [tip.id for cell in cells for tip in cell.tips]
    for arm in sorted({arm for arm in arms if arms.count(arm) > 1}):
        problems.add(path, None, f"cell {arm} stands there twice: put its tips under one")
    for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        problems.add(path, line_of_key(text, "id"), f"tip {id_!r} stands there twice: give each an id of its own")
    for cell in cells:
        if not MODEL.fullmatch(cell.model) or not ENTRY.fullmatch(cell.prompt):
            problems.add(path, None, f"cell {cell.arm!r}: model and prompt are names as in the catalog")
        for tip in cell.tips:
            _check_tip(path, tip, problems)


def _check_tip(path: Path, tip: CatalogTip, problems: CatalogProblems) -> None:
    if not tip.text.strip() or not all(character.isprintable() for character in tip.text):
        problems.add(path, None, f"tip {tip.id!r}: its text is empty or holds a control character")
