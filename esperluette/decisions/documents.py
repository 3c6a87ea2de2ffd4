"""Le courrier tel qu'il s'imprime : son contexte, son aperçu, son PDF et sa version à reprendre dans Word."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from markupsafe import Markup

from esperluette.comptes.models import Compte
from esperluette.decisions.avis import AvisLu
from esperluette.decisions.enums import NatureDeCourrier
from esperluette.decisions.lectures import courrier_de, valeurs_de, voies_de
from esperluette.decisions.models import Courrier, Decision
from esperluette.documents.actions import conserver
from esperluette.documents.contextes import ContexteBase, EquipeImprimee, en_contexte
from esperluette.documents.models import DocumentProduit
from esperluette.documents.moteur import apercu, produire
from esperluette.dossiers.lectures import demarche_de, edition_de
from esperluette.dossiers.models import Dossier
from esperluette.equipes.models import Equipe
from esperluette.referentiel.courriers import composer, en_html

GABARIT = "decisions/courrier.html"
FORMATS = ("pdf", "docx", "odt")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoieImprimee:
    """Une voie de recours, en une phrase."""

    libelle: str
    texte: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContexteCourrier(ContexteBase):
    """Un courrier de décision : `decisions/courrier.html`. Tout y est déjà rédigé."""

    agence: str
    service: str
    destinataire: tuple[str, ...]
    date: str  # date ISO, ou vide en brouillon
    demarche: str
    suivi_par: str
    depot: str  # « version 2, déposée le … », ou vide
    corps: str  # HTML simple, échappé
    signataire: str
    qualite: str
    signature: str  # comment et quand, ou vide en brouillon
    voies: tuple[VoieImprimee, ...]
    empreinte: str  # de ce qui a été signé, ou vide


def contexte_de(decision: Decision, courrier: Courrier) -> dict[str, Any]:
    """Le courrier prêt à imprimer : figé s'il est signé, en brouillon sinon."""
    return courrier.contexte if courrier.contexte else a_imprimer(decision, courrier)


def information_sur_l_avis(dossier: Dossier, avis: AvisLu, format: str) -> bytes:
    """Le courrier qui informe l'équipe de l'avis de la commission, à reprendre ; ce n'est pas une décision.

    Lève `ProductionImpossible` ; `KeyError` si aucun modèle n'est prévu.
    """
    decision = Decision(dossier=dossier, avis=avis.libelle, reserves="\n".join(avis.reserves))
    compose = composer(edition_de(dossier).courrier("avis", dossier.demarche), valeurs_de(decision, avis))
    courrier = Courrier(decision=decision, objet=compose.objet, corps=compose.corps)
    return produire(GABARIT, a_imprimer(decision, courrier, usage="avis"), format)


def a_imprimer(
    decision: Decision, courrier: Courrier, *, signataire: Compte | None = None, qualite: str = "",
    empreinte: str = "", usage: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Le contexte du courrier ; `signataire` : celui qui le signe maintenant, sinon c'est un brouillon."""
    dossier, equipe = decision.dossier, decision.dossier.equipe
    edition = edition_de(dossier)
    modele = edition.courrier(usage or usage_de(decision, courrier), dossier.demarche)
    depot = dossier.depots.filter(depose_le__isnull=False).first()
    maintenant = timezone.localtime()
    implantation = equipe.implantation
    contexte: dict[str, Any] = en_contexte(ContexteCourrier(
        titre=courrier.objet,
        reference=dossier.reference,
        equipe=EquipeImprimee(
            nom=equipe.nom, commune=implantation.nom, departement=implantation.departement.nom,
            region=implantation.region.nom,
        ),
        brouillon=signataire is None,
        agence=f"Agence régionale de santé {implantation.region.nom}",
        service=_service(decision),
        destinataire=_destinataire(equipe),
        date=maintenant.date().isoformat() if signataire else "",
        demarche=dossier.demarche_libelle,
        suivi_par=str(dossier.instruit_par) if dossier.instruit_par else "",
        depot=f"version {depot.numero}, empreinte {depot.empreinte_courte}" if depot else "",
        corps=en_html(courrier.corps),
        signataire=f"{signataire.prenom} {signataire.nom}" if signataire else "",
        qualite=qualite,
        signature=maintenant.isoformat() if signataire else "",
        voies=tuple(VoieImprimee(libelle=v.libelle, texte=v.texte) for v in voies_de(dossier))
        if modele.voies_de_recours else (),
        empreinte=empreinte,
    ))  # fmt: skip
    return contexte


def usage_de(decision: Decision, courrier: Courrier) -> str:
    """L'usage du modèle : celui de la décision, ou son retrait."""
    return "retrait" if courrier.nature == NatureDeCourrier.RETRAIT else decision.sens


def _service(decision: Decision) -> str:
    instance = demarche_de(decision.dossier).instance
    if instance and edition_de(decision.dossier).instance(instance).niveau == "departemental":
        return f"Délégation départementale, {decision.dossier.equipe.implantation.departement.nom}"
    return ""


def _destinataire(equipe: Equipe) -> tuple[str, ...]:
    adresse = tuple(ligne.strip() for ligne in equipe.adresse.splitlines() if ligne.strip())
    lignes = (equipe.nom, str(equipe.porteur), *adresse)
    return lignes if adresse else (*lignes, equipe.implantation.nom)


def apercu_du_courrier(decision: Decision, courrier: Courrier) -> Markup:
    """Le courrier, à poser dans une page."""
    return apercu(GABARIT, contexte_de(decision, courrier))


def exporter(decision: Decision, courrier: Courrier, format: str) -> bytes:
    """Le courrier dans un format de `FORMATS`. Lève `ProductionImpossible`."""
    return produire(GABARIT, contexte_de(decision, courrier), format)


def produire_le_pdf(courrier: Courrier) -> DocumentProduit:
    """Le PDF d'un courrier signé, gardé avec son contexte ; rend celui qui existe déjà. Hors de toute transaction."""
    if courrier.document is not None:
        return courrier.document
    decision = courrier.decision
    if courrier.contexte is None:
        raise ValueError("Un courrier se produit une fois signé.")
    dossier = decision.dossier
    suffixe = "retrait" if courrier.nature == NatureDeCourrier.RETRAIT else "decision"
    document = conserver(
        GABARIT, courrier.contexte, "pdf", objet=courrier, edition=f"{dossier.region}/{dossier.edition}",
        acteur=decision.signee_par, nom=f"{dossier.reference}-{suffixe}.pdf", le=decision.signee_le,
    )  # fmt: skip
    # Deux productions au même instant : la première gagne ; seul leur code imprimé les distingue.
    if not Courrier.objects.filter(pk=courrier.pk, document=None).update(document=document):
        courrier.refresh_from_db(fields=["document"])
        return courrier.document or document
    courrier.document = document
    return document


def nom_du_fichier(decision: Decision, format: str) -> str:
    """Le nom proposé au téléchargement d'un brouillon."""
    courrier = courrier_de(decision)
    suffixe = "decision" if courrier and courrier.contexte else "decision-brouillon"
    return f"{decision.dossier.reference}-{suffixe}.{format}"
