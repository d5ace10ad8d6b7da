"""Says how many threads BLAS may use in a process of ours: one."""

from collections.abc import MutableMapping


def one_blas_thread(environ: MutableMapping[str, str]) -> None:
    """Set OPENBLAS_NUM_THREADS to 1 unless `environ` says otherwise; call before NumPy is imported, children inherit.

    Matrices of a hundred cells are too small to share, and threads without work wait by spinning: on two busy cores an
    eigendecomposition of 102 × 102 takes 0.7 ms of CPU time with one thread and 17 ms with two.
    """
    environ.setdefault("OPENBLAS_NUM_THREADS", "1")
