"""The nouns of the schema: a file has a noun's types, queries and mutations."""
