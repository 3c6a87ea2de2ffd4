"""D'où vient une règle : un document daté, un passage. Aucune règle ne se charge sans cela."""

import datetime
import difflib
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, model_validator

Identifiant = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=80)]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
CodeCommune = Annotated[str, StringConstraints(pattern=r"^(?:\d{2}|2[AB])\d{3}$")]
CodeDepartement = Annotated[str, StringConstraints(pattern=r"^(?:\d{2,3}|2[AB])$")]
SUGGESTIONS_MAX = 12
CodeSiren = Annotated[str, StringConstraints(pattern=r"^\d{9}$")]


class Fige(BaseModel):
    """Une donnée d'édition : immuable, sans clé inconnue, sans conversion silencieuse (01 n'est pas "01")."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ErreurDeDocument(Fige):
    """Une erreur relevée dans un document officiel, et comment nous le lisons."""

    passage: Phrase
    lecture: Phrase


class Document(Fige):
    """Un texte cité par les règles. Non daté, il porte au moins le jour où on l'a lu."""

    id: Identifiant
    titre: Phrase
    emetteur: Phrase
    date: datetime.date | None = None
    consulte_le: datetime.date | None = None
    url: str = ""
    note: str = ""
    erreurs: tuple[ErreurDeDocument, ...] = ()

    @model_validator(mode="after")
    def _est_date(self) -> "Document":
        if self.date is None and self.consulte_le is None:
            raise ValueError("un document porte sa date, ou « consulte_le » s'il n'est pas daté")
        return self

    @property
    def date_de_reference(self) -> datetime.date:
        """La date du document, sinon celle de sa lecture."""
        date = self.date or self.consulte_le
        if date is None:  # exclu par la validation
            raise ValueError(self.id)
        return date


class Source(Fige):
    """Le passage qui fonde une règle. `interprete` : le document peut se lire autrement, la note dit pourquoi.

    Dans un fichier d'édition, `document` est l'identifiant d'un document déclaré ; une fois lu, c'est son titre.
    """

    document: Phrase
    passage: Phrase
    date: datetime.date
    document_id: str = ""
    document_date: bool = True  # faux : `date` est le jour de lecture d'un document non daté
    url: str = ""
    interprete: bool = False
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _resoudre(cls, brut: Any, info: ValidationInfo) -> Any:
        documents: dict[str, Document] | None = (info.context or {}).get("documents")
        if documents is None or not isinstance(brut, dict) or "document" not in brut:
            return brut
        cle = brut["document"]
        document = documents.get(cle) if isinstance(cle, str) else None
        if document is None:
            raise ValueError(f"document inconnu « {cle} » ; {suggestion(str(cle), documents)}")
        return {
            "date": document.date_de_reference,
            "url": document.url,
            **brut,
            "document": document.titre,
            "document_id": document.id,
            "document_date": document.date is not None or "date" in brut,
        }

    @model_validator(mode="after")
    def _interpretation_expliquee(self) -> "Source":
        if self.interprete and not self.note:
            raise ValueError("une lecture interprétée s'explique : ajoutez « note »")
        return self

    def en_json(self) -> dict[str, Any]:
        """La forme publiée par la ligne de commande."""
        return {
            "document": self.document,
            "passage": self.passage,
            "date": self.date.isoformat(),
            "date_de_lecture": not self.document_date,
            "url": self.url or None,
            "interprete": self.interprete,
            "note": self.note,
        }


class Sourcee(Fige):
    """Ce qui ne se charge pas sans source."""

    source: Source = Field(description="Document et passage qui fondent cette règle.")


def suggestion(inconnu: str, connus: Iterable[str]) -> str:
    """« vouliez-vous dire… », sinon la liste de ce qui existe."""
    connus = sorted(connus)
    proches = difflib.get_close_matches(inconnu, connus, n=1, cutoff=0.6)
    if proches:
        return f"vouliez-vous dire « {proches[0]} » ?"
    if not connus:
        return "aucun n'est déclaré"
    suite = ", …" if len(connus) > SUGGESTIONS_MAX else ""
    return "attendu : " + ", ".join(f"« {c} »" for c in connus[:SUGGESTIONS_MAX]) + suite
