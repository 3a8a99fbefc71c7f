"""The caching proxy."""
