"""Le portrait d'une installation, écrit en JSON : de quoi comparer celle d'avant et celle d'après une restauration."""

import hashlib
import json
import os
import re
import sys

import django

# Ce qui change à chaque demande, sans rien dire de la page.
VOLATILS = re.compile(rb'nonce="[^"]*"|value="[A-Za-z0-9]{64}"|csrfmiddlewaretoken[^>]*>|"X-CSRFToken": "[^"]*"')
PUBLIQUES = ("/", "/regions/bretagne/", "/annuaire/", "/sources/")
DE_CHACUN = ("/equipes/", "/dossiers/", "/instruction/", "/commissions/", "/pilotage/")
PERSONNES = 6


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esperluette.config.settings")
    django.setup()
    from django.conf import settings
    from django.test import Client

    from esperluette.comptes.models import Compte
    from esperluette.config.sauvegardes.fichiers import champs, empreinte_de
    from esperluette.dossiers.models import Dossier
    from esperluette.journal.models import Chaine

    def tetes():
        return list(Chaine.objects.order_by("cle").values_list("cle", "longueur", "tete"))

    settings.ALLOWED_HOSTS = ["testserver"]
    comptes = list(Compte.objects.order_by("pk"))
    avant = tetes()  # lire sa page laisse parfois une trace
    pages = {}

    def voir(client, qui, adresse):
        reponse = client.get(adresse, follow=True)
        contenu = b"".join(reponse) if reponse.streaming else reponse.content
        pages[f"{qui} {adresse}"] = [reponse.status_code, hashlib.sha256(VOLATILS.sub(b"", contenu)).hexdigest()]

    def tout_voir():
        for adresse in PUBLIQUES:
            voir(Client(), "visiteur", adresse)
        for compte in comptes[:: max(1, len(comptes) // PERSONNES)]:
            les_siennes(compte)

    def les_siennes(compte):
        client = Client()
        client.force_login(compte)
        references = Dossier.objects.visibles_par(compte).order_by("pk").values_list("reference", flat=True)[:2]
        for adresse in (*DE_CHACUN, *(f"/dossiers/{r}/" for r in references)):
            voir(client, compte.courriel, adresse)

    tout_voir()
    tout_voir()  # une première visite change parfois la page suivante
    empreintes = {
        f"{cle}/{nom}": empreinte_de(champ.storage, nom)
        for cle, champ in champs().items()
        for nom in champ.model._base_manager.exclude(**{champ.name: ""}).values_list(champ.name, flat=True)
    }
    portrait = {
        "comptes": [[c.pk, c.courriel, c.prenom, c.nom] for c in comptes],
        "journal_avant": avant,
        "journal": tetes(),
        "empreintes": empreintes,
        "pages": pages,
    }
    sys.stdout.write(json.dumps(portrait) + "\n")


if __name__ == "__main__":
    main()
