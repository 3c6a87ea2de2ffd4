"""Lire un fichier déposé : tout de suite s'il est petit, sinon par le travailleur."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from esperluette.dossiers.actions.redaction import retirer_piece
from esperluette.dossiers.lectures import edition_de, trame_de
from esperluette.importations.enums import EtatImportation
from esperluette.importations.erreurs import TrameRefusee
from esperluette.importations.lecteur.analyse import Analyse
from esperluette.importations.lecteur.interpretation import analyser
from esperluette.importations.lecteur.valeurs import CommuneLue
from esperluette.importations.lectures import retrouver
from esperluette.importations.models import Importation, MembreTrouve, MorceauARanger, Proposition
from esperluette.journal.actions import consigner

TOUT_DE_SUITE = 400_000  # octets : un tel fichier se lit en moins d'une seconde
# Au-delà, une lecture n'attend plus son tour : elle a échoué.
PATIENCE = timedelta(minutes=10)
_LONGUEURS = {f.attname: f.max_length for f in MembreTrouve._meta.concrete_fields if getattr(f, "max_length", None)}


@task()
def lire_le_fichier(importation_id: int) -> None:
    """Lit le fichier et range ce qu'il dit ; rejouable sans doublon. Un fichier illisible est refusé."""
    importation = Importation.objects.select_related(
        "dossier__equipe__implantation", "piece__fichier", "piece__dossier__equipe", "deposee_par"
    ).get(pk=importation_id)
    if importation.etat != EtatImportation.EN_LECTURE:
        return
    fichier, dossier = importation.piece.fichier, importation.dossier
    with fichier.contenu.storage.open(str(fichier.contenu.name), "rb") as contenu:
        octets = contenu.read()
    try:
        analyse = analyser(fichier.nom, octets, trame=trame_de(dossier), edition=edition_de(dossier))
    except TrameRefusee as refus:
        _refuser(importation, str(refus))
        return
    _ranger(importation, analyse)


@transaction.atomic
def _refuser(importation: Importation, message: str) -> None:
    importation = Importation.objects.select_for_update(of=("self",)).get(pk=importation.pk)
    if importation.etat != EtatImportation.EN_LECTURE:
        return
    importation.etat, importation.message = EtatImportation.REFUSEE, message
    importation.close_le = timezone.now()
    importation.save(update_fields=["etat", "message", "close_le"])
    retirer_piece(importation.piece, acteur=importation.deposee_par)


@transaction.atomic
def _ranger(importation: Importation, analyse: Analyse) -> None:
    implantation = importation.dossier.equipe.implantation
    importation = Importation.objects.select_for_update(of=("self",)).get(pk=importation.pk)
    if importation.etat != EtatImportation.EN_LECTURE:
        return
    morceaux = [MorceauARanger(texte=m.texte, html=m.html, raison=m.raison, rubrique=m.rubrique, champ=m.champ)
                for m in analyse.morceaux]  # fmt: skip
    propositions = []
    for lue in analyse.propositions:
        valeur, inconnues = _avec_les_codes(lue.valeur, implantation)
        if inconnues:
            noms = ", ".join(inconnues)
            raison = "communes que le découpage ne connaît pas, ou homonymes"
            morceaux.append(MorceauARanger(texte=noms, raison=raison, rubrique=lue.rubrique))
        if valeur not in ([], None, ""):
            propositions.append(
                Proposition(
                    rubrique=lue.rubrique, champ=lue.champ, valeur=valeur, texte=lue.texte, confiance=lue.confiance,
                    raison=lue.raison,
                )
            )  # fmt: skip
    membres = [MembreTrouve(**{c: getattr(m, c)[: _LONGUEURS[c]] for c in _CHAMPS_MEMBRE}) for m in analyse.membres]
    listes: tuple[list[Any], ...] = (propositions, morceaux, membres)
    for objets in listes:
        for rang, objet in enumerate(objets, start=1):
            objet.importation, objet.rang = importation, rang
    Proposition.objects.bulk_create(propositions)
    MorceauARanger.objects.bulk_create(morceaux)
    MembreTrouve.objects.bulk_create(membres)
    importation.etat, importation.analysee_le = EtatImportation.A_RELIRE, timezone.now()
    importation.save(update_fields=["etat", "analysee_le"])
    consigner(
        "trame_lue", importation.dossier, acteur=importation.deposee_par, importation=importation.pk,
        reponses=len(propositions), a_ranger=len(morceaux),
    )  # fmt: skip


_CHAMPS_MEMBRE = ("nom", "prenom", "profession", "code_profession", "savoir_faire", "commune", "rpps", "courriel",
                  "telephone")  # fmt: skip


def _avec_les_codes(valeur: Any, implantation: Any) -> tuple[Any, list[str]]:
    """La valeur où chaque commune est son code INSEE ; et celles qu'on n'a pas retrouvées."""
    if isinstance(valeur, list) and valeur and isinstance(valeur[0], CommuneLue):
        return retrouver(valeur, implantation)
    if isinstance(valeur, list) and valeur and isinstance(valeur[0], dict):
        lignes, inconnues = [], []
        for ligne in valeur:
            propre = {}
            for colonne, case in ligne.items():
                propre[colonne], perdues = _avec_les_codes(case, implantation)
                inconnues += perdues
            lignes.append(propre)
        return lignes, inconnues
    return valeur, []


def reprendre_les_lectures() -> int:
    """Remet en file les fichiers dont la lecture n'a pas abouti ; rend leur nombre."""
    oubliees = Importation.objects.filter(
        etat=EtatImportation.EN_LECTURE, deposee_le__lt=timezone.now() - PATIENCE
    ).values_list("pk", flat=True)
    for pk in oubliees:
        lire_le_fichier.enqueue(pk)
    return len(oubliees)
