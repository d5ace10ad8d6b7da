"""Files of the home are opened by the stores alone: what still does so elsewhere is listed, and the list shrinks."""

import ast

from tests.structure.sources import named, sources, tree_of

STORES = ("resources/lake/", "resources/sql/", "resources/storage/")
"""Where files are opened for everybody else."""
FILES = {"fcntl", "os", "pathlib", "shutil", "sqlite3", "stat", "tempfile"}
"""Modules by which files are reached; `open` is a built-in."""
METHODS = frozenset(
    """chmod exists glob is_dir is_file is_symlink iterdir lstat mkdir read_bytes read_text rename rglob rmdir stat
    touch unlink write_bytes write_text""".split()  # noqa: SIM905  # a list of words reads as text
)
"""What is called on a path alone, whoever made it."""
NOT_OF_THE_HOME = {
    "resources/admin/exchange_folders.py": "looks into the folders that people and agents work in",
    "resources/adoption/adopt.py": "names files that people hand over to be adopted",
    "resources/adoption/file_reader.py": "reads files that people hand over to be adopted",
    "resources/adoption/read.py": "reads files that people hand over to be adopted",
    "resources/adoption/tools/document.py": "reads files that people hand over to be adopted",
    "resources/bench_context.py": "names the folders of the catalog's layers",
    "resources/catalog/admin.py": "names a file of the catalog in what is wrong with it",
    "resources/catalog/judges.py": "reads the catalog's folders, which people edit",
    "resources/catalog/load.py": "reads the catalog's folders, which people edit",
    "resources/catalog/models.py": "reads the catalog's folders, which people edit",
    "resources/catalog/problems.py": "names files of the catalog's folders, which people edit",
    "resources/catalog/prompts.py": "reads the catalog's folders, which people edit",
    "resources/catalog/rubrics.py": "reads the catalog's folders, which people edit",
    "resources/catalog/scenarios.py": "reads the catalog's folders, which people edit",
    "resources/dagster/host.py": "writes Dagster's workspace file, in a folder that is Dagster's",
    "resources/dagster/instance.py": "writes Dagster's configuration, in a folder that is Dagster's",
    "resources/dagster/recorder.py": "is a process on the folder of the home; looks whether Dagster made its databases",
    "resources/dagster/recorder_process.py": "starts that process in the folder of the program",
    "resources/dagster/retention/runs.py": "deletes Dagster's own files of runs",
    "resources/home.py": "spells the paths of the home",
    "resources/home_format.py": "looks for links in a local home before anything else opens it",
    "resources/home_modes.py": "looks at the modes of a local home's files",
    "resources/judging/checking/checking_process.py": "starts a process, for a file that is being received",
    "resources/judging/checking/file_check.py": "is that process: sets its limits, names the file",
    "resources/judging/rounds/preconditions.py": "names an error of the driver",
    "resources/judging/export_files.py": "writes export folders, which people and agents work in",
    "resources/judging/export_pages.py": "reads export folders, which people and agents work in",
    "resources/judging/exports.py": "finds export folders, which people and agents work in",
    "resources/judging/inbox.py": "takes files that people and agents drop into a folder",
    "resources/judging/receiving/bodies.py": "holds what is being received in temporary files, for a process to check",
    "resources/judging/receiving/offers.py": "reads a file that a command names",
    "resources/models/embedded.py": "assembles weights for a library that maps files",
    "resources/models/endpoint_check.py": "asks the system for the words of an error number",
    "resources/models/registry.py": "hands out the folders of weights and tapes",
    "resources/models/tape.py": "records and replays a file that tests and people exchange",
    "resources/privacy/benchmark_module.py": "names the folder of migrations",
    "resources/privacy/erasure_ledger.py": "is the local implementation of its Protocol",
    "resources/privacy/export_archive.py": "makes a temporary file that ends with its answer",
    "resources/privacy/user_key_file.py": "is the local implementation of its Protocol",
    "resources/program_text.py": "reads the program itself",
    "resources/report/page.py": "reads the program's own template",
    "resources/rpc/internal_tokens.py": "writes a key pair for processes of one host, below keys/",
    "resources/telemetry/log_lines.py": "writes log lines, which other programs rotate and read",
    "resources/telemetry/waiting_lines.py": "writes log lines to a descriptor of its own",
    "resources/telemetry/log_redaction.py": "asks where the program's own modules are",
    "resources/telemetry_optout.py": "sets variables of the environment",
    "resources/tracking/database.py": "makes MLflow's own database",
    "resources/tracking/mlflow_runs.py": "writes temporary files that MLflow takes",
    "resources/tracking/subprocess_tracker.py": "starts a process, and hands it messages as files of its folder",
    "resources/tracking/tracker.py": "names the folder of MLflow",
    "resources/tracking/worker.py": "takes messages of the process that started it as files",
    "resources/unfinished_files.py": "deletes what killed processes left in folders of temporary files",
}
"""What reaches files that are no values of the home, each with what they are."""
NOT_YET: dict[str, str] = {}
"""What still reaches values of the home by their paths, each with what they are. It only becomes shorter."""
MOST_NOT_YET = 0


def _reaches_files(source: ast.Module) -> bool:
    """Return whether a module imports one of `FILES`, calls `open`, or one of `METHODS` on anything."""
    for node in ast.walk(source):
        match node:
            case ast.Import(names=names) if {alias.name.partition(".")[0] for alias in names} & FILES:
                return True
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in FILES:
                return True
            case ast.Call(func=ast.Name(id="open")):
                return True
            case ast.Call(func=ast.Attribute(attr=method)) if method in METHODS:
                return True
            case _:
                pass
    return False


def test_files_are_opened_by_stores() -> None:
    """And by nobody else in resources who is not listed; a listed one that no longer does is taken off its list."""
    found = {
        named(path)
        for path in sources()
        if named(path).startswith("resources/") and not named(path).startswith(STORES) and _reaches_files(tree_of(path))
    }
    assert found == set(NOT_OF_THE_HOME) | set(NOT_YET)
    assert not set(NOT_OF_THE_HOME) & set(NOT_YET)


def test_the_list_only_becomes_shorter() -> None:
    """Whoever takes one off lowers the number."""
    assert len(NOT_YET) <= MOST_NOT_YET


def test_the_search_bites() -> None:
    """Imports in any form, the built-in and methods of paths are found; a method called `open` is no file."""
    for text in (
        "folder.mkdir()",
        "import os.path",
        "from pathlib import Path",
        "def f():\n    import shutil",
        "open('x')",
    ):
        assert _reaches_files(ast.parse(text)), text
    for text in ("import orjson", "store.open('x')", "from kit.times import now"):
        assert not _reaches_files(ast.parse(text)), text
