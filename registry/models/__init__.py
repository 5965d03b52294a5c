"""The tables of the catalog's database. `Table.metadata` knows all of them once this package is imported."""

from registry.models.account import ApiKeyRow, PersonRow, SignInRow
from registry.models.operation import LeaseRow, StampRow
from registry.models.resource import AlignmentRow, IdentifierRow, ResourceRow
from registry.models.source import PayloadRow, ProblemRow, ProviderRow, RecordRow, RunRow, SourceRow
from registry.models.standard import AliasRow, AssociationRow, ConceptRow, FrameworkRow
from registry.models.table import Table

__all__ = [
    "AliasRow",
    "AlignmentRow",
    "ApiKeyRow",
    "AssociationRow",
    "ConceptRow",
    "FrameworkRow",
    "IdentifierRow",
    "LeaseRow",
    "PayloadRow",
    "PersonRow",
    "ProblemRow",
    "ProviderRow",
    "RecordRow",
    "ResourceRow",
    "RunRow",
    "SignInRow",
    "SourceRow",
    "StampRow",
    "Table",
]
