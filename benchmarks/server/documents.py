"""What preparing a GraphQL document costs, against what it is charged: documents of every shape, valid or not.

usage: python -m benchmarks.server.documents

One unit is 10 µs. A shape whose work takes longer than it is charged stands below 1.0 in the last column.
"""

import time
from collections.abc import Callable

from api.execution.prepared_documents import PreparedDocuments
from api.limits.document_limits import DocumentLimits
from api.limits.document_weights import reading_cost, validation_cost
from api.root import admin_schema

UNIT_S = 10e-6
ROUNDS = 7


def _each(count: int, part: Callable[[int], str]) -> str:
    return " ".join(part(number) for number in range(count))


SHAPES = {
    "{me{subject}}": "{me{subject}}",
    "a list of five fields": "query($n:Int!){experiments(first:$n){nodes{name state nCells} pageInfo{endCursor}}}",
    "10 lists, merged": "{" + _each(10, lambda _: "experiments(first:3){nodes{name state nCells createdAt}}") + "}",
    "59 aliases": "{" + _each(59, lambda n: f"a{n}:me{{subject}}") + "}",
    "100 variables of an unknown type": f"query({_each(100, lambda n: f'$a{n}:Xx')}){{me{{subject}}}}",
    "390 variables, unused": f"query({_each(390, lambda n: f'$a{n}:Int')}){{me{{subject}}}}",
    "499 unknown fields": "{" + _each(499, lambda n: f"f{n}") + "}",
    "600 unknown arguments": f"{{experiments({_each(600, lambda n: f'x{n}:1')}){{nodes{{name}}}}}}",
    "an object of 600 unknown fields": f"{{experiments(filter:{{{_each(600, lambda n: f'x{n}:1')}}}){{nodes{{id}}}}}}",
    "a list of 1,900 numbers for a number": f"{{experiments(first:[{_each(1900, lambda _: '1')}]){{nodes{{name}}}}}}",
    "531 unknown directives": "{" + _each(59, lambda n: f"a{n}:me @a @b @c @d @e @f @g @h @i {{subject}}") + "}",
    "220 fragments, unused": "{me{subject}}" + _each(220, lambda n: f"fragment F{n} on Caller{{subject}}"),
    "a comment of 200,000 characters": "{me{subject}} #" + "x" * 200_000,
    "a text of 200,000 characters": '{me(x:"' + "x" * 200_000 + '"){subject}}',
}


def _seconds(step: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        step()
        best = min(best, time.process_time() - started)
    return best


def main() -> None:
    """Print a row for every shape: its characters, what it takes, what it is charged, and the ratio."""
    documents = PreparedDocuments(admin_schema().graphql_schema, DocumentLimits())
    print(f"{'document':38}{'characters':>11}{'errors':>7}{'ms':>8}{'units':>9}{'charged : taken':>17}")
    for name, text in SHAPES.items():
        read = documents.read(text)
        taken = _seconds(lambda text=text: documents.read(text))  # type: ignore[misc] # bound at once
        charged, errors = reading_cost(text), len(read.errors)
        if read.plan is not None:
            errors = len(documents.validated(read, hints=False).errors)
            taken += _seconds(lambda read=read: documents.validated(read, hints=False))  # type: ignore[misc] # the same
            charged += validation_cost(read.document, read.plan)
        print(f"{name:38}{len(text):11,}{errors:7}{taken * 1e3:8.2f}{charged:9,.0f}{charged * UNIT_S / taken:17.1f}")


if __name__ == "__main__":
    main()
