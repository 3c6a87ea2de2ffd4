"""Une phrase par public : où en est le dossier, qui a la main, ce qui vient ensuite, et le délai."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from esperluette.commun.dates import en_lettres
from esperluette.dossiers.enums import Etat, NatureEcheance
from esperluette.dossiers.models import Dossier
from esperluette.dossiers.registre import Ouverture

RIEN = "Vous n’avez rien à faire."


@dataclass(frozen=True, slots=True)
class Phrase:
    """Ce que l'écran dit d'un dossier à un public. `qui` : qui a la main ; `echeance` : date à surveiller, ou None."""

    etat: str
    ton: str
    qui: str
    texte: str
    ensuite: str = ""
    echeance: date | None = None
    nature: str = ""  # pourquoi cette date compte

    @property
    def echeance_mot(self) -> str:
        """« dans 12 jours », « aujourd'hui », « dépassée de 3 jours » : le mot qui double la couleur."""
        if self.echeance is None:
            return ""
        jours = (self.echeance - timezone.localdate()).days
        if jours == 0:
            return "aujourd’hui"
        mot = f"{abs(jours)} jour{'s' if abs(jours) > 1 else ''}"
        return f"dans {mot}" if jours > 0 else f"dépassée de {mot}"


@dataclass(frozen=True, slots=True)
class Avancement:
    """Ce qu'il faut savoir de l'équipe et de qui regarde.

    `restants` : les noms de ceux dont la signature manque. `a_lui` : la personne qui lit peut agir (écrire, signer,
    déposer) ; sinon la phrase ne lui dit pas « à vous ». `doit_signer` : c'est sa signature qui manque.
    `porteur_seul` : la démarche ne demande que la signature du porteur. `ouverture` : les remarques de l'ARS, quand
    elles seules se rouvrent. `delegataires` : à qui le porteur a confié le dépôt. `partis` : ceux qui ont quitté
    l'équipe sans signer, et ne signeront plus.
    """

    manques: int = 0
    signees: int = 0
    attendues: int = 0
    exige_signatures: bool = True
    porteur_seul: bool = False
    restants: tuple[str, ...] = ()
    a_lui: bool = True
    doit_signer: bool = False
    ouverture: Ouverture | None = None
    delegataires: tuple[str, ...] = ()
    partis: tuple[str, ...] = ()


def _jour(moment: object) -> str:
    return en_lettres(timezone.localtime(moment)) if moment else ""  # type: ignore[arg-type]


def _passage(dossier: Dossier, debut: str = "Votre projet passe") -> str:
    """Quand il passe en commission ; la séance pose l'échéance, le seul endroit d'où ce jour se lise sans requête."""
    if dossier.echeance is None or dossier.echeance_nature != NatureEcheance.SEANCE:
        return f"{debut} bientôt en commission."
    return f"{debut} en commission le {en_lettres(dossier.echeance)}."


def _depasse(dossier: Dossier) -> bool:
    return dossier.silence_le is not None and dossier.silence_le < timezone.localdate()


def _s(n: int) -> str:
    return "s" if n > 1 else ""


def pour_l_equipe(dossier: Dossier, avancement: Avancement, *, echeance: date | None, effet: str) -> Phrase:
    """La phrase lue par l'équipe. `effet` : ce que vaut le silence à l'échéance, en une phrase (ou vide)."""
    etat = dossier.etat_enum
    qui, texte, ensuite = _equipe(dossier, etat, avancement, effet)
    return Phrase(str(etat.label), etat.ton, qui, texte, ensuite, echeance, _nature(dossier, echeance))


def _nature(dossier: Dossier, echeance: date | None) -> str:
    """« compléments attendus de l'équipe » : ce que la date veut dire, au fil d'une phrase."""
    if echeance is None:
        return ""
    nature = str(dossier.get_echeance_nature_display() or NatureEcheance.SILENCE.label)
    return nature[:1].lower() + nature[1:]


def _equipe(dossier: Dossier, etat: Etat, a: Avancement, effet: str) -> tuple[str, str, str]:
    if etat in (Etat.BROUILLON, Etat.A_COMPLETER, Etat.A_SIGNER):
        qui, texte, suite = _chez_l_equipe(etat, a)
        # Le délai donné est passé, celui de l'ARS aussi : le silence vaut décision, on ne le tait pas.
        return qui, texte, f"{effet} {suite}".strip() if _depasse(dossier) else suite
    agent = str(dossier.instruit_par) if dossier.instruit_par_id else "un agent de l’ARS"
    match etat:
        case Etat.DEPOSE:
            return (
                "L’ARS",
                f"Votre dossier est reçu depuis le {_jour(dossier.depose_le)}. {RIEN}",
                f"Un agent de l’ARS va le prendre en instruction. {effet}".strip(),
            )
        case Etat.EN_INSTRUCTION:
            return (
                "L’ARS",
                f"Votre dossier est instruit par {agent}, depuis le {_jour(dossier.etat_depuis)}. {RIEN}",
                effet,
            )
        case Etat.INSCRIT:
            return (
                "La commission",
                f"{_passage(dossier)} Rien à faire d’ici là.",
                effet,
            )
        case Etat.AVIS_RENDU:
            return "L’ARS", "La commission a rendu son avis. L’ARS va décider et vous écrire.", effet
    return "Personne", f"Ce dossier est clos : {etat.label.lower()}.", dossier.motif


def _chez_l_equipe(etat: Etat, a: Avancement) -> tuple[str, str, str]:
    qui, debut = ("Vous", "À vous : ") if a.a_lui else ("L’équipe", "")
    porteur = _qui_depose(a)
    if a.ouverture is not None and (a.ouverture.restantes or a.manques):
        texte, suite = debut + _remarques(a.ouverture), _suite_du_brouillon(a)
    elif etat == Etat.A_SIGNER and a.restants:
        noms = _et(a.restants)
        reste = f"l manque {len(a.restants)} signature{_s(len(a.restants))} sur {a.attendues}, de {noms}."
        texte = f"{debut}relisez et signez. I{reste}" if a.doit_signer else f"{debut}i{reste}"
        tous = "Quand tous auront signé, le porteur pourra déposer."
        suite = "Le dossier pourra ensuite être déposé." if a.porteur_seul else tous
        if a.partis:
            suite = _partis(a)
    elif etat == Etat.A_SIGNER:
        texte, suite = f"{debut}toutes les signatures sont là, {porteur} peut déposer le dossier.", ""
    elif a.manques:
        texte = f"{debut}il manque {a.manques} élément{_s(a.manques)} au dossier."
        suite = _suite_du_brouillon(a)
    elif a.exige_signatures and a.porteur_seul:
        seul = "le porteur peut figer la version, la signer et la déposer."
        if a.delegataires:
            seul = f"{porteur} peut figer la version ; le porteur la signe, puis elle se dépose."
        texte, suite = f"{debut}tout est rempli, {seul}", ""
    elif a.exige_signatures:
        texte, suite = f"{debut}tout est rempli, {porteur} peut figer la version pour que chacun la signe.", ""
    else:
        texte, suite = f"{debut}tout est rempli, {porteur} peut déposer.", ""
    return qui, texte if debut else texte[0].upper() + texte[1:], suite


def _et(noms: tuple[str, ...]) -> str:
    return " et ".join(filter(None, (", ".join(noms[:-1]), noms[-1])))


def _qui_depose(a: Avancement) -> str:
    """« le porteur », ou « le porteur (ou Anne Le Goff, par délégation) »."""
    if not a.delegataires:
        return "le porteur"
    noms = " ou ".join(filter(None, (", ".join(a.delegataires[:-1]), a.delegataires[-1])))
    return f"le porteur (ou {noms}, par délégation)"


def _partis(a: Avancement) -> str:
    verbe = "ont quitté l’équipe et ne signeront" if len(a.partis) > 1 else "a quitté l’équipe et ne signera"
    return f"{_et(a.partis)} {verbe} plus cette version : le porteur doit rouvrir la rédaction, puis figer de nouveau."


def _remarques(ouverture: Ouverture) -> str:
    """« 3 remarques de l'ARS, avant le 30 octobre 2026. »"""
    reste = ouverture.restantes
    avant = f", avant le {en_lettres(ouverture.avant_le)}" if ouverture.avant_le else ""
    if not reste:
        return f"les remarques de l’ARS ont leur réponse, mais il manque encore un élément au dossier{avant}."
    return f"{reste} remarque{_s(reste)} de l’ARS{avant}."


def _suite_du_brouillon(a: Avancement) -> str:
    if not a.exige_signatures:
        return "Ensuite : relire et déposer. Cette démarche ne demande pas de signature."
    signer = "la signer (le porteur seul)" if a.porteur_seul else "la faire signer"
    return f"Ensuite : figer la version, {signer}, la déposer."


def pour_l_agent(dossier: Dossier, *, echeance: date | None, effet: str) -> Phrase:
    """La phrase lue par l'agent."""
    etat = dossier.etat_enum
    agent = str(dossier.instruit_par) if dossier.instruit_par_id else ""
    match etat:
        case Etat.DEPOSE:
            qui, texte = "L’ARS", f"Déposé le {_jour(dossier.depose_le)} : à prendre en instruction."
        case Etat.EN_INSTRUCTION:
            qui, texte = agent or "L’ARS", f"En instruction depuis le {_jour(dossier.etat_depuis)}."
        case Etat.A_COMPLETER | Etat.A_SIGNER | Etat.BROUILLON:
            qui, texte = "L’équipe", _equipe_vue_de_l_agent(dossier, etat, echeance)
        case Etat.INSCRIT:
            qui, texte = "La commission", _passage(dossier, "Passe")
        case Etat.AVIS_RENDU:
            qui, texte = "L’autorité", "Avis rendu : décision à prendre."
        case _:
            qui, texte = "Personne", f"Clos depuis le {_jour(dossier.etat_depuis)}."
    suite = effet if etat in Etat.CHEZ_L_ARS or _depasse(dossier) else ""
    libelle = etat.libelle_pour("agent")
    return Phrase(libelle, etat.ton, qui, texte, suite, echeance, _nature(dossier, echeance))


def _equipe_vue_de_l_agent(dossier: Dossier, etat: Etat, echeance: date | None) -> str:
    quoi = "signe ses compléments" if etat == Etat.A_SIGNER else "complète son dossier"
    texte = f"L’équipe {quoi} depuis le {_jour(dossier.etat_depuis)}."
    if echeance is None:
        return texte
    if echeance < timezone.localdate():
        return f"{texte} La date limite, le {en_lettres(echeance)}, est passée : relancez-la, prolongez ou décidez."
    return f"{texte} Réponse attendue avant le {en_lettres(echeance)}."
