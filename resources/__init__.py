"""The only code that touches the outside: disk, models, MLflow; each implements what contracts or core describe."""
