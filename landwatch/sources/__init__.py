"""One module per publisher: open what was published, exactly as it was published."""
