"""How agreement, praise, apology and farewell are said, in a few languages."""

from collections.abc import Iterable

from backrooms_tui.stall.words import words_of


class Phrases:
    """Phrases of one or more words, found in a sentence's words."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines`: phrases parted by commas."""
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for line in lines:
            for phrase in line.split(","):
                words = words_of(phrase)
                self._by_first.setdefault(words[0], []).append(words)

    def within(self, words: tuple[str, ...]) -> bool:
        """Whether one of the phrases stands in `words`."""
        for at, word in enumerate(words):
            for phrase in self._by_first.get(word, ()):
                if words[at : at + len(phrase)] == phrase:
                    return True
        return False


# Agreement; praise and thanks; and apology, the politeness that goes round as well.
AGREEMENT = Phrases(
    (
        # English
        "agree, agreed, agreement, exactly, absolutely, indeed, precisely, definitely, certainly, totally, completely",
        "yes, yeah, yep, sure, of course, right, true, correct, well said, good point, great point, excellent, perfect",
        "great, i see, me too, same here, okay, ok, fine, likewise",
        "thank you, thanks, grateful, gratitude, honored, honoured, honor, honour, privilege, admire, inspiring",
        "inspiration, inspires, inspire, wonderful, amazing, incredible, incredibly, brilliant, brilliance, beautiful",
        "lovely, fantastic, remarkable, extraordinary, generous, talented, blessed, so kind, too kind, very kind",
        "so sweet, appreciate, proud of you, glad, insightful, profound, i love this, i love that, i love it",
        "i love your",
        "namaste, my pleasure, delighted, thrilled, sorry, apologise, apologize, apologies, i insist, after you",
        "please",
        # German
        "genau, stimmt, stimme, richtig, recht, einig, absolut, natürlich, klar, jawohl, ja, meiner meinung",
        "deiner meinung, ihrer meinung, wunderbar, danke, dankbar, großartig, toll",
        # French
        "d'accord, exactement, tout à fait, absolument, vous avez raison, tu as raison, bien sûr, oui, merci",
        "merveilleux, formidable, aimable, magnifique, le plaisir",
        # Spanish, Italian, Portuguese
        "de acuerdo, exacto, exactamente, tienes razón, tiene razón, claro, por supuesto, sí, gracias, maravilloso",
        "maravillosa, esattamente, hai ragione, ha ragione, certo, concordo, grazie, meraviglioso, exatamente",
        "tens razão, tem razão, obrigado, obrigada",
        # Dutch, Polish, Russian
        "precies, inderdaad, klopt, mee eens, dank je, dokładnie, zgadzam się, dziękuję",
        "согласен, согласна, точно, именно, верно, конечно, спасибо, прекрасно",
        # Chinese, Japanese, Korean
        "同意, 没错, 对, 是的, 说得好, 完全正确, 谢谢, 太好了, 太棒了",
        "そうですね, その通り, 同感, 賛成, はい, ありがとう, 素晴らしい",
        "맞아요, 동의해요, 동의합니다, 그렇습니다, 그렇죠, 감사합니다",
    )
)

GOODBYE = Phrases(
    (
        # English
        "goodbye, good bye, bye, farewell, take care, see you, see ya, until next time, until the next time",
        "until then",
        "until we meet again, good night, goodnight, so long, talk to you soon, talk to you later, catch you later",
        "have a great, have a good, have a nice, have a lovely, have a wonderful, have a pleasant, have a safe",
        "have a beautiful, all the best, best wishes, best regards, kind regards, regards, safe journey, safe travels",
        "cheers, thank you, thanks, you're welcome, you are welcome, you are most welcome, you too, you as well",
        "and you",
        "a pleasure, the pleasure, great pleasure, my pleasure, look forward to, i wish you, godspeed, be well",
        # German
        "auf wiedersehen, tschüss, bis bald, bis dann, gute nacht, mach's gut, schönen abend, schönen tag, lebe wohl",
        "leb wohl, danke",
        # French
        "au revoir, à bientôt, adieu, bonne journée, bonne soirée, bonne nuit, à demain, merci",
        # Spanish, Italian, Portuguese
        "adiós, hasta luego, hasta pronto, hasta mañana, buenas noches, cuídate, gracias, nos vemos, arrivederci",
        "a presto, buona notte, buonanotte, ciao, grazie, tchau, até logo, até breve, boa noite, obrigado, obrigada",
        # Dutch, Polish, Russian
        "tot ziens, welterusten, doei, do widzenia, dobranoc, до свидания, пока, до встречи, спокойной ночи",
        "всего доброго",
        # Chinese, Japanese, Korean
        "再见, 再見, 拜拜, 保重, 晚安, 路上小心, 回头见, 谢谢",
        "さようなら, さよなら, またね, また明日, おやすみ, お元気で",
        "안녕히, 잘 가, 잘 자",
    )
)

# After one of these a sentence goes on to say something.
TURNING = Phrases(
    (
        "but, however, although, though, yet, except, unless, aber, doch, jedoch, sondern, mais, pourtant, pero",
        "aunque, però, ma, tuttavia, mas, porém, maar, но, однако, 但是, 可是, 不过, けど, しかし, ただし, 하지만",
    )
)
