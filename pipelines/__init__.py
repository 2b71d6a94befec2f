"""One file per story; the only place where layers meet."""
