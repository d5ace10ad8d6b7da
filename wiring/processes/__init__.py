"""The processes of `tipbench up`: children, their parent watch, MLflow on demand."""
