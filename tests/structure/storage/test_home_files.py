"""Values of the home are opened by its stores alone; whatever else reaches files is listed, each with what they are."""

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
OF_FILES_ALONE = {"fcntl", "os.path", "shutil", "sqlite3", "tempfile"}
CALLS = frozenset(
    """access chmod chown copy_file_range fdopen fsync ftruncate lchown link listdir lstat makedirs mkdir mkfifo open
    path pread pwrite readlink remove removedirs rename renames replace rmdir scandir stat symlink truncate unlink
    utime walk""".split()  # noqa: SIM905  # as above
)
"""What of `os` reaches files, where it is imported for other things too."""
HELPERS = {"kit.regular_files", "resources.storage.files"}
"""Modules whose functions open the file of a path that they are given; they also have errors and `pretty`."""
NOT_OF_THE_HOME = {
    "resources/admin/exchange_folders.py": "looks into the folders that people and agents work in",
    "resources/adoption/adopt.py": "names files that people hand over to be adopted",
    "resources/adoption/file_reader.py": "reads files that people hand over to be adopted",
    "resources/adoption/read.py": "reads files that people hand over to be adopted",
    "resources/adoption/tools/document.py": "reads files that people hand over to be adopted",
    "resources/choosing/against.py": "names a pack that people hand over",
    "resources/packs/placing.py": "reads packs that people hand over, one to look at it in a home of its own",
    "resources/announcements/exports_made.py": "finds export folders, which people and agents work in",
    "resources/bench_context.py": "names the folders of the catalog's layers",
    "resources/catalog/entry_texts.py": "reads the catalog's folders, and names a file in what is wrong with a text",
    "resources/catalog/judges.py": "reads the catalog's folders, which people edit",
    "resources/catalog/load.py": "reads the catalog's folders, which people edit",
    "resources/catalog/models.py": "reads the catalog's folders, which people edit",
    "resources/catalog/problems.py": "names files of the catalog's folders, which people edit",
    "resources/catalog/prompts.py": "reads the catalog's folders, which people edit",
    "resources/catalog/rubrics.py": "reads the catalog's folders, which people edit",
    "resources/catalog/scenarios.py": "reads the catalog's folders, which people edit",
    "resources/catalog/tips.py": "reads the packaged catalog's templates, which people edit",
    "resources/collect/bounded/embedded_process.py": "names the folder of weights, for a library that maps files",
    "resources/dagster/host.py": "writes Dagster's workspace file, in a folder that is Dagster's",
    "resources/dagster/instance.py": "writes Dagster's configuration, in a folder that is Dagster's",
    "resources/dagster/recorder.py": "is a process on the folder of the home; looks whether Dagster made its databases",
    "resources/dagster/recorder_process.py": "starts that process in the folder of the program",
    "resources/dagster/retention/runs.py": "deletes Dagster's own files of runs",
    "resources/decisions/export.py": "writes a file that a command names",
    "resources/home.py": "spells the paths of the home",
    "resources/home_format.py": "looks for links in a local home before anything else opens it",
    "resources/home_modes.py": "looks at the modes of a local home's files",
    "resources/judging/checking/checking_process.py": "starts a process, for a file that is being received",
    "resources/judging/checking/file_check.py": "is that process: sets its limits, names the file",
    "resources/judging/rounds/preconditions.py": "names an error of the driver",
    "resources/judging/model_judges/commands.py": "names the folder of the catalog that a judge's command runs in",
    "resources/judging/export_files.py": "writes export folders, which people and agents work in",
    "resources/judging/export_pages.py": "reads export folders, which people and agents work in",
    "resources/judging/exports.py": "finds export folders, which people and agents work in",
    "resources/judging/inbox.py": "takes files that people and agents drop into a folder",
    "resources/judging/review/packets.py": "reads export folders; packs them in a file without a name",
    "resources/judging/receiving/bodies.py": "holds what is being received in temporary files, for a process to check",
    "resources/judging/receiving/offers.py": "reads a file that a command names",
    "resources/models/embedded.py": "assembles weights for a library that maps files",
    "resources/models/endpoint_check.py": "asks the system for the words of an error number",
    "resources/models/registry.py": "hands out the folders of weights and tapes",
    "resources/models/tape.py": "records and replays a file that tests and people exchange",
    "resources/off_policy/decision_log.py": "reads a log of decisions that a command names",
    "resources/off_policy/evaluation.py": "names the files that a command hands over",
    "resources/off_policy/table_file.py": "reads files that a command names",
    "resources/off_policy/target_file.py": "reads a policy that a command names",
    "resources/privacy/benchmark_module.py": "names the folder of migrations",
    "resources/privacy/erasure_ledger.py": "is the local implementation of its Protocol",
    "resources/privacy/export_archive.py": "makes a temporary file that ends with its answer",
    "resources/privacy/user_key_file.py": "is the local implementation of its Protocol",
    "resources/program_text.py": "reads the program itself",
    "resources/report/compiled_templates.py": "keeps compiled templates beside Python's compiled modules",
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
ELSEWHERE = {
    "api/transport/graphiql.py": "looks for the files of a page that a package brings",
    "kit/disk_reserve.py": "asks how full a disk is",
    "kit/processes/bounded.py": "starts processes, with a temporary file without a name as what they are given",
    "kit/regular_files.py": "opens the files that it is given, once and through no link",
    "kit/sql/write_queue.py": "names an error of the driver",
    "kit/key_files.py": "writes key files, of their owner alone below keys/",
    "services/notifier/browser/files.py": "reads the scripts beside it, parts of the program",
    "services/notifier/channels/web_push/vapid_keys.py": "keeps the keys of push services, like the signing keys",
    "services/integrations/page/files.py": "reads the script beside it, a part of the program",
    "services/integrations/vault/encryption_keys.py": "keeps the keys of the vault, like the signing keys",
    "services/auth/tokens/signing_keys.py": "keeps the signing keys, files of their owner alone below keys/",
    "services/gateway/panel/built_files.py": "reads the built panel, a part of the program",
    "tipbench/actions.py": "looks whether the file that somebody names is there",
    "wiring/cli/__init__.py": "lets a broken pipe end in /dev/null",
    "wiring/cli/doctor.py": "tries whether the home can be written, and how much space there is",
    "wiring/cli/operate/notices.py": "moves the mails of a mailbox that it read",
    "wiring/cli/operate/project.py": "writes the files of a new project folder",
    "wiring/cli/operate/serve.py": "removes the socket that it made",
    "wiring/cli/output.py": "asks how wide the terminal is",
    "wiring/cli/benchmark/pack.py": "writes a pack to a file that somebody names",
    "wiring/cli/benchmark/ship.py": "writes what is handed over into a folder that somebody names",
    "wiring/cli/written_file.py": "writes the file that a command names",
    "wiring/database.py": "makes SQLite's file, and the lock of whoever migrates it",
    "wiring/modules/remote.py": "makes the socket by which a module is served",
    "wiring/modules/sign_in.py": "reads the configuration of a provider from a file that a setting names",
    "wiring/operations/failures.py": "writes the frames of a defect to a log",
    "wiring/processes/children.py": "writes the logs of child processes",
    "wiring/processes/health.py": "asks how full the disk of the home is",
    "wiring/processes/mlflow_child.py": "makes its socket the owner's alone",
    "wiring/processes/mlflow_on_demand.py": "waits for the socket of a child process",
    "wiring/processes/run_workers.py": "makes the socket by which run workers are requested",
    "wiring/processes/up.py": "locks the home of one host, makes a socket, writes Dagster's workspace file",
    "wiring/settings.py": "reads tipbench.toml, and looks for the folders that it names",
}
"""What outside of resources reaches files, each with what they are: none of them is a value of the home."""


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


def _opens_files(source: ast.Module) -> bool:
    """Return whether a module does what reaches files, where `os` and paths are had for other things too.

    Paths that people give are handed on everywhere, `os` has the environment, and a query of SQL has `exists`.
    """
    return any(_opens(node) for node in ast.walk(source))


def _opens(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return bool({alias.name for alias in names} & OF_FILES_ALONE)
        case ast.ImportFrom(module=str(module), names=names):
            helps = module in HELPERS and any(alias.name.islower() and alias.name != "pretty" for alias in names)
            return helps or module in OF_FILES_ALONE
        case ast.Call(func=ast.Name(id="open")):
            return True
        case ast.Attribute(value=ast.Name(id="os"), attr=name):
            return name in CALLS
        case ast.Call(func=ast.Attribute(attr=method, value=value)):
            return method in METHODS and not (method == "exists" and _is_query(value))
    return False


def _is_query(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "where"


def test_files_are_opened_by_stores() -> None:
    """And by nobody else in resources who is not listed; a listed one that no longer does is taken off its list."""
    found = {
        named(path)
        for path in sources()
        if named(path).startswith("resources/") and not named(path).startswith(STORES) and _reaches_files(tree_of(path))
    }
    assert found == set(NOT_OF_THE_HOME)


def test_no_other_package_opens_values_of_the_home() -> None:
    """Services, assets, the API and whoever wires them go by keys; what opens other files is listed with a reason."""
    others = [path for path in sources() if not named(path).startswith("resources/")]
    found = {named(path) for path in others if _opens_files(tree_of(path))}
    assert found == set(ELSEWHERE)


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
    for text in ("import os\nos.replace('a', 'b')", "from resources.storage.files import write_whole", "x.unlink()"):
        assert _opens_files(ast.parse(text)), text
    for text in (
        "import os\nos.environ['A']",
        "from pathlib import Path",
        "sa.select(A).where(B).exists()",
        "from kit.regular_files import NotAFile",
        "from resources.storage.files import pretty",
    ):
        assert not _opens_files(ast.parse(text)), text
