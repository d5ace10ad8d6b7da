"""The admin API in GraphQL: directives are its access rule, contracts are all that it calls."""
