"""The admin API: GraphQL with directives as the access rule; asks contracts and nothing else."""
