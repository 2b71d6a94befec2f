"""One module per publisher: raw rows to core rows and rejects, pure."""
