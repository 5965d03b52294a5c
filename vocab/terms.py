"""The URIs of our own ontology (`vocab/data/ontology.ttl`) and of the terms of the closed lists."""

from __future__ import annotations

from vocab.namespaces import TERMS, VOCAB

RESOURCE = f"{TERMS}Resource"
ALIGNMENT = f"{TERMS}Alignment"
FRAMEWORK = f"{TERMS}Framework"
STANDARD = f"{TERMS}Standard"
LEVEL = f"{TERMS}Level"
PROVIDER = f"{TERMS}Provider"

HAS_ALIGNMENT = f"{TERMS}alignment"
TEACHES = f"{TERMS}teaches"
ASSESSES = f"{TERMS}assesses"
REQUIRES = f"{TERMS}requires"
SETTING = f"{TERMS}setting"
GROUP_SIZE_LEAST = f"{TERMS}groupSizeLeast"
GROUP_SIZE_MOST = f"{TERMS}groupSizeMost"
STATED = f"{TERMS}stated"

TO_STANDARD = f"{TERMS}standard"
RELATION = f"{TERMS}relation"
AT_LEVEL = f"{TERMS}level"
LEVEL_STATED = f"{TERMS}levelStated"
ORIGIN = f"{TERMS}origin"
CONFIDENCE = f"{TERMS}confidence"

PRECEDES = f"{TERMS}precedes"
GRADE = f"{TERMS}grade"
ORDER = f"{TERMS}order"


def term_uri(scheme: str, key: str) -> str:
    """The URI of a term of a closed list: `term_uri("levels", "developing")`."""
    return f"{VOCAB}{scheme}/{key}"
