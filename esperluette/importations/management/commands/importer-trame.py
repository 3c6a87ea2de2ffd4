"""`esperluette importer-trame FICHIER --demarche D --json` : ce qu'une trame remplie répond, rubrique par rubrique."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from esperluette.importations.erreurs import TrameRefusee
from esperluette.importations.lecteur.analyse import Analyse, en_json
from esperluette.importations.lecteur.interpretation import analyser
from esperluette.importations.lecteur.ouverture import POIDS_MAXIMAL
from esperluette.referentiel.lecture import edition_en_vigueur, regions
from esperluette.referentiel.modele import Edition, Rubrique, Trame
from esperluette.referentiel.sources import suggestion


class Command(BaseCommand):
    help = "Lit une trame remplie dans Word (.docx) ou LibreOffice (.odt). Ne demande pas la base et n'écrit rien."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", type=Path, help="la trame remplie, .docx ou .odt")
        parser.add_argument("--demarche", required=True, help="la démarche dont c'est la trame")
        parser.add_argument("--region", help="la région ; inutile si une seule a cette démarche")
        parser.add_argument("--json", action="store_true", help="une réponse stable, pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        edition = _edition(options["demarche"], options["region"])
        fichier: Path = options["fichier"]
        try:
            with fichier.open("rb") as ouvert:
                octets = ouvert.read(POIDS_MAXIMAL + 1)
        except OSError as erreur:
            raise CommandError(f"« {fichier} » ne se lit pas : {erreur.strerror}.", returncode=2) from erreur
        trame = edition.trame(options["demarche"])
        try:
            analyse = analyser(fichier.name, octets, trame=trame, edition=edition)
        except TrameRefusee as refus:
            raise CommandError(str(refus), returncode=2) from refus
        reponse = en_reponse(analyse, trame) | {
            "fichier": fichier.name, "format": analyse.format, "region": edition.region, "edition": edition.numero,
            "demarche": options["demarche"],
        }  # fmt: skip
        ecrire = json.dumps(reponse, ensure_ascii=False, indent=2) if options["json"] else _en_lignes(reponse)
        self.stdout.write(ecrire)


def _edition(demarche: str, region: str | None) -> Edition:
    """L'édition en vigueur qui a cette démarche."""
    jour = timezone.localdate()
    lues = [e for r in ([region] if region else regions()) if (e := edition_en_vigueur(r, jour)) is not None]
    if region and not lues:
        raise CommandError(
            f"Aucune édition en vigueur pour « {region} » ; {suggestion(region, regions())}", returncode=2
        )
    trouvees = [e for e in lues if any(d.id == demarche and d.en_ligne for d in e.demarches)]
    if not trouvees:
        connues = sorted({d.id for e in lues for d in e.demarches if d.en_ligne})
        raise CommandError(f"Aucune démarche « {demarche} » ; {suggestion(demarche, connues)}", returncode=2)
    if len(trouvees) > 1:
        noms = ", ".join(e.region for e in trouvees)
        raise CommandError(f"Plusieurs régions ont cette démarche : précisez --region ({noms}).", returncode=2)
    return trouvees[0]


def en_reponse(analyse: Analyse, trame: Trame) -> dict[str, Any]:
    """La réponse `--json` : des clés peuvent s'ajouter, aucune ne change de sens."""
    return {
        "trame": trame.id,
        "rubriques": [_rubrique(analyse, r) for r in trame.rubriques],
        "a_ranger": [
            {"texte": m.texte, "raison": m.raison, "rubrique": m.rubrique or None, "champ": m.champ or None}
            for m in analyse.morceaux
        ],
        "membres": [
            {
                "nom": m.nom, "prenom": m.prenom, "profession": m.profession,
                "code_profession": m.code_profession or None, "commune": m.commune, "rpps": m.rpps,
            }
            for m in analyse.membres
        ],
    }  # fmt: skip


def _rubrique(analyse: Analyse, rubrique: Rubrique) -> dict[str, Any]:
    lue = next((r for r in analyse.rubriques if r.rubrique == rubrique.id), None)
    champs = [p for p in analyse.propositions if p.rubrique == rubrique.id]
    return {
        "id": rubrique.id,
        "intitule": rubrique.intitule,
        "reconnue": lue is not None or bool(champs),
        "titre_lu": lue.titre if lue else None,
        "confiance": lue.confiance if lue else None,
        "raison": lue.raison if lue else None,
        "texte": "\n\n".join(p.texte for p in champs),
        "champs": [
            {
                "champ": p.champ, "valeur": en_json(p.valeur), "texte": p.texte, "confiance": p.confiance,
                "certitude": p.certitude, "raison": p.raison,
            }
            for p in champs
        ],
    }  # fmt: skip


def _en_lignes(reponse: dict[str, Any]) -> str:
    """La même chose, à lire."""
    lignes = []
    for rubrique in reponse["rubriques"]:
        if not rubrique["reconnue"]:
            continue
        lignes.append(f"{rubrique['intitule']} — {rubrique['raison'] or 'questions reconnues'}")
        for champ in rubrique["champs"]:
            debut = " ".join(champ["texte"].split())[:100]
            lignes.append(f"  {champ['champ']} ({champ['confiance']:.0%}, {champ['raison']}) : {debut}")
    for morceau in reponse["a_ranger"]:
        lignes.append(f"À ranger ({morceau['raison']}) : {' '.join(morceau['texte'].split())[:100]}")
    for membre in reponse["membres"]:
        lignes.append(f"Membre : {membre['prenom']} {membre['nom']}, {membre['profession']}, {membre['commune']}")
    return "\n".join(lignes)
