"""De petits fichiers au format officiel : mêmes colonnes, valeurs inventées."""

import io

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
    return csv("code,lib_com,apl_mg2018,pop2016,apl_inf2016,apl_sf2016,apl_mk2016", *lignes)


def bpe(*lignes):
    return csv("DEPCOM,TYPEQU,NB_EQUIP", *lignes)


def classeur(*rangees):
    livre, sortie = openpyxl.Workbook(), io.BytesIO()
    for rangee in rangees:
        livre.active.append(rangee)
    livre.save(sortie)
    return sortie.getvalue()
