"""Rules about what a program asked of its socket, where its calls were traced. One file a rule; no list names it."""
