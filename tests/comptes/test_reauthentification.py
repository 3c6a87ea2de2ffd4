"""Le code qu'on redemande avant de signer."""

import threading
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import RequestFactory

from esperluette.commun.erreurs import ErreurMetier
from esperluette.commun.permissions import OUI
from esperluette.comptes import reauthentification
from esperluette.comptes.models import CodeConfirmation
from esperluette.comptes.reauthentification import (
    CodeRefuse,
    code_constate,
    code_en_attente,
    demander_code,
    verifier_code,
)
from esperluette.notifications.lectures import code_de
from esperluette.notifications.models import Courriel
from tests.fabriques.comptes import CompteFabrique

pytestmark = pytest.mark.django_db
SIGNER = "signer le projet de santé « Équipe de Loudéac »"


def requete(compte, session=None):
    """Une requête de ce compte, dans sa session."""
    demande = RequestFactory().post("/")
    demande.user, demande.session = compte, session or SessionStore()
    return demande


@pytest.fixture
def ici():
    return requete(CompteFabrique(courriel="claire@essais.example"))


def dernier_code():
    return code_de(Courriel.objects.order_by("-pk").first())


def autre_que(code):
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06d}"


def vieillir(**duree):
    CodeConfirmation.objects.update(cree_le=reauthentification.timezone.now() - timedelta(**duree))


def refus(demande, saisi, motif=SIGNER):
    with pytest.raises(CodeRefuse) as erreur:
        verifier_code(demande, saisi, motif=motif)
    return str(erreur.value)


def test_le_bon_code_est_accepte_une_fois(ici):
    demander_code(ici, motif=SIGNER)
    code = dernier_code()
    assert verifier_code(ici, code, motif=SIGNER) is OUI
    assert refus(ici, code) == "Ce code a déjà servi. Demandez-en un nouveau."


def test_le_courriel_dit_pour_quoi_et_la_base_ne_garde_pas_le_code(ici):
    demander_code(ici, motif=SIGNER)
    courriel = Courriel.objects.get()
    assert courriel.destinataire == "claire@essais.example"
    assert f"Voici votre code pour {SIGNER} :" in courriel.texte
    demande = CodeConfirmation.objects.get()
    chiffres = dernier_code().replace(" ", "")
    assert chiffres not in str(vars(demande)) + str(dict(ici.session.items()))


@pytest.mark.parametrize("saisi", ["", "12345", "1234567", "abcdef", "12345x", "١٢٣٤٥٦"])
def test_un_code_mal_forme_ne_compte_pas(ici, saisi):
    demander_code(ici, motif=SIGNER)
    assert refus(ici, saisi) == "Le code compte six chiffres. Recopiez celui du dernier courriel reçu."
    assert CodeConfirmation.objects.get().essais == 0


@pytest.mark.parametrize("forme", ["{0}{1}", " {0} {1} ", "{0}-{1}"])
def test_le_code_se_recopie_comme_on_veut(ici, forme):
    demander_code(ici, motif=SIGNER)
    assert verifier_code(ici, forme.format(*dernier_code().split()), motif=SIGNER)


def test_apres_cinq_essais_meme_le_bon_code_est_refuse(ici):
    demander_code(ici, motif=SIGNER)
    bon = dernier_code()
    messages = [refus(ici, autre_que(bon)) for _ in range(5)]
    assert messages == [
        "Ce n’est pas le bon code ; il vous reste 4 essais.",
        "Ce n’est pas le bon code ; il vous reste 3 essais.",
        "Ce n’est pas le bon code ; il vous reste 2 essais.",
        "Ce n’est pas le bon code ; il vous reste un essai.",
        "Ce n’est pas le bon code, et il ne peut plus être essayé. Demandez-en un nouveau.",
    ]
    assert refus(ici, bon) == "Ce code a été essayé trop de fois. Demandez-en un nouveau."


def test_le_code_expire_au_bout_de_dix_minutes(ici):
    demander_code(ici, motif=SIGNER)
    code = dernier_code()
    vieillir(minutes=10, seconds=1)
    assert not code_en_attente(ici, motif=SIGNER)
    assert refus(ici, code) == "Ce code a expiré. Demandez-en un nouveau."


RIEN = "Aucun code ne vous a été envoyé pour cela. Demandez-en un."


def test_le_code_ne_vaut_que_pour_son_motif_sa_session_et_son_compte(ici):
    demander_code(ici, motif=SIGNER)
    code = dernier_code()
    assert refus(ici, code, motif="signer autre chose") == RIEN
    assert refus(requete(ici.user), code) == RIEN
    assert refus(requete(CompteFabrique(), ici.session), code) == RIEN
    assert verifier_code(ici, code, motif=SIGNER)


UNE, AUTRE = "a" * 64, "b" * 64


@pytest.mark.parametrize(("demande", "essai"), [(UNE, AUTRE), (UNE, ""), ("", UNE)])
def test_le_code_ne_vaut_que_pour_le_contenu_exact(ici, demande, essai):
    """Le motif imprime une empreinte courte ; le code tient à l'empreinte entière."""
    demander_code(ici, motif=SIGNER, lie_a=demande)
    assert not code_en_attente(ici, motif=SIGNER, lie_a=essai)
    with pytest.raises(CodeRefuse, match="Aucun code"):
        verifier_code(ici, dernier_code(), motif=SIGNER, lie_a=essai)
    assert CodeConfirmation.objects.get().essais == 0
    assert verifier_code(ici, dernier_code(), motif=SIGNER, lie_a=demande)


def test_un_autre_contenu_demande_un_autre_code_meme_aussitot(ici):
    demander_code(ici, motif=SIGNER, lie_a=UNE)
    demander_code(ici, motif=SIGNER, lie_a=AUTRE)
    assert Courriel.objects.count() == 2


def test_deux_onglets_le_second_code_demande_est_le_seul_bon(ici):
    """Les deux onglets partagent la session : le premier code ne signe plus, et on le dit."""
    demander_code(ici, motif=SIGNER, lie_a=UNE)
    premier = dernier_code()
    vieillir(seconds=30)
    autre_onglet = requete(ici.user, ici.session)
    demander_code(autre_onglet, motif=SIGNER, lie_a=UNE)
    if premier != dernier_code():
        with pytest.raises(CodeRefuse, match="pas le bon code"):
            verifier_code(ici, premier, motif=SIGNER, lie_a=UNE)
    assert verifier_code(ici, dernier_code(), motif=SIGNER, lie_a=UNE)
    with pytest.raises(CodeRefuse, match="déjà servi"):
        verifier_code(autre_onglet, dernier_code(), motif=SIGNER, lie_a=UNE)


def test_ce_qu_on_sait_du_code_qui_vient_de_servir(ici):
    demander_code(ici, motif=SIGNER, lie_a=UNE)
    assert code_constate(ici, motif=SIGNER, lie_a=UNE) is None
    refuse = autre_que(dernier_code())
    with pytest.raises(CodeRefuse):
        verifier_code(ici, refuse, motif=SIGNER, lie_a=UNE)
    verifier_code(ici, dernier_code(), motif=SIGNER, lie_a=UNE)
    # L'adresse est celle où il est parti, même si la personne en change ensuite.
    ici.user.courriel = "ailleurs@essais.example"
    constate = code_constate(ici, motif=SIGNER, lie_a=UNE)
    assert (constate.envoye_a, constate.essais) == ("claire@essais.example", 2)
    assert constate.envoye_le < constate.verifie_le
    assert code_constate(ici, motif=SIGNER, lie_a=AUTRE) is None
    assert code_constate(requete(CompteFabrique(), ici.session), motif=SIGNER, lie_a=UNE) is None


def test_sans_demande_il_n_y_a_rien_a_verifier(ici):
    assert not code_en_attente(ici, motif=SIGNER)
    assert refus(ici, "123456") == RIEN


def test_un_double_clic_n_envoie_qu_un_code(ici):
    demander_code(ici, motif=SIGNER)
    demander_code(ici, motif=SIGNER)
    demander_code(requete(ici.user), motif=SIGNER)
    assert Courriel.objects.count() == 1
    assert verifier_code(ici, dernier_code(), motif=SIGNER)


def test_un_nouveau_code_remplace_l_ancien(ici):
    demander_code(ici, motif=SIGNER)
    ancien = dernier_code()
    vieillir(seconds=30)
    demander_code(ici, motif=SIGNER)
    if ancien != dernier_code():
        assert "pas le bon code" in refus(ici, ancien)
    assert verifier_code(ici, dernier_code(), motif=SIGNER)


def test_on_ne_demande_pas_de_codes_sans_fin(ici):
    for n in range(5):
        demander_code(ici, motif=f"{SIGNER} {n}")
    with pytest.raises(CodeRefuse, match="Attendez un quart d’heure"):
        demander_code(ici, motif=SIGNER)
    assert Courriel.objects.count() == 5
    demander_code(requete(CompteFabrique()), motif=SIGNER)


def test_les_vieux_codes_sont_effaces(ici):
    demander_code(ici, motif=SIGNER)
    vieillir(days=2)
    demander_code(ici, motif=SIGNER)
    assert CodeConfirmation.objects.count() == 1


def test_le_refus_est_une_erreur_metier_montrable():
    assert issubclass(CodeRefuse, ErreurMetier)


def test_un_motif_tres_long_marche_quand_meme(ici):
    long = "signer " + "très " * 100
    demander_code(ici, motif=long)
    assert verifier_code(ici, dernier_code(), motif=long)


@pytest.mark.django_db(transaction=True)
def test_verifier_dans_une_transaction_est_un_defaut_de_programme():
    """Sinon l'essai raté serait décompté quand la transaction échoue, et l'on pourrait deviner sans fin."""
    ici = requete(CompteFabrique())
    demander_code(ici, motif=SIGNER)
    with pytest.raises(RuntimeError), transaction.atomic():
        verifier_code(ici, "123456", motif=SIGNER)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("bons", "acceptes", "essais"), [(False, 0, 5), (True, 1, None)])
def test_douze_essais_simultanes_se_comptent_un_par_un(bons, acceptes, essais):
    ici = requete(CompteFabrique())
    demander_code(ici, motif=SIGNER)
    saisi = dernier_code() if bons else autre_que(dernier_code())
    reussis, depart = [], threading.Barrier(12)

    def essayer():
        depart.wait()
        try:
            reussis.append(verifier_code(ici, saisi, motif=SIGNER))
        except CodeRefuse:
            pass
        finally:
            connection.close()

    fils = [threading.Thread(target=essayer) for _ in range(12)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len(reussis) == acceptes
    assert essais is None or CodeConfirmation.objects.get().essais == essais
