"""The scripts that benchmarks hand to other processes as text, which no type checker sees."""

import ast
from collections.abc import Iterator

from tests.structure.sources import PACKAGES, ROOT, named, tracked, tree_of


def _scripts() -> Iterator[tuple[str, ast.Module]]:
    """Yield each text of a benchmark that is Python with imports, and where it stands."""
    for path in tracked("benchmarks/*.py"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import " in node.value:
                try:
                    yield f"{named(path)}:{node.lineno}", ast.parse(node.value)
                except SyntaxError:
                    continue


def _made(module: str) -> set[str]:
    """Return the names that a module of ours makes, none when there is no such module."""
    path = ROOT / module.replace(".", "/")
    found = next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)
    names: set[str] = set()
    for node in tree_of(found).body if found else ():
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name for alias in aliases}
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case _:
                pass
    return names


def test_what_a_script_imports_is_there() -> None:
    """Every name that a text imports from our packages is one."""
    imports = [
        (place, node)
        for place, script in _scripts()
        for node in ast.walk(script)
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] in PACKAGES
    ]
    assert len(imports) > 5, "the texts were not found"
    missing = [
        f"{place}: {node.module}.{alias.name}"
        for place, node in imports
        for alias in node.names
        if alias.name not in _made(str(node.module))
    ]
    assert missing == []
