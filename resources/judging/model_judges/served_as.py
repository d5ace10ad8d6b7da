"""What the server of a model judge was seen to do: the form of answers that it takes, and what it calls its model."""

import msgspec

from contracts.benchmark.models import FORMS, Form
from contracts.storage import Fence
from core.benchmark.outcome import Outcome
from resources.home import Home
from resources.lake.broken import read_value
from resources.lake.lock import JUDGING
from resources.storage.files import pretty

MOST_NAMES, SHOWN_NAMES = 100, 3
"""Names of a model that are kept and said: a server may give another one with every answer."""


class ServedAs(msgspec.Struct, frozen=True):
    """The contents of a judge's served_as.json: the lowest form in which it was asked, names in the order seen.

    Of more than MOST_NAMES the first ones.
    """

    form: Form = "schema"
    models: tuple[str, ...] = ()

    def after(self, outcome: Outcome) -> "ServedAs":
        """Return what is known once an outcome came, itself where it says nothing new."""
        form = next((each for each in FORMS if each == outcome.form), self.form)
        models = self.models
        if outcome.served is not None and outcome.served not in models and len(models) < MOST_NAMES:
            models = (*models, outcome.served)
        lower = max(self.form, form, key=FORMS.index)
        return self if (lower, models) == (self.form, self.models) else ServedAs(lower, models)

    def in_words(self) -> str:
        """Return what to know of the judge's answers for people to read, empty where there is nothing."""
        said = ""
        if self.form != "schema":
            how = "as any JSON object" if self.form == "json_object" else "in words alone"
            said += f"; its server takes no JSON Schema, so that answers are requested {how}"
        if len(self.models) > 1:
            names, more = ", then ".join(self.models[:SHOWN_NAMES]), len(self.models) - SHOWN_NAMES
            names += f" and {more} other names after that" if more > 0 else ""
            said += f"; warning: its server called the model {names}: scores before and after may differ for that alone"
        return said


def served_as(home: Home, name: str, judge: str) -> ServedAs:
    """Return what is known of a judge's server in an experiment; raise LakeBroken."""
    return read_value(home.storage.blobs, _key(home, name, judge), ServedAs) or ServedAs()


def note_served_as(home: Home, name: str, judge: str, known: ServedAs, fence: Fence) -> None:
    """Store what is known of a judge's server, where that is new; raise StaleFence."""
    if known != served_as(home, name, judge):
        home.storage.blobs.put(_key(home, name, judge), pretty(known), fence)


def _key(home: Home, name: str, judge: str) -> str:
    return home.key(name, JUDGING, judge, "served_as.json")
