"""Sentences about receive windows (RFC 9293 3.8.6). All are notes beside a packet's reason."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.WINDOW_SHRANK: Words(
        _("[Window {before} -> {after} bytes: |Its window shrank: ][{unread} unread in the {sender}'s receive "
          "buffer|what came counts against it, until its kernel opens it again]."),
        _("The window is how much room the {sender}'s receive buffer has. [It went from {before} to {after} "
          "bytes[, by {by}]|It shrank], because [of {unread} there that the program has not read yet|what came "
          "counts against it]. That is no congestion and no fault; it grows again when the program has read and the "
          "kernel says so (RFC 9293 3.8.6)."),
    ),
    Why.WINDOW_CLOSED: Words(
        _("Window 0: the {sender}'s receive buffer is full[ ({unread} unread)]; the {receiver} has to wait."),
        _("The {sender}'s receive buffer is full[: {unread} in it, unread]. Until its program reads, the "
          "{receiver} may send nothing but probes (RFC 9293 3.8.6.1)."),
    ),
    Why.WINDOW_FILLED: Words(
        _("It fills the {receiver}'s window[ of {window}] to the last byte; more has to wait for an ACK that "
          "moves it."),
        _("With this segment everything is under way that the {receiver} had announced room for[: {window}]. The "
          "{sender} has to wait for an ACK that moves the window's edge: flow control at work, no error (RFC 9293 "
          "3.8.6)."),
    ),
    Why.WINDOW_REOPENED: Words(
        _("[Window {before} -> {after} bytes: |Its window opens: ]the {sender}'s program has read."),
        _("The {sender}'s receive buffer has room again[: {after} bytes, after {before}], because its program has "
          "read."),
    ),
}
