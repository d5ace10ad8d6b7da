"""The nouns of the schema, one a file with its types, queries and mutations."""
