"""Who speaks next: one small interface, one module per order, the reason always said."""

from collections.abc import Mapping

from backrooms_tui.conversation.orders.bidding import Bidding
from backrooms_tui.conversation.orders.choice import Order
from backrooms_tui.conversation.orders.lot import Lot
from backrooms_tui.conversation.orders.managed import Managed
from backrooms_tui.conversation.orders.manual import Manual
from backrooms_tui.conversation.orders.mention import Mention
from backrooms_tui.conversation.orders.round_robin import RoundRobin

ORDERS: Mapping[str, type[Order]] = {
    "round-robin": RoundRobin,
    "random": Lot,
    "manual": Manual,
    "manager": Managed,
    "mention": Mention,
    "bidding": Bidding,
}
