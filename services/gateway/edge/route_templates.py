"""From a path to its route's template, so that what is written down has no ids, no tokens and few forms."""

import re
from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

UNKNOWN = "unmatched"


class Templates:
    """The routes of an application, for looking up; everything under a mount has one template."""

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
        """Return the template, `unmatched` for a path that no route has."""
        if path in self._exact:
            return path
        return next((template for pattern, template in self._forms if pattern.match(path)), UNKNOWN)
