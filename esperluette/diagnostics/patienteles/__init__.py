"""La patientèle d'une équipe : des effectifs par commune et par âge, jamais des personnes."""
