"""Rules about what TCP itself shows: opening (0xx), data and windows (1xx), closing (2xx). One file a rule; no list."""
