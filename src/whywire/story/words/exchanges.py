"""The sentences about requests and responses, what a connection was used for, and how connections belong together."""

from __future__ import annotations

from whywire.story.words.language import _

TITLE = _("Messages")
TITLE_USE = _("What it was for")
SPOKEN = _("{protocol} is spoken: {exchanges} on {connections}.")
PROTOCOLS = {"http": _("HTTP"), "calc": _("The calculator's protocol")}

# one exchange
EXCHANGE = _("{request}  ->  {response}[; from here on {protocol} is spoken].")
REQUEST = _("[{method}|request][ {target}], {size}")
RESPONSE = _("[interim {interim}, then ][{status}|answer][ {reason}][ to {location}], {size}[, {wait}]")
SIZE = _("{bytes}[, {packets}]")
WAIT = _("after {wait}")
WAIT_EARLY = _("begun before the request was complete")
NO_REQUEST = _("request not in this capture")
NO_RESPONSE = _("no answer in this capture")
FATES = {
    "cut": _(", not complete: the capture ends inside it"),
    "reset": _(", not complete: a reset ended the connection"),
    "closed-early": _(", not complete: its sender closed before its end"),
    "hole": _(", its end not known: bytes of it are missing in the capture"),
    "malformed": _(", not as the protocol has it: its end can't be told"),
}
CUT_UNTIL_CLOSE = _(", so far: it ends with the close, which is not in this capture")
PROMISED = _(" ({body} of {promised} of its body were seen)")
MISSING = _(", {bytes} of it missing in the capture")
UNTIL_FIN = _(", ends with the FIN of packet {packet}")
UNTIL_CLOSE = _(", ends with the close of the connection")
LABEL_STATUS = _("Status line")
STATUS_LINE = _("that of {exchange} is in packet {first}. Wireshark names a response at the packet that completes it "
                "(here {last}), not at the one with the status line.")
FOLDED = _("[requests in packets {first} to {last}: ]{up} up, {down} down.")
MORE = _("and {count} more")

# what the connection was used for
LABEL_USE = _("Use")
REUSED = _("{requests} on this connection, [{pipelined} of them sent before the answer to the one before was "
           "complete (pipelining)|each sent after the answer to the one before].")
REUSED_UNSEEN = _("{requests} on this connection; not all answers are in the capture.")
FIRST_LATE = _("The first request came {length} after the handshake (packet {packet}).")
PAUSE = _("The longest silence between an answer and the next request was {length} (before packet {packet}).")
UNUSED = _("No byte was sent on it[ in {length}]; it was opened ahead of need, as browsers do.")
UNUSED_PLAIN = _("No byte was sent on it[ in {length}].")
UNUSED_OR = _("Or: another reason to connect without a request, such as a look whether the port answers.")
UNUSED_SO_FAR = _("No byte was sent on it before the capture ended.")
LABEL_IDLE = _("Idle")
IDLE = _("[{waited} in a read that nothing came for ({length} of silence behind packet {after})|{length} of silence "
         "behind packet {after}], then the {side}'s FIN (packet {packet}): its idle time-out[, announced as "
         "{announced}].")
LABEL_WAIT = _("Waiting")
WAITED = _("[the request ({exchange}) lay {length} in the server's kernel, which had acknowledged it in packet "
           "{acknowledged}|the request ({exchange}) waited {length}]: the server was busy with {behind} until packet "
           "{released} and answered in packet {answered}.[ {call} took the connection only then.]")
LABEL_RACE = _("Race")
RACE = _("the request ({exchange}, packet {packet}) and the other side's FIN (packet {fin}) crossed: its sender "
         "could not know of it yet.[ A reset answered it (packet {reset}).]")
RACE_KNEW = _("the request ({exchange}, packet {packet}) left after the same side's kernel had acknowledged the other "
              "side's FIN (packet {fin}).[ A reset answered it (packet {reset}).]")
LABEL_PROBLEM = _("Not read")
PROBLEM = _("the {side}'s bytes from position {position} on: {text}.")

# links
LABEL_OPENED = _("Opened")
REPLACES = _("when no other connection to this server was open: {old} had been closed by the {side} (packet "
             "{packet}).")
PARALLEL = _("beside {old}, which was still open, so requests can run in parallel.")
PARALLEL_BUSY = _("because {old} was busy with {exchange} (packet {packet}): requests run in parallel.")
LABEL_REDIRECT = _("Redirect")
REDIRECT = _("{target} follows the redirect of {source} (packet {packet}) to {location}[, on the new connection "
             "{connection}].")
LABEL_PAGE = _("Page")
PAGE = _("the client asked for {parts} of the page {source} on {connections}.[ The last was complete {length} after "
         "the page's request.][ Of that, {idle} went by in {timeouts}: the server takes one connection at a time, and "
         "waited for more on {behind} before it took the next.]")
LABEL_PROXY = _("Proxy")
FORWARD = _("a miss: the proxy {proxy} forwarded the request [{unchanged}|with changes] on {target} to {origin} "
            "(packet {packet}) and passed its answer on. The answer took {answer}[, {upstream} of it at {origin}].")
UNCHANGED = _("unchanged")
UPSTREAM = _("the upstream leg of {source}: the proxy {proxy} asks {origin}.")
HIT = _("a hit: the proxy {proxy} answered this as {target}, after {answer}, and opened no connection upstream for it.")
FAILED = _("the proxy {proxy} answered by itself: its connection {target} to {origin} came to nothing ({failed}). "
           "That error is a message like any other, not a failure of this connection.")
FAILED_HOW = {"refused": _("refused"), "unanswered": _("no answer")}

OTHERS = {
    "asked-anyway": _("Or: the client asked for that address by itself."),
    "another-program": _("Or: another program on the same host did it."),
    "by-chance": _("Or: the times agree by chance."),
    "needed-both": _("Or: the client wanted a second connection in any case."),
    "not-captured": _("Or: the other leg was not captured."),
    "program-closed": _("Or: the program closed for another reason, at that time."),
    "slow-answer": _("Or: the program took that long for the answer."),
    "will-be-used": _("Or: it would have been used later."),
    "lost-count": _("Or: messages are missing in the capture, and the answer belongs to another request."),
    "same-question": _("Or: somebody else asked the same."),
}
