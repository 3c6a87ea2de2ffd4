"""Les pages des commissions : l'espace, la composition, les séances, la préparation, la convocation."""
