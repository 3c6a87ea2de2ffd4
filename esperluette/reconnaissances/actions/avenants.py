"""Rouvrir un projet accepté : l'avenant naît avec les réponses qui font référence."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.comptes.models import Compte
from esperluette.dossiers.enums import SorteVersion
from esperluette.dossiers.lectures import edition_de, trame_de
from esperluette.dossiers.models import Dossier, Reponse, VersionReponse
from esperluette.journal.actions import consigner
from esperluette.reconnaissances.avenants import reponses_de_reference
from esperluette.reconnaissances.droits import peut_ouvrir_un_avenant
from esperluette.referentiel.avenants import PREFIXE

DEJA_OUVERT = "Un avenant à ce projet est déjà ouvert : terminez-le, ou retirez-le, avant d’en ouvrir un autre."


@transaction.atomic
def ouvrir_un_avenant(projet: Dossier, *, acteur: Compte, porte_sur: Collection[str]) -> Dossier:
    """Ouvre un avenant à ce projet accepté, prérempli de ce qui fait référence ; le projet, lui, ne change pas.

    `porte_sur` : ce qu'il change, parmi ce que l'édition permet. Rejoué à l'identique, rend l'avenant ouvert.
    Lève Refus, ErreurMetier (l'édition ne prévoit pas d'avenant, rien de choisi), Conflit (un autre est ouvert).
    """
    projet = Dossier.objects.select_for_update(of=("self",)).select_related("equipe__implantation").get(pk=projet.pk)
    permission = peut_ouvrir_un_avenant(acteur, projet)
    if not permission:
        raise Refus(permission.motif)
    edition = edition_de(projet)
    regle = edition.avenant
    if regle is None or edition.demarche(projet.demarche).reconnait is None:
        raise ErreurMetier("Les règles de votre région ne prévoient pas d’avenant à ce dossier : écrivez à votre ARS.")
    voulues = tuple(nature.id for nature in regle.natures if nature.id in porte_sur)
    if not voulues or len(voulues) != len(set(porte_sur)):
        raise ErreurMetier("Dites ce que l’avenant change.")
    demarche = PREFIXE + projet.demarche
    ouvert = projet.equipe.dossiers.ouverts().filter(demarche=demarche).first()
    if ouvert is not None:
        return _le_meme(ouvert, projet, voulues)
    try:
        with transaction.atomic():
            avenant = Dossier.objects.create(
                reference=f"provisoire-{timezone.now().timestamp()}-{projet.equipe_id}", equipe=projet.equipe,
                region=projet.region, edition=projet.edition, demarche=demarche, cree_par=acteur,
                demarche_libelle=f"{regle.libelle} ({', '.join(regle.libelles(voulues))})"[:200],
                avenant_de=projet, avenant_porte_sur=list(voulues),
            )  # fmt: skip
    except IntegrityError:  # deux clics au même instant : la contrainte en base a tranché
        return _le_meme(projet.equipe.dossiers.ouverts().get(demarche=demarche), projet, voulues)
    ou = edition.entete.region.prefixe or projet.equipe.implantation.departement_id
    avenant.reference = f"{projet.equipe.sigle}-{ou}-{avenant.cree_le:%Y}-{avenant.pk:05d}"
    avenant.save(update_fields=["reference"])
    consigner("avenant_ouvert", avenant, acteur=acteur, projet=projet.pk, reference=projet.reference)
    _preremplir(avenant, projet, acteur)
    return avenant


def _le_meme(ouvert: Dossier, projet: Dossier, voulues: tuple[str, ...]) -> Dossier:
    if ouvert.avenant_de_id == projet.pk and tuple(ouvert.avenant_porte_sur) == voulues:
        return ouvert
    raise Conflit(DEJA_OUVERT)


def _preremplir(avenant: Dossier, projet: Dossier, acteur: Compte) -> None:
    """Les rubriques rouvertes reprennent ce qui fait référence ; chaque réponse dit de quel dossier elle vient."""
    racines = {champ.id for _, champ in trame_de(avenant).champs()}
    propres = {champ.id for _, champ in edition_de(avenant).trame(avenant.demarche).champs()}
    origines = [
        (chemin, origine)
        for chemin, origine in reponses_de_reference(projet).items()
        if chemin.split("/")[0] in racines - propres
    ]
    reponses = Reponse.objects.bulk_create(
        Reponse(
            dossier=avenant, champ=chemin, valeur=origine.valeur, modifie_le=origine.modifie_le,
            modifie_par_id=origine.modifie_par_id,
        )
        for chemin, origine in origines
    )  # fmt: skip
    VersionReponse.objects.bulk_create(
        VersionReponse(
            reponse=reponse, numero=1, valeur=reponse.valeur, sorte=SorteVersion.REPRISE,
            repris_de_id=origine.dossier_id, auteur=acteur,
        )
        for reponse, (_, origine) in zip(reponses, origines, strict=True)
    )  # fmt: skip
