"""Maps a path to its route's template, so that logs hold no ids or tokens and metrics few labels."""

import re
from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

UNKNOWN = "unmatched"


class Templates:
    """The templates of an application's routes; everything under a mount has one."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._exact: set[str] = set()
        self._forms: list[tuple[re.Pattern[str], str]] = []
        for route in routes:
            if isinstance(route, Mount):
                self._exact.add(route.path)
                self._forms.append((re.compile(re.escape(route.path) + "/"), f"{route.path}/…"))
            elif isinstance(route, Route | WebSocketRoute):
                if "{" in route.path:
                    self._forms.append((route.path_regex, re.sub(r":[a-z]+}", "}", route.path)))
                else:
                    self._exact.add(route.path)

    def of(self, path: str) -> str:
        """Return the template of a path, `unmatched` for a path without a route."""
        if path in self._exact:
            return path
        return next((template for pattern, template in self._forms if pattern.match(path)), UNKNOWN)
