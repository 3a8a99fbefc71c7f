"""The floor: what both banks of the river stand on.

``seq``      sequence numbers: `unwrap`, the one place that knows they wrap
``ref``      `Ref`: how anything points to anything (``p17``, ``c2>``, ``k41``)
``records``  `Call` and `WireEvent`: what the lab writes and the readers read
``errors``   `WhywireError`: what went wrong, where, and what to try
``ranges``   `RangeSet`: byte ranges of a stream that were seen
``times``    nanoseconds as people read them
``address``  endpoints as text

Nothing here opens a file, reads a clock or knows a protocol.
"""
