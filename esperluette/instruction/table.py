"""La table de la liste : ses colonnes, leurs cellules, leur tri. L'écran et les exports disent la même chose."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Case, F, IntegerField, OrderBy, Value, When
from django.db.models.functions import Coalesce, Least
from django.urls import reverse
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.lectures import phrase_pour
from esperluette.dossiers.models import Dossier, DossierQuerySet
from esperluette.dossiers.phrases import Phrase

Valeur = str | date | None
Ordre = tuple[str | OrderBy, ...]


@dataclass(frozen=True, slots=True)
class Cellule:
    """Ce qu'une case montre. `ton` : le texte est une pastille ; `ton_detail` : le détail en est une."""

    texte: str
    detail: str = ""
    ton: str = ""
    ton_detail: str = ""
    lien: str = ""


@dataclass(frozen=True, slots=True)
class Ligne:
    """Un dossier et sa phrase, lus une fois pour toutes ses cases."""

    dossier: Dossier
    phrase: Phrase

    @property
    def limite(self) -> date | None:
        """La prochaine date qui compte, tant que le dossier est ouvert."""
        dates = [d for d in (self.dossier.echeance, self.dossier.silence_le) if d]
        return min(dates) if dates and self.dossier.etat in Etat.OUVERTS else None

    @property
    def nature(self) -> str:
        """Pourquoi cette date compte."""
        if self.limite == self.dossier.echeance and self.dossier.echeance_nature:
            return str(NatureEcheance(self.dossier.echeance_nature).label)
        return str(NatureEcheance.SILENCE.label) if self.limite else ""

    @property
    def agent(self) -> Any:
        """À qui revient le dossier."""
        return self.dossier.instruit_par or self.dossier.affecte_a


@dataclass(frozen=True, slots=True)
class Colonne:
    """Une colonne : sa case à l'écran, sa valeur dans un tableur, son tri (vide : ne se trie pas)."""

    cle: str
    libelle: str
    cellule: Callable[[Ligne], Cellule]
    valeur: Callable[[Ligne], Valeur]
    tri: Callable[[bool], Ordre] | None = None


def _par(*champs: str, vides: bool = False) -> Callable[[bool], Ordre]:
    """Trie par ces champs ; `vides` : ceux qui n'ont rien viennent en dernier, dans les deux sens."""

    def ordre(decroissant: bool) -> Ordre:
        if not vides:
            return tuple(f"-{champ}" if decroissant else champ for champ in champs)
        rangs = (F(champ) for champ in champs)
        return tuple(r.desc(nulls_last=True) if decroissant else r.asc(nulls_last=True) for r in rangs)

    return ordre


def _reference(ligne: Ligne) -> Cellule:
    reference = ligne.dossier.reference
    return Cellule(reference, lien=reverse("instruction:fiche", args=[reference]))


def _territoire(ligne: Ligne) -> Cellule:
    commune = ligne.dossier.equipe.implantation
    return Cellule(str(commune), commune.epci.nom if commune.epci else "")


def _echeance(ligne: Ligne) -> Cellule:
    limite = ligne.limite
    if limite is None:
        return Cellule("—")
    jours = (limite - timezone.localdate()).days
    ton = "erreur" if jours < 0 else "attention" if jours <= settings.ECHEANCE_PROCHE_JOURS else "neutre"
    return Cellule(mot_de(jours), f"{en_lettres(limite, 'j F Y')} · {ligne.nature}", ton=ton)


def mot_de(jours: int) -> str:
    """« dans 12 jours », « aujourd'hui », « dépassée de 3 jours »."""
    if jours == 0:
        return "aujourd’hui"
    mot = f"{abs(jours)} jour{'s' if abs(jours) > 1 else ''}"
    return f"dans {mot}" if jours > 0 else f"dépassée de {mot}"


def _jour(moment: Any) -> date | None:
    return timezone.localdate(moment) if moment else None


def _le(moment: Any) -> Cellule:
    return Cellule(en_lettres(timezone.localdate(moment)) if moment else "—")


COLONNES: dict[str, Colonne] = {
    c.cle: c
    for c in (
        Colonne("reference", "Référence", _reference, lambda x: x.dossier.reference, _par("reference")),
        Colonne(
            "equipe", "Équipe", lambda x: Cellule(x.dossier.equipe.nom, x.dossier.equipe.sigle),
            lambda x: x.dossier.equipe.nom, _par("equipe__nom"),
        ),
        Colonne(
            "demarche", "Démarche", lambda x: Cellule(x.dossier.demarche_libelle),
            lambda x: x.dossier.demarche_libelle, _par("demarche_libelle"),
        ),
        Colonne(
            "territoire", "Territoire", _territoire,
            lambda x: " – ".join(filter(None, (_territoire(x).texte, _territoire(x).detail))),
            _par("equipe__implantation__nom"),
        ),
        Colonne(
            "etat", "État", lambda x: Cellule(x.phrase.etat, ton=x.phrase.ton), lambda x: x.phrase.etat,
            _par("rang_d_etat"),
        ),
        Colonne("main", "Qui a la main", lambda x: Cellule(x.phrase.qui), lambda x: x.phrase.qui),
        Colonne("echeance", "Échéance", _echeance, lambda x: x.limite, _par("limite", vides=True)),
        Colonne(
            "agent", "Agent", lambda x: Cellule(str(x.agent or "—")), lambda x: str(x.agent or ""),
            _par("affecte_a__nom", "affecte_a__prenom", vides=True),
        ),
        Colonne(
            "depot", "Déposé le", lambda x: _le(x.dossier.depose_le), lambda x: _jour(x.dossier.depose_le),
            _par("depose_le"),
        ),
        Colonne(
            "mouvement", "Dernier mouvement", lambda x: _le(x.dossier.mouvement_le),
            lambda x: _jour(x.dossier.mouvement_le), _par("mouvement_le"),
        ),
    )
}  # fmt: skip
TOUJOURS = "reference"
PAR_DEFAUT = ("reference", "equipe", "demarche", "territoire", "etat", "main", "echeance", "agent")
TRI_PAR_DEFAUT = "-depot"


def colonnes_choisies(texte: str) -> list[Colonne]:
    """Les colonnes d'un réglage (« equipe,etat »), dans l'ordre de la table ; celles d'office s'il est vide."""
    voulues = {TOUJOURS, *(texte.split(",") if texte else PAR_DEFAUT)}
    return [colonne for cle, colonne in COLONNES.items() if cle in voulues]


def tri_valide(tri: str) -> str:
    """Ce tri s'il existe, sinon celui d'office."""
    colonne = COLONNES.get(tri.removeprefix("-"))
    return tri if colonne is not None and colonne.tri is not None else TRI_PAR_DEFAUT


def trier(dossiers: DossierQuerySet, tri: str) -> DossierQuerySet:
    """Les dossiers dans cet ordre (« -depot ») ; à égalité, par identifiant : une page ne se répète jamais."""
    cle = tri.removeprefix("-")
    if cle == "etat":
        rangs = [When(etat=etat.value, then=Value(rang)) for rang, etat in enumerate(Etat)]
        dossiers = dossiers.annotate(rang_d_etat=Case(*rangs, output_field=IntegerField()))
    if cle == "echeance":
        ouvert = When(
            etat__in=Etat.OUVERTS,
            then=Least(Coalesce("echeance", "silence_le"), Coalesce("silence_le", "echeance")),
        )
        dossiers = dossiers.annotate(limite=Case(ouvert))
    ordre = COLONNES[cle].tri
    return dossiers.order_by(*(ordre(tri.startswith("-")) if ordre else ()), "pk")


def lire(dossiers: DossierQuerySet) -> DossierQuerySet:
    """Charge en une requête ce que les colonnes montrent."""
    return dossiers.select_related(
        "equipe__implantation__epci", "equipe__implantation__departement", "instruit_par", "affecte_a"
    )


def page(dossiers: DossierQuerySet, tri: str, debut: int, fin: int) -> list[Ligne]:
    """Les lignes de `debut` à `fin` : on trie des identifiants, on ne lit que les dossiers montrés. Une requête."""
    choisis = trier(dossiers, tri).values("pk")[debut:fin]
    return list(lignes(lire(trier(Dossier.objects.filter(pk__in=choisis), tri))))


def lignes(dossiers: Iterable[Dossier]) -> Iterator[Ligne]:
    """Chaque dossier avec sa phrase."""
    return (Ligne(dossier, phrase_pour(dossier, "agent")) for dossier in dossiers)


def entetes(colonnes: Iterable[Colonne], tri: str) -> list[dict[str, Any]]:
    """L'en-tête de chaque colonne : son nom, le sens du tri s'il est sur elle, et le tri qu'un clic donnerait."""
    rendus = []
    for colonne in colonnes:
        sens = "" if tri.removeprefix("-") != colonne.cle else "descending" if tri.startswith("-") else "ascending"
        suivant = f"-{colonne.cle}" if sens == "ascending" else colonne.cle
        rendus.append({"colonne": colonne, "sens": sens, "tri": suivant if colonne.tri else ""})
    return rendus
