"""The catalog: models, prompts, scenarios and rubrics as plain files in layers, later layers over earlier ones."""

from contracts.benchmark.catalog_layers import Layer
from resources.catalog.catalog import Catalog, DuplicateEntry, UnknownEntry
from resources.catalog.load import KINDS, judge_names, load_catalog
from resources.catalog.problems import CatalogError

__all__ = ["KINDS", "Catalog", "CatalogError", "DuplicateEntry", "Layer", "UnknownEntry", "judge_names", "load_catalog"]
