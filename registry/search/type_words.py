"""Kinds of resources that stand in a question: `a worksheet on fractions`, `photosynthesis video`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.search.spans import READ, Span
from vocab import schemes

_FLAGS = re.IGNORECASE
_ANYWHERE: dict[str, tuple[str, ...]] = {
    r"work\s?sheets?|printables?|activity\s+sheets?|handouts?|hojas?\s+de\s+(?:trabajo|ejercicios)": ("worksheet",),
    r"(?:lesson|teaching|session)\s+plans?|lesson\s+planning|plan(?:es)?\s+de\s+(?:clase|lecci[oó]n)": ("lesson-plan",),
    r"answer\s+keys?|mark(?:ing)?\s+schemes?": ("answer-key",),
    r"exit\s+(?:tickets?|slips?|quiz(?:zes)?)|starter\s+quiz(?:zes)?|practice\s+tests?": ("quiz", "assessment"),
    r"unit\s+plans?|schemes?\s+of\s+work|units?\s+of\s+(?:study|work)": ("unit",),
    r"(?:powerpoints?|power\s+points?|ppts?|slide\s?shows?|slide\s+decks?|google\s+slides)": ("presentation",),
    r"(?:virtual|online)\s+labs?|interactive\s+simulations?|phet(?:\s+simulations?)?": ("simulation",),
    r"study\s+guides?|revision\s+guides?": ("study-guide",),
    r"scoring\s+(?:guides?|rubrics?)": ("rubric",),
}
"""Words that are the name of a kind wherever they stand."""
_AS_HEAD: dict[str, tuple[str, ...]] = {
    r"v[ií]deos?|video\s+clips?|screencasts?": ("video",),
    r"quiz(?:zes)?|cuestionarios?": ("quiz", "assessment"),
    r"assessments?|unit\s+tests?": ("assessment", "quiz"),
    r"games?|juegos?": ("game",),
    r"lessons?|lecci[oó]n(?:es)?": ("lesson", "lesson-plan"),
    r"activities|actividades|activity|classroom\s+activit(?:y|ies)|hands[\s-]on\s+activit(?:y|ies)": ("activity",),
    r"simulations?|simulaciones": ("simulation", "interactive"),
    r"interactives?": ("interactive", "simulation"),
    r"podcasts?": ("audio",),
    r"presentations?|slides?": ("presentation",),
    r"rubrics?": ("rubric",),
    r"text\s?books?": ("textbook",),
    r"homework|assignments?": ("homework",),
    r"infographics?|diagrams?": ("diagram",),
    r"webquests?|case\s+stud(?:y|ies)": ("case-study", "project"),
    r"tutorials?": ("tutorial",),
    r"lab\s+activit(?:y|ies)|science\s+experiments?": ("experiment",),
    r"practice\s+problems?|exercises": ("exercise",),
}
"""Words that name a kind only as the head of what is asked for: at its end, or before what it is about."""

_FREE = r"(?:(?:free|printable|printed)\s+)?"
_ABOUT = re.compile(
    rf"\s+(?:of(?=\s*{READ})|on|about|for|to\s+(?:teach|practi[cs]e|introduce|explain|show|help)|explaining|showing|teaching"
    r"|covering|introducing|that|which|with|sobre|para|de)\b",
    _FLAGS,
)
_TAIL = re.compile(
    rf"(?:[\s{READ},.;:!?)]|\b(?:please|for|in|at|with|and|or|my|the|a|students?|kids|pupils)\b)*$", _FLAGS
)
_MAKING = (
    r"(?:mak|creat|produc|writ|analy[sz]|giv|cod|captur)(?:e|ing)|(?:edit|film|record|shoot|design"
    r"|deliver|draw|play|program)(?:m?ing)?"
)
_NOT_BEFORE = re.compile(
    rf"\b(?:{_MAKING})\s+(?:(?:a|an|your|the|our|own)\s+)+(?:[\w-]+\s+){{0,2}}$"
    r"|\b(?:mak(?:e|ing)|edit(?:ing)?|creat(?:e|ing)|produc(?:e|ing)|film(?:ing)?|write|play(?:ing)?)\s+$"
    r"|(?<!collection )(?<!set )(?<!series )(?<!pack )(?<!bank )(?<!list )\bof\s+(?:(?:the|a|an|\w+ed)\s+)?$"
    r"|\b(?:on|about|between|from|against|versus|vs|addicted\s+to|addiction\s+to"
    r"|effects?\s+of)\s+(?:(?:the|a|an)\s+)?$",
    _FLAGS,
)
_COMPOUNDS = re.compile(
    r"\b(?:(?:video|board|olympic|hunger|computer|ball|great|mind|war|roman|zero[- ]sum|fair"
    r"|commonwealth|paralympic|ball)\s+games?"
    r"|(?:life|moral|piano|driving|swimming|dance|guitar|history'?s|valuable|important|object|final|a)\s+lessons?"
    r"|(?:volcanic|enzyme|human|economic|physical|solar|seismic|cellular|electrical|catalytic|brain"
    r"|criminal|radioactive|neural"
    r"|daily|illegal|optical|business|geologic(?:al)?|microbial|muscle|tectonic|sporting|leisure"
    r"|coefficient)\s+activit(?:y|ies)"
    r"|(?:risk|self|impact|needs|damage|environmental|environmental\s+impact|tax|health|stock|peer)\s+assessments?"
    r"|(?:microscope|water|playground|prepared|land)\s+slides?|(?:breathing|cardio|aerobic|stretching"
    r"|physical|military)\s+exercises"
    r"|(?:venn|tree|free[- ]body|punnett|ray|circuit|phase|energy(?:\s+level)?|force|box|bar|number"
    r"|tape|scatter|mapping|er|uml"
    r"|cell|ven|hasse|sankey|stem|strip|plot|flow|bond|lewis(?:\s+dot)?|dot|orbital|skeletal|bohr|h-r"
    r"|hr)\s+diagrams?)$",
    _FLAGS,
)
_OTHER_HEADS = re.compile(
    r"\s+(?:show|shows|theory|design|development|industry|addiction|essay|consoles?|plan|budget)\b", _FLAGS
)


def types_read(masked: str) -> Iterator[Span]:
    """The kind of resource a question names, the surest first; whether it filters is for the results to say."""
    for pattern, keys in _PATTERNS[0]:
        for match in pattern.finditer(masked):
            if not _OTHER_HEADS.match(masked, match.end()):
                yield _span(match, keys)
    found = [(match, keys) for pattern, keys in _PATTERNS[1] for match in pattern.finditer(masked)]
    # The last one is the head: in `video lesson` it is the lesson.
    for match, keys in sorted(found, key=lambda each: -each[0].end()):
        if _is_head(masked, match):
            yield _span(match, keys)


def _is_head(masked: str, match: re.Match[str]) -> bool:
    before, after = masked[: match.start()], masked[match.end() :]
    if _NOT_BEFORE.search(before) or _COMPOUNDS.search(masked[: match.end()]) or _OTHER_HEADS.match(after):
        return False
    return bool(_TAIL.match(after) or _ABOUT.match(after))


def _span(match: re.Match[str], keys: tuple[str, ...]) -> Span:
    label = schemes.scheme("types").term(keys[0]).label
    return Span("type", keys, label, match.start(), match.end())


_PATTERNS = tuple(
    [(re.compile(rf"\b{_FREE}(?:{words})\b", _FLAGS), keys) for words, keys in table.items()]
    for table in (_ANYWHERE, _AS_HEAD)
)
