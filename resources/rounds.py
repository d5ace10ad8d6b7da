"""Judging rounds: folders for whoever judges, answers from whoever has, each under the writer lock."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from core.heuristics import heuristic_answers
from core.records import judges_of
from core.spec import Spec
from resources.house import House
from resources.judging.exports import ExportResult, next_export
from resources.judging.ingest import IngestReport, ingest
from resources.judging.items import Items
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.lock import writing
from resources.lake.specs import pinned_spec, read_records

PUBLISH_WAIT_S = 60.0
