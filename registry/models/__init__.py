"""The tables of the catalog's database. `Table.metadata` knows all of them once this package is imported."""

from registry.models.account import ApiKeyRow, PersonRow, SignInRow
from registry.models.asking import ResourceRequestRow
from registry.models.collection import CollectionItemRow, CollectionRow, RatingRow, RatingTallyRow, SavedSearchRow
from registry.models.lti import LtiKeyRow, LtiPlatformRow, LtiUsedRow
from registry.models.operation import LeaseRow, StampRow
from registry.models.resource import (
    AlignmentRow,
    FingerprintRow,
    IdentifierRow,
    MembershipRow,
    MergeRow,
    PairRow,
    ResourceRow,
)
from registry.models.saying import SayingRow
from registry.models.source import (
    CensusRow,
    HeldRow,
    LevelWordRow,
    PayloadRow,
    ProblemRow,
    ProviderRow,
    RecordRow,
    RunRow,
    SourceRow,
)
from registry.models.standard import AliasRow, AssociationRow, ConceptRow, DefinitionRow, FrameworkRow, TallyRow
from registry.models.table import Table
from registry.models.usage import UsageRow
from registry.models.vector import VectorRow
from registry.models.version import ChangeRow, PastConceptRow, ReassemblyRow, RetagRow, VersionPartRow, VersionRow
from registry.models.word import WordRow

__all__ = [
    "AliasRow",
    "AlignmentRow",
    "ApiKeyRow",
    "AssociationRow",
    "CensusRow",
    "ChangeRow",
    "CollectionItemRow",
    "CollectionRow",
    "ConceptRow",
    "DefinitionRow",
    "FingerprintRow",
    "FrameworkRow",
    "HeldRow",
    "IdentifierRow",
    "LeaseRow",
    "LevelWordRow",
    "LtiKeyRow",
    "LtiPlatformRow",
    "LtiUsedRow",
    "MembershipRow",
    "MergeRow",
    "PairRow",
    "PastConceptRow",
    "PayloadRow",
    "PersonRow",
    "ProblemRow",
    "ProviderRow",
    "RatingRow",
    "RatingTallyRow",
    "ReassemblyRow",
    "RecordRow",
    "ResourceRequestRow",
    "ResourceRow",
    "RetagRow",
    "RunRow",
    "SavedSearchRow",
    "SayingRow",
    "SignInRow",
    "SourceRow",
    "StampRow",
    "Table",
    "TallyRow",
    "UsageRow",
    "VectorRow",
    "VersionPartRow",
    "VersionRow",
    "WordRow",
]
