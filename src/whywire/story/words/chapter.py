"""The sentences around the statements: summaries, labels, bookkeeping, legends, hints."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import _

# the capture
CAPTURE = _("{packets}, {connections}[, {span} from first to last].")
PACKETS_ALL_TCP = _("{packets}, all TCP")
PACKETS_SOME_TCP = _("{packets}, {tcp} of them TCP")
STANDARD_INPUT = _("standard input")
EMPTY_RUN = _("There is no packet to explain: none was sent in this run.")
EMPTY = _("There is nothing to explain: the file is a capture, and it holds no packets.")
NO_TCP = _("There is nothing to explain: none of the {packets} is TCP, and TCP is what whywire explains so far.")
TCP_WITHOUT_CONNECTION = _("None of the {tcp} could be given to a connection.")
SKIPPED = _("Not explained: {list}.")
SKIPPED_ONE = _("{packets} ({reason})")
PROBLEM = _("The file: {problem}")
AT_HOST = _("This is what the host {host} saw alone; packets are numbered as in its capture.")

# a run
PROGRAM = _("{address}  {command}  ({exit})")
WIRE = _("[{delay} of delay each way[, at most {rate}].]")
PRINTED = _("{name} on {host} printed")
STRAY = _("Calls without a packet")
STRAY_WAITING = _("{call}  ->  still waiting when the recording stopped")
CUT = _("{text} ... ({more} more)")
ENDED = {
    "closed": _("The recording stopped when the client had ended and no connection was open any more."),
    "silent": _("The recording stopped when the client had ended[ ({exit})]. No TCP packet was sent: it ended without "
                "connecting to another host."),
    "quiet": _("The recording stopped because nothing had moved for a while."),
    "timeout": _("The recording stopped at its time limit; what came later is not in the story."),
    "cut": _("whywire itself was ended before the run was over, or the run still goes on: the story goes as far as the "
             "recording does."),
    "interrupted": _("The recording was interrupted; what came later is not in the story."),
    "failed": _("The run failed; this is what had been recorded until then."),
}
EXIT = _("exit code {code}")
EXIT_SIGNAL = _("ended by signal {signal}")
EXIT_NOT_STARTED = _("never started")
EXIT_UNKNOWN = _("how it ended was not recorded")
EXIT_RUNNING = _("still running when the recording stopped")
FAILED_CALL = _("{call}  ->  {error}")
BECAUSE = _("packet {packet}: {text}")

# an end that is neither only client nor only server
LANE = _("{side}[ ({program})][, {role}]")
PROXY = _("proxy")
PROXY_LIKELY = _("likely proxy")

# empty time in a picture of several connections
SILENCE_REASONS = _("nothing on these connections. {reasons}")
SILENCE_REASON = _("{connections}: {text}")
SILENCE_BETWEEN = _("nothing on these connections: behind the last packet of {before}, before the first of {after}")
SILENCE = _("nothing on these connections")
NAMES_RANGE = _("{first} to {last}")

# a connection
CONNECTION = _("{id}  client {client}[ ({client_program})]  server {server}[ ({server_program})]")
SPAN = _("{packets} in {span}[, beginning {start} after the capture's first packet].")
OPENED_HANDSHAKE = _("The client opened the connection")
OPENED_SIMULTANEOUS = _("Both sides opened the connection at once: their SYNs crossed, so that neither is the client, "
                        "and both words are but names here")
OPENED_REFUSED = _("The client asked for a connection and was refused[ (packet {packet})].")
OPENED_UNANSWERED = _("The client asked for a connection, and no answer was captured.")
OPENED_UNSEEN = _("The capture begins in the middle of the connection: who opened it was not seen, and \"client\" "
                  "and \"server\" are assumed")
ONE_WAY = _("Only packets of the {side} were captured; what the other side sent, and so what of this arrived, was "
            "not.")
BYTES_BOTH = _("; it carried {up} from client to server and {down} back.")
BYTES_UP = _("; it carried {up} from client to server and nothing back.")
BYTES_UNKNOWN = _("not captured")
BYTES_ONE_WAY = _("; the capture has {bytes} of the {side} and nothing of the other side.")
CLOSED_NOT_SEEN = _("No close of the side that was captured is in it.")
BYTES_DOWN = _("; it carried {down} from server to client and nothing the other way.")
BYTES_NONE = _("; it carried no data.")
CLOSED_ORDERLY = _("The {first} closed first (FIN, packet {fin}), then the {other} (FIN, packet {other_fin}).")
CLOSED_SIMULTANEOUS = _("Both sides closed at once: their FINs[ (packets {fin} and {other_fin})] crossed.")
CLOSED_RESET = _("A reset by the {rst_side} ended it (packet {rst}).")
CLOSED_FIN_RESET = _("The {first} closed first (FIN, packet {fin}); later a reset by the {rst_side} (packet "
                     "{rst}) ended it.")
CLOSED_FIN_RESET_SAME = _("The {first} closed first (FIN, packet {fin}), and a reset by the same side (packet "
                          "{rst}) followed.")
CLOSED_OTHER_FIN = _("The {other} sent a FIN too (packet {other_fin}).")
CLOSED_UNFINISHED = _("The {first} closed (FIN, packet {fin}); the other side had not closed when the capture ended.")
CLOSED_OPEN = _("Neither side had closed when the capture ended.")
WENT_ON = _("After the {first}'s FIN the {other} went on sending, and nobody was there to read it.")
NOT_CAPTURED = _("Bytes that the capture misses are not counted.")
HALF_CLOSE = _("After the {first}'s FIN the {other} went on sending, as TCP allows (half-close).")

# labels and facts of a connection
LABEL_SEEN = _("Seen from")
SEEN_OR = _("Or: it was captured elsewhere, and the other side was slow to answer. A capture at both ends would "
            "decide.")
LABEL_NUMBERS = _("First numbers")
NUMBERS = _("[client {client}|client not seen], [server {server}|server not seen]. Each kernel chose its own; "
            "shown are positions counted from there, so 0 is a view, not a value.")
NUMBERS_SHORT = _("[client {client}|client not seen], [server {server}|server not seen].")
NUMBERS_UNSEEN = _("not seen; the first position seen counts as 1.")
LABEL_HANDSHAKE = _("Handshake")
HANDSHAKE = _("{syn_to_synack} from SYN to SYN ACK[, {synack_to_ack} from there to the ACK].")
CAPTURED_AS = _("{segments} as captured, more on the wire")
LABEL_BYTES = _("Data")
BYTES = _("client {up}[ in {up_segments}], server {down}[ in {down_segments}].")
LABEL_SIZE = _("Segment size")
SIZE_LESS = _("at most {size}: the smaller MSS is {mss}, less {options} for options in every header.")
SIZE_HALF = _("{text} A Linux sender stops at half of the largest window that it has been offered, too: {half} here at "
              "first.")
SIZE_MSS = _("at most {size}: the smaller MSS, {mss}.")
LABEL_OPTIONS = _("In use")
OPTION_SCALING = _("window scaling (client x{client}, server x{server})")
OPTION_SACK = _("selective ACKs")
OPTION_TIMESTAMPS = _("timestamps")
OPTIONS_NONE = _("none of window scaling, selective ACKs and timestamps: both SYNs must offer them")
SCALING_UNKNOWN = _("The SYNs were not both seen, so the windows are shown as they stand in the header, not scaled.")
LABEL_BECAUSE = _("Because")
LABEL_TIME_WAIT = _("TIME-WAIT")
TIME_WAIT_SHORT = _("the {side} ({endpoint}).")
TIME_WAIT_ONE = _("the {side} ({endpoint}): it sent the first FIN, so it keeps the port pair for a while (Linux: "
                  "60 s).")
TIME_WAIT_LATER = _("the {side} ({endpoint}), once the other side has closed too: it sent the first FIN. Until then "
                    "it is in FIN-WAIT-2 (Linux forgets a closed socket in it after 60 s).")
TIME_WAIT_BOTH = _("both sides: neither FIN acknowledged the other.")
TIME_WAIT_NONE = _("nobody: after a reset nothing is kept.")
TIME_WAIT_REFUSED = _("nobody: there was no connection.")
TIME_WAIT_OPEN = _("not decided in this capture.")
LABEL_STATES = _("At the end")
STATES = _("client {client}, server {server}.")
LABEL_WORD = _("As a word")
WORD_ONLY = _("{history}.")
WORD = _("{history}: {letters}. Upper case is the client, lower case the server.")
LETTER = _("{letter} {meaning}")
LABEL_PAUSES = _("Pauses")
PAUSE = _("{length} before packet {packet}: {text}")
LABEL_NOTABLE = _("Unusual")
NOTABLE = _("packet {packet}: {text}")

# the time line
LEGEND_KNOWN = _("Reasons are known from the trace of calls, unless a mark behind them says that they rest on less.")
LEGEND_INFERRED = _("Reasons are inferred (the packets and the rules of TCP leave no other reading), unless a "
                    "mark behind them says otherwise.")
LEGEND_RELATIVE = _("seq and ack count from the first numbers (relative).")
LEGEND_SHORT = _("Each is told in short here; --connection or --all shows its packets.")
LEGEND_TABLE = _("They are too many to tell each; --connection tells one packet by packet.")
REPORT_SHORT = _("Each is told in short here[, {drawn} with a picture]; whywire report with --connection C or --all "
                 "tells packet by packet.")
REPORT_TABLE = _("They are too many to tell each[; {drawn} have a picture]. whywire report with --connection C tells "
                 "one packet by packet.")
LEGEND_MERGED = _("A packet's time is when it left its sender.")
LEGEND_TIMES = _("A packet's time is when it was captured.")
NEXT_SYN_ONCE = _("seq {seq}. A SYN takes one number, so the next is {next}.")
NEXT_SYN = _("seq {seq}, next {next}.")
NEXT_FIN_ONCE = _("A FIN takes one number: seq {seq}, next {next}.")
NEXT_FIN = _("seq {seq}, next {next}.")
NEXT_FIN_DATA = _("seq {seq}, next {next}: {bytes} and 1 for the FIN.")
NEXT_DATA = _("Next {next}.")
SEQ_ONLY = _("seq {seq}.")
ACK_SUM = _("ack {after} = {before}{syn}{data}{fin}.")
ACK_SYN = _(" + 1 (SYN)")
ACK_FIN = _(" + 1 (FIN)")
ACK_FIRST = _("ack {ack}, the first one seen from this side.")
ACK_AGAIN = _("ack {ack} as before.")
READINGS_THERE = _("Packets leave other readings: see packet {packet}.")
OTHER_READING = _("Or: {text}")
WHAT_BYTES = _("{bytes} {first}..{last}")
WHAT_AGAIN = _("{what}, again")
WHAT_KEEP_ALIVE = _("keep-alive")
WHAT_PROBE = _("window probe")
ARRIVED = _("arrived")
LOST = _("Never arrived.")
FOLD_SEGMENTS = _("{bytes} in {segments}")
FOLD_SIZES = _("{sizes} bytes.")
FOLD_SIZE_ONCE = _("A full segment carries {size} here.")
FOLD_ONE_CALL = _("All from one call, {call}.")
FOLD_CALLS = _("From {calls}.")
FOLD_PROGRAM = _("The {sender}'s program wrote these bytes, in one call or in several.")
FOLD_ACKS = _("ACKs by the {sender}'s kernel, up to ack {after} = {before} + {data}.")
FOLD_ACKS_PLAIN = _("ACKs by the {sender}'s kernel.")
FOLD_RESETS = _("The same again, one reset for each segment[ (packets {packets})].")
FOLD_HELD = {
    Why.HELD_CONGESTION: _("{count} of these segments waited for an ACK although the {receiver}'s window had room."),
    Why.HELD_WINDOW: _("{count} of these segments waited for room in the {receiver}'s window."),
}
"""Of many in a row; what such a wait means has been told of the first ones."""
FOLD_BULK = _("A transfer from {sender} to {receiver}, with {acks} on the way back.")
FOLD_WITH_CALLS = _("In that time: {calls}.")
CALL_RETURNS = _("{call} = {result}")
CLOSED_BY = {
    "exit": _("Closed by the end of the program."),
    "garbage": _("Closed by Python, when nothing referred to the socket object any more."),
}
CALL_WAITING = _("still waiting")

# after the picture
WORTH_A_LOOK = _("Worth a look")
FINDING = _("[Packet {packet}: ]{text}")
MORE_ON_A_RULE = _("More on one: whywire rule {code}[; {left} in --format json].")
BELIEFS = _("Often believed, and wrong here")
TERMS = _("Terms (whywire term NAME says more)")
MORE = _("More: {commands}")
NO_CONNECTION = _("There is no connection {asked} in {name}[: it has {have}].")
NO_CONNECTION_HINT = _("Without --connection all of them are told.")
NO_PACKET = _("There is no packet {asked} in {name}: it has {packets}.")
NO_PACKET_HINT = _("Packets are numbered from 1, in the order of the view that is shown.")
NOT_TCP = _("Packet {number} is not part of a TCP connection; its headers are shown as far as they could be read.")

# the overview of many connections
HEAD = (_("id"), _("client"), _("server"), _("begins"), _("lasts"), _("packets"), _("bytes up"), _("bytes down"),
        _("end"))
ONE_SERVER = _("All of them are with the server {server}.")
END_ORDERLY = _("{first} closed first")
END_SIMULTANEOUS = _("both closed at once")
END_RESET = _("reset by {rst_side}")
END_FIN_RESET = _("{first} closed, then reset")
END_REFUSED = _("refused")
END_UNFINISHED = _("{first} closed; not finished")
END_OPEN = _("still open")
END_UNANSWERED = _("no answer")
MORE_CONNECTIONS = _("{count} more are not listed here; --connection shows any of them.")

# one packet in full
PACKET = _("Packet {number}: {what}, {sender} to {receiver}")
PACKET_PLAIN = _("Packet {number}")
RAW = _("In the packet itself: seq {seq}[ (first number {isn})][, ack {ack}[ (first number {peer_isn})]].")
WINDOW_SCALED = _("Window {window}: {field} in the field, times {scale}, the scale from the handshake.")
WINDOW_PLAIN = _("Window {window}, as it stands in the field: no scale was agreed on.")
WINDOW_RAW = _("Window {window}: in a SYN it is never scaled.")
WINDOW_UNKNOWN = _("Window field {window}: whether it is scaled is not known, because the SYNs were not both seen.")
PACKET_OF = _("{connection}[, {from_endpoint} to {to_endpoint}][; {time} after the connection's first packet][; "
              "arrived {transit} later]")
LABEL_REASON = _("Why")
LABEL_OTHER = _("Or")
LABEL_DECIDES = _("To decide")
LABEL_ALSO = _("Also")
LABEL_CERTAINTY = _("Certainty")
CERTAINTIES = {
    "unknown": _("not known: nothing here decides."),
    "known": _("known: the trace of calls or the wire's log shows it."),
    "inferred": _("inferred: the packets and the rules of TCP leave no other reading."),
    "likely": _("likely: there are other readings, named here."),
    "artefact": _("artefact: of the capture, not of the network."),
}
BOOK = _("Numbers before and after this packet")
BOOK_HEAD = (_("side"), _("sent"), _("acknowledged"), _("under way"), _("after: sent"), _("acknowledged"),
             _("under way"))
BOOK_NOTE = _("Relative numbers: the next one to be sent, the next one that the other side expects. Under way: "
              "sent, and not yet acknowledged in a captured packet.")
FIELDS_HEAD = (_("bytes"), _("field"), _("value"), _("meaning"))
LAYER = _("{name}, bytes {start} to {end}")
LABEL_CALL = _("Call")
