"""Rules about requests and responses. One file a rule; no list names it."""
