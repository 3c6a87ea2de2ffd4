"""Lire un fil, ce qui n'y est pas lu, les collègues à prévenir, les réponses types."""

import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.comptes.enums import Role
from esperluette.comptes.models import Compte, Fonction
from esperluette.comptes.perimetres import perimetre_de
from esperluette.dossiers.lectures import trame_de
from esperluette.dossiers.models import Dossier
from esperluette.echanges.droits import fils_des_agents
from esperluette.echanges.enums import Ecrit
from esperluette.echanges.models import BrouillonDeMessage, Lecture, Message, NoteInterne, ReponseType
from esperluette.equipes.models import AccesAccompagnateur, Membre

# Les mots d'une réponse type, et ce qu'ils veulent dire à qui l'écrit. Remplacés tels quels, jamais évalués.
MOTS = {
    "{equipe}": "le nom de l’équipe",
    "{reference}": "la référence du dossier",
    "{demarche}": "l’intitulé de la démarche",
    "{commune}": "la commune d’implantation",
    "{agent}": "votre nom",
    "{date}": "la date du jour",
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """Un message du fil, tel qu'une personne le voit."""

    message: Message
    a_moi: bool
    nouveau: bool
    rubrique: str


def rubriques_de(dossier: Dossier) -> list[tuple[str, str]]:
    """Les rubriques auxquelles un message peut se rattacher : `(identifiant, intitulé)`."""
    return [(r.id, r.intitule) for r in trame_de(dossier).rubriques if r.champs]


def lu_jusqu_au(dossier: Dossier, compte: Any) -> datetime | None:
    """Jusqu'où ce compte a lu ce fil."""
    return Lecture.objects.filter(dossier=dossier, compte=compte).values_list("lu_le", flat=True).first()


def fil_de(dossier: Dossier, compte: Any) -> list[Ligne]:
    """Les messages, du plus ancien au plus récent ; trois requêtes, quel que soit leur nombre."""
    lu_le = lu_jusqu_au(dossier, compte)
    noms = dict(rubriques_de(dossier))
    messages = Message.objects.filter(dossier=dossier).select_related("auteur").prefetch_related("pieces__fichier")
    return [
        Ligne(
            message=m,
            a_moi=m.auteur_id == compte.pk,
            nouveau=m.auteur_id != compte.pk and (lu_le is None or m.envoye_le > lu_le),
            rubrique=noms.get(m.rubrique, ""),
        )
        for m in messages
    ]


def non_lus(dossier: Dossier, compte: Any) -> int:
    """Combien de messages des autres ce compte n'a pas lus ; compté une fois par page."""
    cle = (dossier.pk, compte.pk)
    gardes: dict[tuple[Any, Any], int] = dossier.__dict__.setdefault("_non_lus", {})
    if cle not in gardes:
        gardes[cle] = _non_lus(Message.objects.filter(dossier=dossier), compte).count()
    return gardes[cle]


def oublier_les_non_lus(dossier: Dossier) -> None:
    """Le fil vient d'être lu : ce qui était compté ne l'est plus."""
    dossier.__dict__.pop("_non_lus", None)


def _non_lus(messages: QuerySet[Message], compte: Any) -> QuerySet[Message]:
    lectures = Lecture.objects.filter(dossier=OuterRef("dossier"), compte=compte).values("lu_le")[:1]
    a_lire = messages.exclude(auteur=compte).annotate(lu_le=Subquery(lectures))
    return a_lire.filter(Q(lu_le=None) | Q(envoye_le__gt=F("lu_le")))


def fils_a_suivre(compte: Any) -> QuerySet[Dossier]:
    """Les fils où quelqu'un a écrit, dans son périmètre, avec `dernier` et `a_lire` ; les non lus d’abord."""
    derniers = Message.objects.filter(dossier=OuterRef("pk")).order_by().values("dossier")
    a_lire = _non_lus(Message.objects.filter(dossier=OuterRef("pk")), compte).order_by().values("dossier")
    return (
        fils_des_agents(compte)
        .annotate(
            dernier=Subquery(derniers.annotate(n=Max("envoye_le")).values("n")),
            a_lire=Coalesce(Subquery(a_lire.annotate(n=Count("pk")).values("n")), 0),
        )
        .filter(dernier__isnull=False)
        .select_related("equipe__implantation__departement", "instruit_par")
        .order_by(F("a_lire").desc(), F("dernier").desc(), "pk")
    )


def brouillon_de(dossier: Dossier, compte: Any, ecrit: Ecrit = Ecrit.MESSAGE) -> BrouillonDeMessage | None:
    """Ce que ce compte était en train d'écrire."""
    return BrouillonDeMessage.objects.filter(dossier=dossier, compte=compte, ecrit=ecrit).first()


def deja_envoye(dossier: Dossier, compte: Any, ecrit: Ecrit, jeton: uuid.UUID) -> bool:
    """Ce formulaire a-t-il déjà fait son envoi ?"""
    modele = Message if ecrit == Ecrit.MESSAGE else NoteInterne
    return modele._default_manager.filter(dossier=dossier, auteur=compte, jeton=jeton).exists()


# --- Les notes internes ---------------------------------------------------------------------------


def notes_de(dossier: Dossier) -> QuerySet[NoteInterne]:
    """Les notes, de la plus ancienne à la plus récente. Qui les demande a vérifié le droit de les lire."""
    return NoteInterne.objects.filter(dossier=dossier).select_related("auteur").prefetch_related("prevenus")


def nombre_de_notes(dossier: Dossier, compte: Any) -> int:
    """Combien de notes cet agent peut lire sur ce dossier ; aucune s'il est de l'équipe ou l'accompagne."""
    equipe = OuterRef("dossier__equipe")
    membre = Membre.objects.presents().filter(equipe=equipe, compte=compte)
    acces = AccesAccompagnateur.objects.en_cours().de(compte).filter(equipe=equipe)
    return NoteInterne.objects.filter(~Exists(membre), ~Exists(acces), dossier=dossier).count()


def collegues_de(dossier: Dossier, compte: Any) -> list[Compte]:
    """Les autres agents qui instruisent dans ce territoire, par nom, hors de l’équipe ; trois requêtes."""
    commune = dossier.equipe.implantation
    fonctions = (
        Fonction.objects.actives()
        .filter(role__in=Role.INSTRUCTEURS, compte__is_active=True)
        .filter(Q(region=commune.region_id) | Q(departement=commune.departement_id))
        .exclude(compte=compte)
        .select_related("compte")
        .prefetch_related("epcis")
    )
    de_l_equipe = set(dossier.equipe.membres.filter(sorti_le=None).values_list("compte_id", flat=True))
    trouves = {
        f.compte_id: f.compte
        for f in fonctions
        if f.compte_id not in de_l_equipe and perimetre_de([f]).contient(commune)
    }
    return sorted(trouves.values(), key=lambda c: (c.nom.lower(), c.prenom.lower(), c.pk))


def mentionnes(texte: str, collegues: Iterable[Compte]) -> list[Compte]:
    """Les collègues que ce texte appelle par « @Prénom Nom », sans égard aux accents ni à la casse."""
    simple = _simple(texte)
    return [c for c in collegues if c.nom and f"@{_simple(f'{c.prenom} {c.nom}'.strip())}" in simple]


def _simple(texte: str) -> str:
    sans_accent = "".join(s for s in unicodedata.normalize("NFD", texte.casefold()) if not unicodedata.combining(s))
    return " ".join(sans_accent.split())


# --- Les réponses types ---------------------------------------------------------------------------


def reponses_types_pour(dossier: Dossier) -> QuerySet[ReponseType]:
    """Les réponses types proposées pour ce dossier : celles de la région de l'équipe."""
    return ReponseType.objects.filter(region=dossier.equipe.implantation.region_id, actif=True)


def mettre_en_mots(reponse: ReponseType, dossier: Dossier, compte: Any) -> str:
    """Le texte de la réponse, ses mots remplacés une seule fois ; ce qu'ils apportent n'est pas relu."""
    valeurs = {
        "{equipe}": dossier.equipe.nom,
        "{reference}": dossier.reference,
        "{demarche}": dossier.demarche_libelle,
        "{commune}": dossier.equipe.implantation.nom,
        "{agent}": str(compte),
        "{date}": en_lettres(timezone.localdate()),
    }
    morceaux: list[str] = []
    reste = reponse.texte
    while reste:
        debut = reste.find("{")
        mot = next((m for m in valeurs if debut >= 0 and reste.startswith(m, debut)), None)
        if debut < 0:
            return "".join([*morceaux, reste])
        morceaux += [reste[:debut], valeurs[mot] if mot else "{"]
        reste = reste[debut + len(mot or "{") :]
    return "".join(morceaux)


def inserer(texte: str, reponse: ReponseType, dossier: Dossier, compte: Any) -> str:
    """Ce qui était écrit, puis la réponse type, séparés d'une ligne."""
    return "\n\n".join(filter(None, (texte.rstrip(), mettre_en_mots(reponse, dossier, compte))))
