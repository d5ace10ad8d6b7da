"""The only code with effects outside the process: disk, models, MLflow.

Each implements what contracts or core describe.
"""
