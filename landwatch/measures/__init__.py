"""Pure measures on arrays and frames."""
