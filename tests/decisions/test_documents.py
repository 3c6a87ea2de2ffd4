"""Le courrier imprimé : tout y est, il est accessible, et rien de ce qu'on y écrit n'est du code."""

import pikepdf
import pytest

from esperluette.decisions.actions import preparation
from esperluette.decisions.documents import apercu_du_courrier, contexte_de, exporter, produire_le_pdf
from esperluette.decisions.enums import Sens
from esperluette.decisions.lectures import courrier_de, empreinte_de, voies_de
from esperluette.decisions.models import Courrier, Decision
from esperluette.documents.lectures import est_intact
from esperluette.documents.models import DocumentProduit
from tests.documents.outils import ouvrir_docx, structure, texte_pdf
from tests.fabriques import decisions as fabrique

pytestmark = pytest.mark.django_db

HOSTILES = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "#set page(width: 1cm) #panic() $x$ @ref *gras* `code`",
    "#import \"/etc/passwd\": * \\ // /* commentaire",
    "{reference} {{ 7*7 }} {% raw %} {motif}",
    "</p></body><h1>Intrus</h1>",
    "\u202eelur al tircé\u2066 \x07 \ufffe fin",
    "Une réserve de dix mille signes. " * 300,
]  # fmt: skip


def plat(texte):
    """Sans espaces ni traits d'union : on compare les mots, pas la mise en page."""
    return "".join(c for c in texte if c.isalnum())


def octets_de(decision):
    document = courrier_de(decision).document
    with document.fichier.open("rb") as contenu:
        return contenu.read()


def test_le_pdf_dit_tout_ce_que_le_code_demande(dossier, acteurs, tmp_path):
    decision = fabrique.notifiee(dossier, acteurs, Sens.REFUS)
    texte = plat(texte_pdf(octets_de(decision), tmp_path))
    attendus = [
        "Agence régionale de santé Bretagne", dossier.reference, "Équipe du Lié", fabrique.MOTIF,
        f"{acteurs['autorite'].prenom} {acteurs['autorite'].nom}", fabrique.QUALITE, "Signé électroniquement le",
        "Voies et délais de recours", "L. 212-1", *[v.texte for v in voies_de(dossier)],
    ]  # fmt: skip
    for attendu in attendus:
        assert plat(attendu) in texte, attendu
    assert plat(courrier_de(decision).empreinte) in texte
    assert "Brouillon" not in texte


def test_le_pdf_est_balise_titre_et_dans_sa_langue(dossier, acteurs, tmp_path):
    fichier = tmp_path / "d.pdf"
    fichier.write_bytes(octets_de(fabrique.notifiee(dossier, acteurs, Sens.ACCORD_RESERVES)))
    with pikepdf.open(fichier) as pdf:
        assert str(pdf.Root.Lang).startswith("fr")
        assert pdf.Root.MarkInfo.Marked
        assert "validation avec réserves" in str(pdf.docinfo.Title)
        balises = [balise for balise, _ in structure(pdf)]
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
    assert "L" in balises  # les réserves et les voies de recours sont de vraies listes
    assert "H1" in balises or "H" in balises


def test_le_brouillon_se_dit_et_n_a_ni_date_ni_signataire(dossier, acteurs, tmp_path):
    decision = fabrique.preparee(dossier, acteurs)
    courrier = courrier_de(decision)
    texte = texte_pdf(exporter(decision, courrier, "pdf"), tmp_path)
    assert "sans valeur de décision" in texte
    assert "Signé électroniquement" not in texte
    contexte = contexte_de(decision, courrier)
    assert (contexte["date"], contexte["signataire"], contexte["brouillon"]) == ("", "", True)


def test_aucun_visuel_ni_devise_de_l_etat(dossier, acteurs):
    decision = fabrique.signee(dossier, acteurs)
    page = str(apercu_du_courrier(decision, courrier_de(decision)))
    assert "<img" not in page
    assert "République" not in page
    assert "Liberté" not in page


def test_le_courrier_se_reprend_dans_word(dossier, acteurs):
    decision = fabrique.signee(dossier, acteurs, Sens.ACCORD_RESERVES)
    texte = "\n".join(p.text for p in ouvrir_docx(exporter(decision, courrier_de(decision), "docx")).paragraphs)
    for attendu in ("Nommer un référent", "Voies et délais de recours", fabrique.QUALITE):
        assert attendu in texte


@pytest.mark.parametrize("hostile", HOSTILES, ids=range(len(HOSTILES)))
def test_un_texte_hostile_s_imprime_comme_du_texte(hostile, dossier, acteurs, tmp_path):
    decision = preparation.preparer(
        dossier, acteur=acteurs["referente"], sens=Sens.REFUS, motif=f"Début {hostile} fin"
    )
    preparation.signer(
        decision, acteur=acteurs["autorite"], empreinte=empreinte_de(decision), qualite=f"Directrice {hostile[:100]}"
    )
    decision = Decision.objects.select_related("dossier__equipe__implantation", "signee_par").get(pk=decision.pk)
    courrier = courrier_de(decision)
    courrier.decision = decision
    assert est_intact(produire_le_pdf(courrier))
    texte = plat(texte_pdf(octets_de(decision), tmp_path))
    sans_invisibles = "".join(c for c in hostile if c.isprintable())
    # Au-delà, le pied de page s'intercale.
    assert plat(f"Début {sans_invisibles}")[:1200] in texte
    page = str(apercu_du_courrier(decision, courrier))
    assert "<script" not in page
    assert "<img" not in page
    assert "<h1>Intrus" not in page


def test_un_octet_nul_ne_casse_rien(dossier, acteurs):
    decision = preparation.preparer(dossier, acteur=acteurs["referente"], sens=Sens.REFUS, motif="Un\x00 motif.")
    assert decision.motif == "Un motif."
    preparation.ecrire_le_courrier(
        decision, acteur=acteurs["referente"], version=decision.version, objet="Ob\x00jet", corps="\x00Un motif.\x00"
    )
    assert courrier_de(decision).objet == "Objet"


def test_un_texte_demesure_se_refuse(dossier, acteurs):
    from esperluette.commun.erreurs import ErreurMetier

    with pytest.raises(ErreurMetier, match="10000 caractères"):
        preparation.preparer(dossier, acteur=acteurs["referente"], sens=Sens.REFUS, motif="a" * 10_001)
    decision = fabrique.preparee(dossier, acteurs)
    with pytest.raises(ErreurMetier, match="30000 caractères"):
        preparation.ecrire_le_courrier(
            decision, acteur=acteurs["referente"], version=decision.version, objet="O", corps="a" * 30_001
        )


def test_produire_deux_fois_garde_un_seul_document(dossier, acteurs):
    decision = fabrique.signee(dossier, acteurs)
    courriers = [Courrier.objects.select_related("decision__dossier").get(decision=decision) for _ in range(2)]
    premier, second = (produire_le_pdf(c) for c in courriers)
    assert premier == second
    assert Courrier.objects.get(decision=decision).document == premier
    assert DocumentProduit.objects.filter(gabarit="decisions/courrier.html").count() in (1, 2)


def test_un_pdf_change_apres_coup_ne_part_pas(dossier, acteurs):
    from esperluette.decisions.actions.depart import notifier_ensemble

    decision = fabrique.signee(dossier, acteurs)
    courrier = courrier_de(decision)
    courrier.decision = decision
    document = produire_le_pdf(courrier)
    with document.fichier.storage.open(document.fichier.name, "wb") as contenu:
        contenu.write(b"autre chose")
    (parti,) = notifier_ensemble([decision], acteur=acteurs["referente"])
    assert "n’est plus celui qui a été signé" in parti.raison
