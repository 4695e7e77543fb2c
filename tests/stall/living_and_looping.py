"""Short talks for the tests: a living beginning, loops to follow it, and talks that only look like loops."""

from collections.abc import Callable, Iterator
from itertools import cycle

Turns = list[tuple[int, str]]

BEGINNING: Turns = [
    (1, "Somebody has painted the post office green overnight, and the postmaster pretends that it was always so."),
    (2, "Green how? My grandmother's stove was green and it took her forty years to forgive it."),
    (1, "Like a pond with opinions. The stamps are still red, which makes them look like poisonous berries."),
    (2, "Then I shall post my complaint from the next village. Does the bus still stop by the tannery on Thursdays?"),
    (1, "Only if you wave a handkerchief. The driver lost an eye at the harvest dance and he says he sees linen best."),
    (2, "I own a tablecloth. If I bring it, will you carry the hamper and the clarinet?"),
]


def turn_about(*lines: str, turns: int = 14, seats: int = 2) -> Turns:
    """`lines` round and round, by `seats` speakers in order."""
    spoken: Iterator[str] = cycle(lines)
    return [(1 + at % seats, next(spoken)) for at in range(turns)]


def made(line: Callable[[int], str], turns: int = 14) -> Turns:
    """A line made from the turn's number, by two speakers."""
    return [(1 + at % 2, line(at)) for at in range(turns)]


LOOPS: dict[str, Turns] = {
    "agreement": turn_about("I agree! x"),
    "agreement in changing words": turn_about(
        "I completely agree with you, that is a great point.",
        "Exactly, you are so right.",
        "Yes, absolutely, it is a great point.",
        "I couldn't agree more, you are right.",
        "Totally, I agree with that.",
    ),
    "goodbyes": turn_about(
        "Goodbye, and take care!",
        "You too, goodbye!",
        "Thank you, have a lovely evening!",
        "Thanks, you as well, good night!",
        "Good night, see you soon!",
    ),
    "compliments": turn_about(
        "You are so wonderful and talented!",
        "Thank you, you are amazing yourself!",
        "How kind of you, you are brilliant!",
        "No, you are the brilliant one, truly wonderful!",
        "Thank you, I am so grateful, you are incredible!",
    ),
    "an echo": turn_about(
        "So the bus stops by the tannery on Thursdays.",
        "Yes, on Thursdays the bus stops by the tannery.",
        "By the tannery the bus stops, on Thursdays, yes.",
    ),
    "one sentence with small changes": made(
        lambda at: f"The night is a {('dark', 'cold', 'deep', 'old')[at % 4]} river that carries all our dreams."
    ),
    "a counter": made(lambda at: f"Let us look at possibility number {at + 4} before we decide."),
    "empty replies": turn_about(""),
    "dots": turn_about("...", "…", ". . ."),
    "one word": turn_about("Yes.", "Yes.", "Peace.", "Yes.", "Peace."),
    "period 2": turn_about("I open the left door.", "The left door is locked, and there is a right door."),
    "period 3": turn_about("Shall we go now?", "Perhaps we should wait for the rain.", "Where is my other boot?"),
    "emoji": turn_about("✨🙏", "🙏✨✨", "✨", "🙏🙏"),
    "one topic for ever": turn_about(
        "Give me a random topic, please.",
        "How about origami, the Japanese art of folding paper?",
        "Another random topic, please.",
        "What about origami? It is the Japanese art of folding paper.",
    ),
    "German": turn_about("Genau, du hast völlig recht.", "Ja, genau, das stimmt.", "Stimmt, du hast recht."),
    "Chinese": turn_about("再见，保重！", "好的，再见，晚安！", "晚安，再见，保重！"),
    "Russian": turn_about("Да, конечно, я согласен.", "Да, именно, я согласна.", "Конечно, именно так."),
}

THINGS = (
    *("barrel", "crocodile", "tulip", "candle", "Portugal", "umbrella", "blacksmith", "wedding", "pepper", "giraffe"),
    *("lantern", "dentist", "canal", "mustard", "violin", "bishop", "radio", "tiger", "bakery", "hammock", "prison"),
    *("cinnamon", "rooster", "submarine"),
)
VERSES = (
    "The cook has burned the porridge black and fed it to a gull.",
    "Our captain bought a compass from a man who sold us string.",
    "A purple storm from Africa has stolen every sail.",
    "We traded seven blankets for a monkey and a bell.",
    "The monkey rang for supper till the bosun lost his mind.",
    "Then Maggie in the crow's nest saw a chimney and a church.",
    "It was her mother's bakery, so nobody could sleep.",
    "The mayor gave a speech so long that half the harbour froze.",
    "My brother wed the daughter of the man who sold us string.",
    "They named the child Magnetic North and taught him how to dance.",
    "The compass sits in glass today and visitors pay two pence.",
    "It points to where my heart was when I left it on the quay.",
)
REFRAIN = "And haul, boys, haul away the line, the light is pale."
MOVES = (
    *("e4", "c5", "Nf3", "d6", "d4", "cxd4", "Nxd4", "Nf6", "Nc3", "a6", "Be3", "e5", "Nb3", "Be6", "f3", "Be7", "Qd2"),
    *("O-O", "g4", "Nbd7", "h4", "b5", "Ng1", "Rc8"),
)
STEPS = (
    "the sum of two even numbers is even, since two a plus two b is twice a plus b",
    "the product of odd factors stays odd, for two a plus one times two b plus one leaves a remainder of one",
    "a square leaves remainder zero or one after division by four, as the cases show",
    "no number of the form four k plus three can be a sum of two squares",
    "the primes of that form cannot divide a sum of coprime squares, by Fermat's little theorem",
    "Brahmagupta's identity multiplies two such sums into a third",
    "descent shrinks any multiple until the prime itself is reached",
    "Wilson's theorem supplies a root of minus one modulo the prime",
    "Thue's pigeonhole argument yields small x and y on a lattice line",
    "uniqueness comes from factoring among the Gaussian integers",
    "the class number of the field therefore equals one",
    "an algorithm of Cornacchia computes the pair in logarithmic time",
)

LIVING: dict[str, Turns] = {
    "a song with a refrain": [(1 + at % 2, f"{verse}\n{REFRAIN}") for at, verse in enumerate(VERSES)],
    "call and response": [
        turn
        for thing in THINGS[:12]
        for turn in ((1, f"Who is hiding in the {thing}?"), (2, "We are, we are, all the way to town!"))
    ],
    "a quiz": [
        turn
        for asked, answer in zip(THINGS[:12], THINGS[12:], strict=True)
        for turn in ((1, f"Correct! Next question: which word belongs with {asked}?"), (2, f"{answer.title()}."))
    ],
    "chess": [(1 + at % 2, f"{1 + at // 2}. {'... ' if at % 2 else ''}{move}") for at, move in enumerate(MOVES)],
    "a long proof": [
        (1 + at % 2, f"Now it follows that {step}. Hence the claim, and we may go on to the next lemma.")
        for at, step in enumerate(STEPS)
    ],
    "a shell": [
        turn
        for thing, verse in zip(THINGS[:12], VERSES, strict=True)
        for turn in ((1, f"cat {thing}"), (2, f"guest@far-end:~$ cat {thing}\n{verse}\nguest@far-end:~$"))
    ],
    "a catchphrase": [
        (1 + at % 2, verse if at % 2 else f"Nothing escapes the moustache! {verse}") for at, verse in enumerate(VERSES)
    ],
    "one farewell": [*BEGINNING, (1, "I will, then. Goodbye!"), (2, "Goodbye, take care!")],
}
