"""Words, units, calendars, places and errors shared by every layer; imports nothing of ours."""
