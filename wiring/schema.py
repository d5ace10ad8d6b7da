"""Prints the admin API's schema, as `make schema` writes it to schema.graphql."""

import sys

from api.root import admin_schema
from api.schema import print_schema


def main() -> None:
    """Print the schema to standard output."""
    sys.stdout.write(print_schema(admin_schema()))


if __name__ == "__main__":
    main()
