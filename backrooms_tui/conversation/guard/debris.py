"""What a chat template leaves behind when a model writes on past the end of its turn.

The marks of the common families: ChatML (Qwen, SmolLM, Hermes), Llama 2 to 4, Mistral, Gemma, Phi, Zephyr, GPT-2 and
gpt-oss (Harmony), Command R, DeepSeek, GLM, Kimi, InternLM, Granite, OpenChat, EXAONE.
"""

import re

# Names inside <|...|>; a story may have <|doors|> of its own, so only these and what ends as such names do.
NAMES = frozenset(
    [
     "im_start", "im_end", "im_sep", "im_user", "im_assistant", "im_system", "im_middle", "user", "assistant",
     "system", "tool", "end", "endoftext", "end_of_text", "begin_of_text", "start_header_id", "end_header_id",
     "eot_id", "eom_id", "eot", "eom", "header_start", "header_end", "python_tag", "start", "message",
     "channel", "return", "call", "constrain", "prompter", "observation", "bot", "endofturn", "end_of_turn",
     "end_of_msg", "start_of_role", "end_of_role", "begin_of_sentence", "end_of_sentence", "endofprompt",
     "end_of_utterance", "pad", "fim_prefix", "fim_middle", "fim_suffix"
    ]
)  # fmt: skip
PIECE = re.compile(
    r"<[|｜](?P<name>[A-Za-z0-9_▁]{1,40})[|｜]>|\[[|](?P<framed>user|assistant|system|endofturn)[|]\]"
    r"|<(?:start_of_turn|end_of_turn|bos|eos|eoh|eoa|sop)>|\[/?INST\]|<</?SYS>>|</s>|<s>|\[gMASK\]"
    r"|\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]"
)
# The longest mark that `PIECE` knows, in characters.
LONGEST = 44
# After these the name of a role follows.
OPENING = frozenset(
    ("<|im_start|>", "<|start_header_id|>", "<start_of_turn>", "<|start|>", "<|start_of_role|>", "<|header_start|>")
)
OTHERS_TURN = frozenset(
    ("<|user|>", "<|prompter|>", "<|im_user|>", "<|user_token|>", "<｜user｜>", "[inst]", "[|user|]", "<|system|>",
     "[|system|]", "<|im_system|>", "<|system_token|>", "<<sys>>", "[system_prompt]", "<|observation|>", "<|tool|>")
)  # fmt: skip
OWN_ROLES = frozenset(("assistant", "model", "chatbot", "gpt", "bot"))


def debris(match: re.Match[str]) -> bool:
    """Whether what `PIECE` found is a template's mark. `<s>` alone is not: it is also how a word is struck out."""
    if match[0] == "<s>":
        return False
    name = match["name"]
    if name is None:
        return True
    name = name.casefold().replace("▁", "_")
    return name in NAMES or name.endswith("_token") or name.startswith("reserved_special")


def mentioned(before: str, after: str) -> bool:
    """Whether a mark is spoken about rather than left over: "The <|im_end|> token ends a turn", "stop at </s>, then".

    `before` and `after` are at least two characters of the same line on either side, fewer where the line ends.
    A space before it and prose after it tell; what a template leaves stands at the end of a line, or touches a word.
    """
    if len(before) < 2 or before[-1] != " " or not (before[-2].isalnum() or before[-2] == ","):
        return False
    return (after[:1] == " " and after[1:2].islower()) or after[:1] in {",", ".", ";", ":", ")"}
