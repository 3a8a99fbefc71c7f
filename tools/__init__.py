"""Tools of the repository, called by ./dev; none of them is part of what is installed."""
