"""One module a topic: the columns only it uses, and its tables."""
