"""Nobody speaks for others: a reply is cut where it stops being the speaker's own, and marked where it is odd."""

from backrooms_tui.conversation.guard.finding import Cut as Cut
from backrooms_tui.conversation.guard.finding import Guarded as Guarded
from backrooms_tui.conversation.guard.finding import Mark as Mark
from backrooms_tui.conversation.guard.guarding import guarded as guarded
from backrooms_tui.conversation.guard.guarding import little_left as little_left
from backrooms_tui.conversation.guard.streaming import GuardStream as GuardStream
from backrooms_tui.conversation.guard.streaming import cut_so_far as cut_so_far
