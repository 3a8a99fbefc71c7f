"""Readers and writers of all that is on disk. What leaves: `Block` (frames as columns), `Call`, `WireEvent`.

``block``          the contract: `FrameSource`, `Block`, `Interface`, `Problem`
``opening``        `open_capture`, `open_bytes`: which format is it, and what to say when it is none
``source``         `CaptureFile`: walks a file block by block
``framing``, ``pcap``, ``pcapng``  the framing of the two formats
``streams``, ``unpacking``  where the bytes come from: a file, a pipe, memory; gzip or zstd around them
``magic``          what a file's first bytes look like
``pcapng_writer``, ``pcap_writer``  out again
``annotate``       a pcapng file copied with comments at its packets
``run``            the run folder: `open_run`, `is_run`, `RunWriter`
``run_meta``, ``calls``, ``toml``   its files
``compile``        a ladder as real frames, and the calls beside them

A new format: a framer with `scan`, and its magic in ``opening``.
"""

from whywire.capture.opening import open_bytes, open_capture

__all__ = ["open_bytes", "open_capture"]
