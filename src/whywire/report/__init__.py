"""Papers: a story printed. Every paper sees only the story, so none can disagree with another.

``terminal``  text with two life lines, at any width          ``picture``, ``layout``  its parts
``json``      the records, as spec JSON.md fixes them
``ladder``    the ladder notation
``markdown``, ``svg``  an issue or a lab report, and the picture beside it
``comments``  a comment a packet, for Wireshark
``escape``    the one place where foreign text is made harmless
"""
