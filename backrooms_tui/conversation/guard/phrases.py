"""The set phrases of models: those of a refusal, and those of stepping out of a part. Every repetition is bounded.

"I'm unable" has no space before its apostrophe, so the forms of "I cannot" begin with their own.
"""

import re

UNABLE = r" can(?:not|'t|’t| not)| am unable to|['’]m unable to| am not able to|['’]m not able to"
CANNOT = rf"I(?:{UNABLE}| won['’]t| will not| must decline to| have to decline to)"
# At the start of a reply, "I will not write that letter" is somebody with a will. Models say that they are not able.
COULD_NOT = rf"I(?:{UNABLE})"
AI = r"(?:AI|artificial intelligence|(?:large )?language model)"
REFUSALS = "|".join(
    (
        rf"\bas an? {AI}[\w -]{{0,30}},? (?:{CANNOT}|I do(?: not|n['’]t))\b",
        r"\b(?:against|violates?|outside) (?:my|the) "
        r"(?:(?:content|usage|safety|ethical) )?(?:guidelines|policy|policies)\b",
        r"\b(?:against|violates?|outside) my programming\b",
        rf"\b{CANNOT} (?:fulfil?l|comply with|complete|process|accommodate|engage (?:with|in)|continue(?: with)?)"
        r" (?:this|that|your|the|such|any) (?:\w{1,14} ){0,2}"
        r"(?:requests?|role-?play|prompt|scenario|content|instructions?|fiction)\b",
        rf"\b{CANNOT} (?:create|generate|produce|write|provide) (?:\w{{1,14}} ){{0,3}}"
        r"(?:content|material|instructions|depictions?)\b",
        r"\bals (?:eine )?KI(?:-\w{1,20})?,? kann ich\b",
        r"\bich kann (?:diese|dieser|ihre|deine|deiner|ihrer) (?:anfrage|bitte) (?:leider )?nicht\b",
        r"\ben tant (?:qu['’]IA|que modèle de langage|qu['’]intelligence artificielle),? je ne peux\b",
        r"\bje ne peux pas (?:répondre à|satisfaire|donner suite à) (?:cette|votre|ta) demande\b",
        r"\bcomo (?:una? )?(?:IA|modelo de lenguaje|inteligencia artificial),? no puedo\b",
        r"\bno puedo (?:cumplir(?: con)?|atender|ayudar(?:te|le)? con) (?:esta|esa|tu|su) (?:solicitud|petición)\b",
        r"(?:AI|人工知能|言語モデル)(?:アシスタント)?(?:として|なので|ですので)[^。\n]{0,30}(?:できません|できない)",
        r"(?:リクエスト|要求|ご要望|ご質問|依頼)には?(?:お応え|お答え|応じる|対応)[^。\n]{0,10}(?:できません|できかねます)",
        r"お手伝い(?:することは)?できません",
    )
)
STEPPING_OUT = "|".join(
    (
        rf"\bas an? {AI}(?: (?:language model|assistant|model))?\b",
        rf"\bI(?:['’]m| am) (?:(?:just|only|really|actually) )?an? {AI}\b(?! of\b)",
        r"\bI(?:['’]m| am) (?:ChatGPT|Claude, (?:an AI|made by))",
        r"\bOOC ?[:：]|[(\[]OOC\b",
        r"\b(?:stepping|step|stepped) out of (?:the|my|this) (?:role|character|part)\b",
        r"\b(?:breaking|break) (?:the )?(?:character|fourth wall)\b|[(\[]out of character\b",
        r"\b(?:paus(?:e|ing)|stop(?:ping)?|end(?:ing)?) (?:the|this|our) role-?play(?:ing)?\b",
        r"\bthis is (?:only |just )?a (?:fictional )?role-?play\b",
        r"\bals (?:eine )?KI\b",
        r"\bich bin (?:nur |bloß )?(?:eine KI|ein Sprachmodell)\b|\bfalle? (?:kurz )?aus der rolle\b",
        r"\ben tant (?:qu['’]IA|que modèle de langage|qu['’]intelligence artificielle)\b",
        r"\bje suis (?:une IA|un modèle de langage)\b|\bhors (?:jeu|personnage|rôle) ?:",
        r"\bcomo (?:una? )?(?:IA|modelo de lenguaje|inteligencia artificial)\b",
        r"\bsoy (?:una IA|un modelo de lenguaje)\b|\bfuera de(?:l)? personaje\b",
        r"(?:AI|人工知能|言語モデル)(?:アシスタント)?(?:として|なので|ですので|です)",
        r"(?:私|わたし|僕)は(?:AI|人工知能|言語モデル)|役を(?:離れ|降り)",
    )
)
# ((two brackets round a whole line)) are how role players speak beside their parts.
BESIDE = r"^\s{0,3}\(\([A-Z][^()\n]{12,400}\)\)"

SORRY = (
    r"(?:(?:I(?:['’]m| am) (?:(?:very|so|really) )?sorry|sorry|I apologi[sz]e|my apologies|unfortunately)"
    r"[,.]? ?(?:but |however,? )?)"
)
HELPING = r"(?:(?:help|assist)(?: you)? with|do|discuss|write|create|generate|answer|respond to|provide|offer)"
MATTER = (
    r"(?:that|this|your request|such (?:a )?requests?|creating|writing|generating|providing"
    r"|anything (?:that|illegal|harmful)|requests?|the request|content|information|instructions)\b"
)
OPENED = "|".join(
    (
        rf"{SORRY}?(?:{COULD_NOT}|I(?:['’]m| am) not comfortable)(?: {HELPING})? {MATTER}",
        rf"{SORRY}{COULD_NOT} (?:help|assist)(?: you)?\b",
        r"(?:es )?tut mir leid, (?:aber )?(?:dabei|damit|das|bei dieser) [^.\n]{0,30}nicht (?:helfen|weiterhelfen)",
        r"(?:leider )?kann ich (?:(?:dir|ihnen) )?(?:dabei|damit|bei dieser anfrage) nicht (?:weiter)?helfen",
        r"(?:je suis )?désolée?, (?:mais )?je ne (?:peux|suis) pas [^.\n]{0,20}(?:aider|répondre|en mesure)",
        r"lo siento, (?:pero )?no puedo [^.\n]{0,20}(?:ayudar|responder|proporcionar|continuar)",
        r"(?:大変)?(?:申し訳(?:ありません|ございません)|すみません|ごめんなさい)[^。\n]{0,40}(?:できません|いたしかねます|できかねます)",
    )
)
# What these phrases begin with: looked at first, since at most places of a reply that is all there is to look at.
REFUSAL = re.compile(f"(?=[aceijnovAご依お要リ人言])(?:{REFUSALS})", re.IGNORECASE)
OUT_OF_CHARACTER = re.compile(
    rf"(?=[abcefhijopst(\[A人言僕役わ私])(?:{STEPPING_OUT})|{BESIDE}", re.IGNORECASE | re.MULTILINE
)
REFUSING_START = re.compile(rf"\W{{0,6}}(?:{OPENED})", re.IGNORECASE)
