"""Les courriels d'une reconnaissance : un fait, un lien, jamais le contenu (ni motif, ni observations)."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from esperluette.comptes.lectures import referents_de
from esperluette.comptes.models import Compte
from esperluette.notifications.actions import envoyer
from esperluette.reconnaissances.models import Alerte, Reconnaissance, Retrait, Suspension

# Ceux qu'on ne peut pas refuser de recevoir : ils portent une décision, ou un délai pour répondre.
DECISION = "reconnaissances/decision"
ALERTE = "reconnaissances/alerte"
ALERTE_AGENT = "reconnaissances/alerte_agent"


def _membres(reconnaissance: Reconnaissance) -> list[Compte]:
    confirmes = reconnaissance.equipe.membres.confirmes().values("compte_id")
    return list(Compte.objects.filter(pk__in=confirmes))


def _agents(reconnaissance: Reconnaissance) -> list[Compte]:
    return referents_de(reconnaissance.equipe.implantation)


def _envoyer(
    gabarit: str, a: Iterable[Compte], reconnaissance: Reconnaissance, titre: str, phrase: str, nom: str
) -> None:
    cle = reconnaissance.equipe_id if nom == "reconnaissances:equipe" else reconnaissance.pk
    lien = settings.ADRESSE_PUBLIQUE + reverse(nom, args=[cle])
    contexte = {"equipe": reconnaissance.equipe.nom, "titre": titre, "phrase": phrase, "lien": lien}
    for compte in a:
        envoyer(gabarit, a=compte, contexte=contexte, objet_lie=reconnaissance.equipe)


def _a_l_equipe(gabarit: str, reconnaissance: Reconnaissance, titre: str, phrase: str) -> None:
    _envoyer(gabarit, _membres(reconnaissance), reconnaissance, titre, phrase, "reconnaissances:equipe")


def _a_l_ars(gabarit: str, reconnaissance: Reconnaissance, titre: str, phrase: str) -> None:
    _envoyer(gabarit, _agents(reconnaissance), reconnaissance, titre, phrase, "reconnaissances:fiche")


def reconnue(reconnaissance: Reconnaissance) -> None:
    """À tous les membres : l'équipe est reconnue, son attestation est en ligne."""
    phrase = f"L’ARS a reconnu votre équipe, sous le numéro {reconnaissance.numero}. Son attestation est en ligne."
    _a_l_equipe(DECISION, reconnaissance, "votre équipe est reconnue", phrase)


def suspendue(suspension: Suspension) -> None:
    """À tous les membres : la reconnaissance est suspendue."""
    phrase = f"L’ARS suspend la reconnaissance de votre équipe à compter du {suspension.debut:%d/%m/%Y}."
    _a_l_equipe(DECISION, suspension.reconnaissance, "reconnaissance suspendue", phrase)


def suspension_levee(suspension: Suspension) -> None:
    """À tous les membres : la suspension est levée."""
    phrase = "L’ARS lève la suspension : la reconnaissance de votre équipe vaut de nouveau."
    _a_l_equipe(DECISION, suspension.reconnaissance, "suspension levée", phrase)


def retrait_envisage(retrait: Retrait) -> None:
    """À tous les membres : l'ARS envisage un retrait, et attend leurs observations."""
    phrase = (
        "L’ARS envisage de retirer la reconnaissance de votre équipe. Rien n’est décidé : vous pouvez répondre "
        f"jusqu’au {retrait.reponse_avant_le:%d/%m/%Y}."
    )
    _a_l_equipe(DECISION, retrait.reconnaissance, "à vous de répondre à l’ARS", phrase)


def observations_recues(retrait: Retrait) -> None:
    """À qui a notifié l'intention, et aux référents : l'équipe a répondu."""
    comptes = {c.pk: c for c in [*_agents(retrait.reconnaissance), retrait.notifie_par]}
    phrase = "L’équipe a présenté ses observations sur le retrait envisagé."
    _envoyer(
        ALERTE_AGENT, comptes.values(), retrait.reconnaissance, "observations reçues", phrase, "reconnaissances:fiche"
    )


def retrait_decide(retrait: Retrait) -> None:
    """À tous les membres : ce que l'ARS a décidé est en ligne."""
    phrase = "L’ARS a pris sa décision sur le retrait envisagé. Elle est en ligne, avec ses motifs."
    _a_l_equipe(DECISION, retrait.reconnaissance, "décision de l’ARS", phrase)


def alerte_ouverte(alerte: Alerte) -> None:
    """Des deux côtés : la composition est passée sous le minimum."""
    _a_l_equipe(
        ALERTE, alerte.reconnaissance, "composition à rétablir",
        "La composition de votre équipe est passée sous le minimum des règles de votre région. "
        "Rien ne se décide seul : voyez ce qui manque.",
    )  # fmt: skip
    _a_l_ars(ALERTE_AGENT, alerte.reconnaissance, "composition sous le minimum",
        "La composition de cette équipe reconnue est passée sous le minimum. L’équipe est prévenue.",
    )  # fmt: skip


def alerte_close(alerte: Alerte) -> None:
    """Des deux côtés : la composition est rétablie."""
    phrase = "La composition atteint de nouveau le minimum des règles de la région. L’alerte est close."
    _a_l_equipe(ALERTE, alerte.reconnaissance, "composition rétablie", phrase)
    _a_l_ars(ALERTE_AGENT, alerte.reconnaissance, "composition rétablie", phrase)


def delai_fixe(alerte: Alerte) -> None:
    """À tous les membres : jusqu'à quand rétablir la composition."""
    phrase = f"L’ARS attend que la composition de votre équipe soit rétablie avant le {alerte.delai_le:%d/%m/%Y}."
    _a_l_equipe(ALERTE, alerte.reconnaissance, "composition à rétablir", phrase)


def relance(alerte: Alerte) -> None:
    """Des deux côtés : le délai approche, ou il est passé ; rien n'est décidé pour autant."""
    quand = "est passé" if alerte.delai_passe else "approche"
    phrase = f"Le délai pour rétablir la composition, le {alerte.delai_le:%d/%m/%Y}, {quand}."
    _a_l_equipe(ALERTE, alerte.reconnaissance, "composition à rétablir", phrase)
    _a_l_ars(ALERTE_AGENT, alerte.reconnaissance, "composition sous le minimum", phrase)
