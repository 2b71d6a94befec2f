"""The tidy tables: columns with their units, and how tables are read and written."""
