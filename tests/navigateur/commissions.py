"""Une commission prête à se réunir, pour les essais qui la jouent en entier : telle que l'édition la prévoit."""

import re
import subprocess
from pathlib import Path

from django.utils import timezone
from django.utils.text import slugify
from playwright.sync_api import Page

from esperluette.commissions.actions import creer_instance
from esperluette.commissions.models import Instance, Seance
from esperluette.comptes.models import Compte
from esperluette.dossiers.enums import Etat
from esperluette.dossiers.models import Dossier
from esperluette.instruction.actions import prendre_en_instruction
from esperluette.referentiel.lecture import edition_en_vigueur
from esperluette.territoires.models import Commune
from tests.fabriques.commissions import MandatFabrique, SeanceFabrique, dossier_recu
from tests.fabriques.comptes import CompteFabrique, FonctionFabrique
from tests.fabriques.dossiers import equipe_complete
from tests.navigateur.aides import axe, capturer, dernier_code
from tests.navigateur.sessions import ouvrir_session


def regarder(page: Page, nom: str) -> None:
    """Cette page est saine pour axe ; et capturée si on le demande."""
    axe(page)
    capturer(page, nom)


def personne(prenom: str, nom: str) -> Compte:
    """Quelqu'un que l'essai nomme."""
    return CompteFabrique(prenom=prenom, nom=nom, courriel=f"{slugify(prenom)}.{slugify(nom)}@essais.example")


def fonction(compte: Compte, lieu: Commune, *, departementale: bool, **trait: bool) -> Compte:
    """Lui confie une fonction sur la région, ou sur le département de cette commune."""
    departement = lieu.departement if departementale else None
    return FonctionFabrique(compte=compte, region=lieu.region, departement=departement, **trait).compte


def instance_de(lieu: Commune, identifiant: str) -> Instance:
    """L'instance que l'édition en vigueur prévoit là, avec ses sièges."""
    administratrice = FonctionFabrique(admin_regional=True, region=lieu.region).compte
    edition = edition_en_vigueur(lieu.region.cle, timezone.localdate())
    return creer_instance(lieu.region, acteur=administratrice, edition=edition, identifiant=identifiant)


def nommer(instance: Instance, sieges: dict[str, Compte], *, preside: str) -> None:
    """Un titulaire par siège, reconnu à un mot de son libellé ; l'un d'eux préside."""
    for mot, compte in sieges.items():
        MandatFabrique(siege=instance.sieges.get(libelle__icontains=mot), compte=compte, presidence=mot == preside)


def seance_du_jour(instance: Instance) -> Seance:
    """Une séance prévue aujourd'hui : la convoquer demandera de motiver l'urgence."""
    return SeanceFabrique(instance=instance, date=timezone.localdate(), lieu="Salle Surcouf")


def en_instruction(nom: str, agent: Compte, *, lieu: Commune, **champs: object) -> Dossier:
    """Le dossier d'une équipe de ce nom, déposé puis pris en instruction."""
    porteuse = personne("Claire", nom.split()[-1])
    equipe = equipe_complete(nom=nom, implantation=lieu, porteur=porteuse)
    dossier = dossier_recu(equipe, etat=Etat.DEPOSE, **champs)
    return prendre_en_instruction(dossier, acteur=agent)


def entrer(page: Page, site: str, compte: Compte, adresse: str) -> Page:
    """Connecte ce compte et l'amène à cette adresse."""
    ouvrir_session(page, site, compte.courriel)
    page.goto(f"{site}{adresse}")
    return page


def inscrire(agent: Page, site: str, dossier: Dossier) -> None:
    """L'agent inscrit ce dossier à la séance, depuis sa fiche."""
    agent.goto(f"{site}/instruction/{dossier.reference}/commission/")
    agent.locator("main input[name=seance]").check(force=True)
    agent.get_by_role("button", name="Inscrire à cette séance").click()


def convoquer(secretariat: Page, site: str, seance: Seance, capture: str) -> None:
    """Le secrétariat relit ce qui part, motive l'urgence et convoque."""
    secretariat.goto(f"{site}/commissions/seances/{seance.pk}/")
    regarder(secretariat, f"{capture}-seance")
    secretariat.get_by_role("link", name="Convoquer la séance").click()
    secretariat.get_by_label("Je convoque en urgence").check(force=True)
    secretariat.locator("main [name=urgence]").fill("Une équipe ouvre lundi prochain.")
    regarder(secretariat, f"{capture}-convoquer")
    secretariat.get_by_role("button", name="Envoyer les convocations").click()
    secretariat.get_by_text("Les convocations sont parties").wait_for()


def preparer_la_decision(agent: Page, site: str, dossier: Dossier, sens: str, capture: str) -> None:
    """L'agent choisit le sens ; le courrier se remplit depuis le modèle de la région."""
    agent.goto(f"{site}/instruction/{dossier.reference}/decision/")
    agent.get_by_role("link", name="Préparer la décision").click()
    agent.get_by_label(sens, exact=True).check(force=True)
    regarder(agent, f"{capture}-preparer")
    agent.get_by_role("button", name="Préparer la décision et son courrier").click()
    agent.get_by_role("heading", name=re.compile(f"^{sens}")).first.wait_for()
    regarder(agent, f"{capture}-decision")


def signer(autorite: Page, site: str, compte: Compte, capture: str) -> None:
    """L'autorité lit le courrier et le signe, avec un code."""
    entrer(autorite, site, compte, "/decisions/")
    autorite.locator("main input[name=d]").first.check(force=True)
    regarder(autorite, f"{capture}-boite")
    autorite.get_by_role("button", name="Lire et signer les décisions cochées").click()
    autorite.get_by_role("button", name="Recevoir mon code").click()
    autorite.get_by_label(re.compile("^Votre qualité")).fill("Directrice générale")
    autorite.get_by_label("Code reçu par courriel").fill(dernier_code(autorite, site, compte.courriel))
    regarder(autorite, f"{capture}-signer")
    autorite.get_by_role("button", name="Signer 1 décision").click()
    autorite.wait_for_url(re.compile("/(decisions|decision)/$"))


def notifier(agent: Page, site: str, capture: str) -> None:
    """L'agent relit ce qui part, puis notifie."""
    agent.goto(f"{site}/decisions/")
    agent.get_by_role("button", name="Voir ce qui va partir").click()
    regarder(agent, f"{capture}-notifier")
    agent.get_by_role("button", name="Notifier les décisions cochées").click()
    agent.get_by_role("heading", name=re.compile("1 décision notifiée")).wait_for()


def telecharger(page: Page, nom: str | re.Pattern[str], dans: Path) -> str:
    """Télécharge le PDF de ce lien, et rend son texte tel qu'un autre lecteur le lit."""
    with page.expect_download() as attente:
        page.get_by_role("link", name=nom).first.click()
    fichier = dans / attente.value.suggested_filename
    attente.value.save_as(fichier)
    assert fichier.read_bytes().startswith(b"%PDF-"), fichier.name
    lu = subprocess.run(["pdftotext", "-layout", fichier, "-"], capture_output=True, text=True, check=True)
    return re.sub(r"\s+", " ", lu.stdout)
