"""Une patientèle enregistrée, aux effectifs inventés."""

from esperluette.diagnostics.patienteles.actions import declarer_la_patientele_commune, enregistrer_la_patientele
from esperluette.diagnostics.patienteles.agregation import Agregat, EffectifDeTranche
from tests.fabriques.equipes import commune

LOUDEAC, PLOUGUENAST, ROSTRENEN, SAINT_BRIEUC = "22136", "22219", "22266", "22278"


def agregat(communes=None, *, autres=(0, 0), ald=None, tranches=((0, 59), (60, None))):
    """Les effectifs d'un tableau ; ses âges se partagent le total en parts égales."""
    communes = communes or {LOUDEAC: 1000, PLOUGUENAST: 300, ROSTRENEN: 100}
    total = sum(communes.values()) + autres[1]
    return Agregat(
        total=total,
        ald=ald,
        communes=tuple(sorted(communes.items(), key=lambda c: (-c[1], c[0]))),
        autres_communes=autres[0],
        autres_effectif=autres[1],
        tranches=tuple(EffectifDeTranche(debut=d, fin=f, effectif=total // len(tranches)) for d, f in tranches),
        lignes=len(communes),
        rejetees=0,
    )


def patientele(equipe, communes=None, *, membre=None, periode="", **suite):
    """La patientèle de ce membre, ou de l'équipe, déposée par le porteur ; crée les communes au besoin."""
    lu = agregat(communes, **suite)
    for code, _ in lu.communes:
        commune(code)
    acteur = equipe.porteur.compte
    return enregistrer_la_patientele(equipe, acteur=acteur, membre=membre, agregat=lu, periode=periode)


def patientele_commune(equipe, *membres, effectif=120):
    """La patientèle commune de ces deux membres, ou de l'équipe, que le porteur déclare."""
    acteur = equipe.porteur.compte
    return declarer_la_patientele_commune(equipe, acteur=acteur, membres=membres or None, effectif=effectif)
