"""One file per published map; each reads mart tables only."""
