"""L'aide d'une page par rôle : qui vous êtes, et où lire ce que vous pouvez faire ici."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """Une page d'aide."""

    cle: str
    titre: str
    resume: str

    @property
    def gabarit(self) -> str:
        return f"portail/aide/{self.cle}.html"


ROLES = (
    Role("visiteur", "Je découvre", "Comprendre, savoir si l’on peut, trouver à qui parler. Sans compte."),
    Role("porteur", "Je porte une équipe", "Créer l’équipe, inviter, écrire le dossier à plusieurs, le déposer."),
    Role("membre", "Je suis membre d’une équipe", "Confirmer, relire, écrire sa part, signer."),
    Role("accompagnateur", "J’accompagne une équipe", "Lire et conseiller, sur invitation et pour un temps choisi."),
    Role("elu", "Je suis élu ou partenaire", "Soutenir une équipe et lire ce qu’elle vous ouvre."),
    Role(
        "referent-ars",
        "Je suis référent à l’ARS",
        "Recevoir les dossiers de son territoire, les instruire, demander des compléments.",
    ),
    Role("autorite", "Je décide à l’ARS", "Lire les dossiers de sa région, décider, signer et notifier."),
    Role(
        "administrateur-regional",
        "J’administre une région",
        "Tenir à jour contacts, séances et structures d’appui.",
    ),
    Role(
        "commission",
        "Je siège en commission",
        "Préparer la séance, lire, se déporter, donner un avis, tenir le procès-verbal.",
    ),
)
PAR_CLE = {role.cle: role for role in ROLES}
