"""De petits fichiers au format officiel : mêmes colonnes, valeurs inventées."""

import io
import zipfile

import openpyxl

COMPARATEUR = (
    "insee_com,commune,code_postal,commune_type,superficie_km2,population_2021,population_2015,menages_2021,"
    "naissances_2022,deces_2022"
)
LOUDEAC = "22136,Loudéac,22600,COM,80,9600,9700,4500,100,140"
PLOUGUENAST = "22219,Plouguenast-Langast,22150,COM,50,2500,2400,1100,25,30"
SAINT_BRIEUC = "22278,Saint-Brieuc,22000,COM,20,44000,45000,23000,450,480"


def csv(entete, *lignes, fin="\n"):
    return (fin.join([entete, *lignes]) + fin).encode()


def comparateur(*lignes):
    return csv(COMPARATEUR, *(lignes or (LOUDEAC, PLOUGUENAST, SAINT_BRIEUC)))


def filosofi(*lignes, annee=16):
    return csv(f"CODGEO,LIBGEO,NBPERSMENFISC{annee},MED{annee},TP60{annee},TP60AGE1{annee}", *lignes)


def apl(*lignes):
    """La copie réunie : les médecins en 2018, les autres en 2016."""
    return csv("code,lib_com,apl_mg2018,pop2016,apl_mg2016,pop2014,apl_inf2016,apl_sf2016,apl_mk2016", *lignes)


def bpe(*lignes):
    return csv("DEPCOM,TYPEQU,NB_EQUIP", *lignes)


def bpe_actuelle(*lignes):
    """La forme d'aujourd'hui, entre guillemets : (territoire, niveau, équipement, mesure, année, valeur)."""
    rangees = [
        f'"{geo}";"{niveau}";"{sorte[0]}";"{sorte[:2]}";"{sorte}";"{mesure}";{annee};{valeur}'
        for geo, niveau, sorte, mesure, annee, valeur in lignes
    ]
    entete = ("GEO", "GEO_OBJECT", "FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE", "BPE_MEASURE", "TIME_PERIOD")
    return csv(";".join(f'"{c}"' for c in (*entete, "OBS_VALUE")), *rangees)


def classeur(*rangees):
    return classeur_a_feuilles(Feuille=rangees)


def classeur_a_feuilles(**feuilles):
    livre, sortie = openpyxl.Workbook(), io.BytesIO()
    livre.remove(livre.active)
    for nom, rangees in feuilles.items():
        feuille = livre.create_sheet(nom)
        for rangee in rangees:
            feuille.append(rangee)
    livre.save(sortie)
    return sortie.getvalue()


POPULATION_APL = "Population standardisée 2022 pour la médecine générale"


def feuille_apl(*lignes, intitule="APL aux médecins généralistes", population=POPULATION_APL):
    """Une feuille du classeur officiel : titre et notes, en-tête ligne 9, unités ligne 10."""
    titre = [["Indicateur d'accessibilité potentielle localisée (APL)"], *([[None]] * 7)]
    entete = ["Code commune INSEE", "Commune", intitule, f"{intitule} de 65 ans et moins ", population, "Population"]
    unites = [None, None, "En nombre de consultations", "En nombre", "En nombre d'habitants standardisés", "En nombre"]
    return [*titre, entete, unites, *lignes]


def zip_de(compression=zipfile.ZIP_DEFLATED, **fichiers):
    """Une archive zip ; dans un nom, le double tiret bas devient un point."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", compression) as archive:
        for nom, octets in fichiers.items():
            archive.writestr(nom.replace("__", "."), octets)
    return sortie.getvalue()


TRANCHES = ("0014", "1529", "3044", "4559", "6074", "7589", "90P")
AGES = ["CODGEO", "P21_POP", *(f"P21_POP{t}" for t in TRANCHES), *(f"P21_{s}{t}" for s in "HF" for t in TRANCHES)]


def ages(*lignes):
    """`lignes` : un code et quatorze effectifs, hommes puis femmes."""
    rangees = [
        ";".join([code, "1", *["1"] * 7, *(str(e) for e in effectifs), "1", "1"]) for code, *effectifs in lignes
    ]
    return csv(";".join([*AGES, "P21_H0019", "P15_POP"]), *rangees)


def finess(*etablissements, geolocalisation=True):
    """Le format officiel, sans en-tête : (numéro, nom, commune sur trois signes, département, catégorie)."""
    lignes = ["finess;etalab;111;2026-05-12"]
    for numero, nom, commune, departement, categorie in etablissements:
        cases = ["structureet", numero, "EJ", nom, *[""] * 8, commune, departement, *["x"] * 4, categorie, *["x"] * 13]
        lignes.append(";".join(cases))
    if geolocalisation:
        lignes += [f"geolocalisation;{e[0]};871009.4;6571590.5;1,ATLASANTE;2026-05-01" for e in etablissements]
    return ("\n".join(lignes) + "\n").encode()
