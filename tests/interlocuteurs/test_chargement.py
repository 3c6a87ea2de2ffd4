"""Charger contacts et structures depuis les éditions, sans écraser une correction."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from esperluette.interlocuteurs.actions.fiches import (
    Geste,
    TerritoireInconnu,
    charger_depuis_editions,
    prevoir_le_chargement,
)
from esperluette.interlocuteurs.models import Contact, Labellisation, ModificationDeFiche, Portee, StructureAppui
from esperluette.journal.lectures import evenements_de
from esperluette.referentiel.lecture import edition
from tests.fabriques.comptes import CompteFabrique
from tests.fabriques.interlocuteurs import charger_la_bretagne

pytestmark = pytest.mark.django_db


def gestes(rendu) -> set[Geste]:
    return {ligne.geste for ligne in rendu.lignes}


def test_le_premier_chargement_cree_tout_ce_que_dit_l_edition(territoire):
    local = edition("bretagne", "2024-10").local
    rendu = charger_la_bretagne()
    assert gestes(rendu) == {Geste.CREEE}
    regionales = edition("bretagne", "2024-10").instances
    assert len(rendu.lignes) == len(local.contacts) + len(local.structures) + len(local.seances) + len(regionales)
    assert Contact.objects.count() == len(local.contacts)
    assert StructureAppui.objects.count() == len(local.structures)
    assert set(Contact.objects.values_list("region__cle", "edition")) == {("bretagne", "2024-10")}


def test_un_contact_garde_son_territoire_sa_source_et_ses_interpretations(charges):
    leroux = Contact.objects.get(identifiant="ars-35-leroux")
    assert (leroux.nom, leroux.courriel) == ("Jean-Paul LEROUX", "jean-paul.leroux@ars.sante.fr")
    assert leroux.source_date == datetime.date(2024, 10, 2)
    assert leroux.rubrique_id == "35"
    assert "243500725" in set(leroux.portees.values_list("epci_id", flat=True))
    derieux = Contact.objects.get(identifiant="ars-siege-derieux")
    assert all("Pays de Brocéliande" in p.interpretation for p in derieux.portees.all())


def test_recharger_ne_change_rien(charges):
    avant = list(Portee.objects.values_list("pk", flat=True))
    rendu = charger_la_bretagne()
    assert gestes(rendu) == {Geste.INCHANGEE}
    assert list(Portee.objects.values_list("pk", flat=True)) == avant


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [("courriel", "nouvelle@ars.example"), ("nom", "Autre PERSONNE"), ("telephone", "0100000000"), ("actif", False)],
)
def test_une_correction_a_la_main_est_gardee_et_dite(charges, champ, valeur):
    Contact.objects.filter(identifiant="ars-35-leroux").update(**{champ: valeur})
    rendu = charger_la_bretagne()
    (ligne,) = [x for x in rendu.lignes if x.geste is not Geste.INCHANGEE]
    assert (ligne.geste, ligne.differences) == (Geste.GARDEE, (champ,))
    assert getattr(Contact.objects.get(identifiant="ars-35-leroux"), champ) == valeur


def test_un_territoire_corrige_a_la_main_est_garde(charges):
    leroux = Contact.objects.get(identifiant="ars-35-leroux")
    leroux.portees.filter(epci_id="200072452").delete()
    (ligne,) = [x for x in charger_la_bretagne().lignes if x.geste is not Geste.INCHANGEE]
    assert (ligne.geste, ligne.differences) == (Geste.GARDEE, ("portees",))
    assert not leroux.portees.filter(epci_id="200072452").exists()


def test_une_nouvelle_edition_met_a_jour_ce_que_personne_n_a_touche(charges, edition_suivante):
    edition_suivante(("courriel: jean-paul.leroux@ars.sante.fr", "courriel: autre@ars.example"))
    rendu = charger_la_bretagne()
    (ligne,) = [x for x in rendu.lignes if x.geste is not Geste.INCHANGEE]
    assert (ligne.fiche, ligne.geste, ligne.differences) == ("Jean-Paul LEROUX", Geste.MISE_A_JOUR, ("courriel",))
    leroux = Contact.objects.get(identifiant="ars-35-leroux")
    assert (leroux.courriel, leroux.edition) == ("autre@ars.example", "2026-10")
    assert gestes(charger_la_bretagne()) == {Geste.INCHANGEE}


def test_une_nouvelle_edition_n_ecrase_pas_une_correction_mais_le_dit(charges, edition_suivante):
    Contact.objects.filter(identifiant="ars-35-leroux").update(courriel="main@ars.example")
    edition_suivante(("courriel: jean-paul.leroux@ars.sante.fr", "courriel: autre@ars.example"))
    rendu = charger_la_bretagne()
    assert rendu.nombre(Geste.EN_DESACCORD) == 1
    assert Contact.objects.get(identifiant="ars-35-leroux").courriel == "main@ars.example"


def test_une_fiche_que_l_edition_ne_cite_plus_est_retiree_puis_peut_revenir(charges, edition_suivante):
    edition_suivante(("id: ars-35-leroux", "id: ars-35-successeur"))
    rendu = charger_la_bretagne()
    assert (rendu.nombre(Geste.RETIREE), rendu.nombre(Geste.CREEE)) == (1, 1)
    assert not Contact.objects.get(identifiant="ars-35-leroux").actif
    assert gestes(charger_la_bretagne()) == {Geste.INCHANGEE}
    edition_suivante()
    rendu = charger_la_bretagne()
    assert (rendu.nombre(Geste.RETIREE), rendu.nombre(Geste.MISE_A_JOUR)) == (1, 1)
    assert Contact.objects.get(identifiant="ars-35-leroux").actif


def test_une_fiche_corrigee_que_l_edition_ne_cite_plus_reste_et_se_signale(charges, edition_suivante):
    Contact.objects.filter(identifiant="ars-35-leroux").update(note="Absent en août")
    edition_suivante(("id: ars-35-leroux", "id: ars-35-successeur"))
    assert charger_la_bretagne().nombre(Geste.ORPHELINE) == 1
    assert Contact.objects.get(identifiant="ars-35-leroux").actif


def test_une_fiche_saisie_a_l_ecran_n_est_jamais_touchee(charges):
    saisie = Contact.objects.create(
        region=charges.region,
        nom="Claude EXEMPLE",
        role="Référent",
        organisme="ARS Bretagne",
        libelle_territoire="Finistère",
        source_document="Courriel de l'agence",
        source_date=datetime.date(2026, 9, 1),
    )
    assert "Claude EXEMPLE" not in {ligne.fiche for ligne in charger_la_bretagne().lignes}
    saisie.refresh_from_db()
    assert saisie.actif


def test_une_labellisation_datee_se_charge(territoire, edition_suivante):
    edition_suivante(
        ("    sigle: ESSORT\n", "    sigle: ESSORT\n    labellisee_du: 2022-01-01\n    labellisee_au: 2024-12-31\n")
    )
    charger_la_bretagne()
    label = Labellisation.objects.get()
    assert (label.structure.sigle, label.debut, label.fin) == (
        "ESSORT",
        datetime.date(2022, 1, 1),
        datetime.date(2024, 12, 31),
    )
    assert label.est_echue
    assert gestes(charger_la_bretagne()) == {Geste.INCHANGEE}


def test_chaque_fiche_ecrite_est_consignee_avec_son_auteur(territoire):
    acteur = CompteFabrique()
    charger_la_bretagne(acteur)
    acte = evenements_de(Contact.objects.get(identifiant="ars-35-leroux")).get()
    assert (acte.sorte, acte.acteur, acte.donnees) == (
        "fiche_chargee",
        acteur,
        {"edition": "bretagne/2024-10", "geste": "creee"},
    )
    charger_la_bretagne(acteur)
    assert evenements_de(Contact.objects.get(identifiant="ars-35-leroux")).count() == 1


def test_sans_decoupage_rien_ne_se_charge_et_la_raison_est_dite():
    with pytest.raises(TerritoireInconnu, match="esperluette territoires charger"):
        charger_depuis_editions()
    assert Contact.objects.count() == 0


def test_une_intercommunalite_inconnue_arrete_tout(territoire, edition_suivante):
    edition_suivante(('"200072452"', '"999999999"'))
    with pytest.raises(TerritoireInconnu, match=r"bretagne/2026-10 .* 999999999"):
        charger_la_bretagne()
    assert Contact.objects.count() == 0


def test_une_region_sans_edition_en_vigueur_se_passe(territoire, edition_suivante):
    dossier = edition_suivante(region="corse")
    entete = dossier / "edition.yaml"
    demain = datetime.date.today().year + 2  # noqa: DTZ011 — une année suffit
    texte = entete.read_text(encoding="utf-8")
    debut = next(ligne for ligne in texte.splitlines() if ligne.startswith("en_vigueur_du"))
    entete.write_text(texte.replace(debut, f"en_vigueur_du: {demain}-01-01"), encoding="utf-8")
    rendu = charger_depuis_editions(regions_choisies=["bretagne", "corse"])
    assert {ligne.region for ligne in rendu.lignes} == {"bretagne"}


def test_la_commande_rend_compte(territoire, capsys):
    call_command("interlocuteurs", "charger", "--region", "bretagne")
    assert capsys.readouterr().out == "Fiches des régions : 18 fiches (créée : 18).\n"
    Contact.objects.filter(identifiant="ars-35-leroux").update(nom="Autre PERSONNE")
    call_command("interlocuteurs", "charger", "--region", "bretagne")
    sortie = capsys.readouterr().out
    assert "inchangée : 17" in sortie
    assert "  bretagne — Autre PERSONNE : gardée, corrigée à la main [nom]\n" in sortie


def test_une_prevision_dit_ce_qui_changerait_et_n_ecrit_rien(territoire):
    prevu = prevoir_le_chargement("bretagne")
    assert gestes(prevu) == {Geste.CREEE}
    assert Contact.objects.count() == 0
    assert next((x.fiche, x.sorte) for x in prevu.lignes) == ("Manon MULLER", "contact")
    charger_la_bretagne()
    assert gestes(prevoir_le_chargement("bretagne")) == {Geste.INCHANGEE}


def test_reprendre_une_fiche_lui_rend_les_valeurs_de_l_edition_et_garde_l_histoire(charges):
    Contact.objects.filter(identifiant="ars-35-leroux").update(courriel="main@ars.example")
    rendu = charger_depuis_editions(regions_choisies=["bretagne"], reprises=[("contact", "ars-35-leroux")])
    assert rendu.nombre(Geste.MISE_A_JOUR) == 1
    leroux = Contact.objects.get(identifiant="ars-35-leroux")
    assert leroux.courriel == "jean-paul.leroux@ars.sante.fr"
    modification = ModificationDeFiche.objects.get()
    assert (modification.fiche, modification.champs) == (leroux, ["courriel"])
    assert modification.avant["courriel"] == "main@ars.example"


def test_la_commande_refuse_une_base_vide_avec_le_code_2(db):
    with pytest.raises(CommandError, match="absents de la base") as erreur:
        call_command("interlocuteurs", "charger")
    assert erreur.value.returncode == 2


def test_une_portee_ne_designe_qu_un_endroit(charges):
    contact = Contact.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Portee.objects.create(contact=contact, commune_id="35238", epci_id="243500139")


def test_un_identifiant_est_unique_dans_sa_region(charges):
    contact = Contact.objects.get(identifiant="ars-35-leroux")
    contact.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        contact.save()


def test_une_labellisation_finit_apres_son_debut(charges):
    structure = StructureAppui.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        structure.labellisations.create(debut=datetime.date(2025, 1, 1), fin=datetime.date(2024, 1, 1))
