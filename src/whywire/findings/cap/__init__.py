"""Rules about the capture itself: what is missing in it, or in it twice. One file a rule; no list names it."""
