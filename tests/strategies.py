"""Hypothesis strategies that several rooms use: ladders, and packets of one connection."""

from __future__ import annotations

from hypothesis import strategies as st

from whywire.ladder.records import (
    CALL,
    ENDED,
    FLAG_LETTERS,
    STARTED,
    AtLine,
    CallLine,
    Comment,
    ConnectionLine,
    HostLine,
    Ladder,
    Line,
    Option,
    PacketLine,
    ProgramLine,
    StartLine,
)

HOSTS = ("a", "b", "proxy-1", "_x", "host", "at")
U16, U32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
DELTAS = st.none() | st.integers(-10**10, 10**13)
TAGS = st.none() | st.sampled_from(("c1", "c2", "c17"))

# a comment is one line, without space around it
_LETTERS = st.characters(exclude_characters="\r\n", exclude_categories=("Cs",))
COMMENTS = st.none() | st.text(_LETTERS, max_size=20).map(str.strip)
TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
"""Any text, lone surrogates and control characters included."""


def options() -> st.SearchStrategy[tuple[Option, ...]]:
    """Options of a segment; at most 40 bytes."""
    edges = st.lists(st.tuples(st.integers(-10, 10**6), st.integers(-10, 10**6)), min_size=1, max_size=2)
    one = st.one_of(
        st.builds(lambda value: Option("mss", (value,)), U16),
        st.builds(lambda value: Option("ws", (value,)), st.integers(0, 255)),
        st.just(Option("sackOK")),
        st.builds(lambda value, echo: Option("ts", (value, echo)), U32, U32),
        st.builds(lambda pairs: Option("sack", tuple(edge for pair in pairs for edge in pair)), edges),
        st.builds(lambda kind, data: Option("kind", (kind, *data)), st.integers(2, 255), st.binary(max_size=6)))
    return st.lists(one, max_size=2).map(tuple)


@st.composite
def packet_lines(draw: st.DrawFn, hosts: tuple[str, ...] = HOSTS) -> PacketLine:
    """Any packet line that can be written, whether it makes sense in its ladder or not."""
    sender, receiver = draw(st.permutations(hosts))[:2]
    letters = draw(st.sets(st.sampled_from(FLAG_LETTERS)))
    data = draw(st.none() | st.binary(max_size=12))
    ports = draw(st.none() | st.tuples(U16, U16))
    window = draw(st.none() | U16)
    small = st.none() | U16
    return PacketLine(
        sender, receiver, "".join(letter for letter in FLAG_LETTERS if letter in letters),
        draw(st.integers(-10, 10**10)), draw(st.integers(0, 3000)) if data is None else len(data),
        ack=draw(st.integers(-10, 10**10)) if "A" in letters else None, window=window,
        shift=None if window is None else draw(st.none() | st.integers(0, 14)), options=draw(options()), data=data,
        delta_ns=draw(DELTAS), tag=draw(TAGS), sender_port=ports and ports[0], receiver_port=ports and ports[1],
        arrival_ns=draw(DELTAS), lost=draw(st.sampled_from((None, "lost", "dropped"))), frame=draw(small),
        ip_id=draw(small), ttl=draw(st.none() | st.integers(0, 255)), captured=draw(small), comment=draw(COMMENTS))


@st.composite
def call_lines(draw: st.DrawFn, hosts: tuple[str, ...] = HOSTS) -> CallLine:
    """Any call line that can be written."""
    phase = draw(st.sampled_from((CALL, STARTED, ENDED)))
    outcome = draw(st.sampled_from(("none", "result", "error"))) if phase != STARTED else "none"
    file = draw(st.none() | TEXT)
    lineno = None if file is None else draw(st.none() | st.integers(1, 10**6))
    numbers = st.none() | st.integers(0, 10**9)
    return CallLine(
        draw(st.sampled_from(hosts)), draw(st.sampled_from(("send", "recv", "close", "recv_into", "_odd"))), phase,
        args="" if phase == ENDED else draw(TEXT),
        result=draw(TEXT | st.sampled_from(("0", "13 bytes", "1 byte", "None"))) if outcome == "result" else None,
        error=draw(TEXT) if outcome == "error" else None,
        takes_ns=draw(st.none() | st.integers(0, 10**12)) if phase == CALL else None, delta_ns=draw(DELTAS),
        tag=draw(TAGS), listening=draw(st.booleans()), file=file, lineno=lineno,
        source=None if lineno is None else draw(st.none() | TEXT), function=draw(st.none() | TEXT),
        how=draw(st.none() | TEXT), byte_count=draw(numbers), program=draw(st.none() | TEXT), pid=draw(numbers),
        tid=draw(numbers), fd=draw(numbers), comment=draw(COMMENTS))


@st.composite
def connection_lines(draw: st.DrawFn) -> ConnectionLine:
    """Any declaration of a connection."""
    client, server = draw(st.permutations(HOSTS))[:2]
    isns = draw(st.tuples(st.none() | U32, st.none() | U32))
    return ConnectionLine(draw(st.sampled_from(("c1", "c2", "c3"))), client, draw(U16), server, draw(U16), *isns,
                          comment=draw(COMMENTS))


def declarations() -> st.SearchStrategy[Line]:
    """Any line that is no event."""
    hosts = st.sampled_from(HOSTS)
    return st.one_of(
        st.builds(Comment, COMMENTS.filter(lambda text: text is not None)),
        st.builds(HostLine, hosts, st.ip_addresses().filter(lambda ip: not getattr(ip, "scope_id", None)).map(str),
                  COMMENTS),
        st.builds(ProgramLine, hosts, TEXT, st.none() | st.integers(0, 1 << 31), COMMENTS),
        st.builds(StartLine, st.integers(0, 8 * 10**18), COMMENTS), st.builds(AtLine, hosts, COMMENTS),
        connection_lines())


def ladders() -> st.SearchStrategy[Ladder]:
    """Any ladder that can be written; it need not make sense."""
    return st.lists(packet_lines() | call_lines() | declarations(), max_size=6).map(lambda lines: Ladder(tuple(lines)))


@st.composite
def sound_ladders(draw: st.DrawFn) -> Ladder:
    """A ladder that compiles: declared connections between two or three hosts, packets in order of time."""
    third = draw(st.booleans())
    isns = draw(st.lists(U32, min_size=4, max_size=4))
    lines: list[Line] = [HostLine("a", "10.0.0.1"), HostLine("b", "10.0.0.2")]
    lines.append(ConnectionLine("c1", "a", 51270, "b", 80, isns[0], isns[1]))
    if third:
        lines += [HostLine("c", "10.0.0.3"), ConnectionLine("c2", "b", 51271, "c", 80, isns[2], isns[3])]
    ends = {"c1": ("a", "b"), "c2": ("b", "c")}
    for index in range(draw(st.integers(1, 8))):
        tag = draw(st.sampled_from(("c1", "c2") if third else ("c1",)))
        line = draw(packet_lines(hosts=ends[tag]))
        delta = draw(st.integers(0, 10**10)) if index else 0
        lines.append(PacketLine(
            line.sender, line.receiver, line.flags, line.seq, line.length, line.ack, draw(U16),
            options=_once(line.options), data=line.data, delta_ns=delta, tag=tag))
    return Ladder(tuple(lines))


def _once(found: tuple[Option, ...]) -> tuple[Option, ...]:
    """Keep what the packet table has a column for, each option once and in one order."""
    by_name = {option.name: option for option in found}
    if "ws" in by_name:
        by_name["ws"] = Option("ws", (by_name["ws"].values[0] & 15,))
    return tuple(by_name[name] for name in ("mss", "sackOK", "ts", "ws", "sack") if name in by_name)
