"""The orders in which agents can speak, as a template names them."""

from collections.abc import Mapping

# Each name with what it does, as a sentence goes on after "who speaks next:".
ORDERS: Mapping[str, str] = {
    "round-robin": "everybody in seat order",
    "random": "whoever is drawn, the talkative more often",
    "manual": "whoever the operator picks",
    "manager": "whoever a model picks that reads along",
    "mention": "whoever was addressed by name, else whoever is talkative",
    "bidding": "whoever wants to most; each is asked in one short call",
}
