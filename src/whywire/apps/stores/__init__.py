"""Where a cache keeps its bodies: one small interface, three places.

    model   what every store offers            sums    checksums per block
    memory  the default; bounded, LRU          index   the disk store's table
    disk    files and an index in SQLite       record  what Redis keeps beside a body
    redis   for many proxies that share one         owed     removals to be made up for
    gathering  small pieces to larger ones          count    a number that is dear to find out
"""
