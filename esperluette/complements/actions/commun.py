"""Ce que partagent les deux côtés : le verrou, les droits, la saisie nettoyée."""

from esperluette.commun.erreurs import Conflit, ErreurMetier, Refus
from esperluette.commun.permissions import Permission
from esperluette.complements.models import DemandeDeComplements
from esperluette.dossiers.models import Dossier

LONGUEUR = 10_000  # caractères, pour une remarque, un message, une réponse


def exiger(permission: Permission) -> None:
    """Lève `Refus` avec la raison."""
    if not permission:
        raise Refus(permission.motif)


def verrouiller(dossier_id: int) -> Dossier:
    """Le dossier sous verrou : tout ce qui touche ses demandes passe l'un après l'autre."""
    return (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("equipe__implantation", "affecte_a", "instruit_par")
        .get(pk=dossier_id)
    )


def relire(demande: DemandeDeComplements) -> DemandeDeComplements:
    """La demande à jour, son dossier sous verrou ; lève `Conflit` si elle n'existe plus."""
    dossier = verrouiller(demande.dossier_id)
    relue = DemandeDeComplements.objects.select_related("depot").filter(pk=demande.pk).first()
    if relue is None:
        raise Conflit("Ce brouillon n’existe plus : il a été abandonné entre-temps.")
    relue.dossier = dossier
    return relue


def texte_propre(texte: str, *, quoi: str, exige: bool = True) -> str:
    """Le texte sans octet nul ni bords ; lève `ErreurMetier` s'il est vide ou trop long."""
    propre = texte.replace("\x00", "").replace("\r\n", "\n").strip()
    if exige and not propre:
        raise ErreurMetier(f"Écrivez {quoi}.")
    if len(propre) > LONGUEUR:
        raise ErreurMetier(f"{quoi[0].upper()}{quoi[1:]} compte au plus {LONGUEUR} caractères ; ici {len(propre)}.")
    return propre
